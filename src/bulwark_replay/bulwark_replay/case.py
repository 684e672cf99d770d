# SPDX-License-Identifier: Apache-2.0
"""A regression case: a bag with `case.yaml` beside it, which says what must come out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bulwark_core.errors import BagError
from bulwark_replay.conditions import Condition, parse_condition

CASE_FILE = "case.yaml"
_KEYS = ("about", "outcome", "expect", "source", "reason", "set")


@dataclass(frozen=True)
class Case:
    """What a case file says.

    about: a sentence for people; outcome: the label that people gave it; expect: conditions;
    settings: parameters for this case, as `node.parameter=value`.
    """

    about: str = ""
    outcome: str = ""
    expect: tuple[Condition, ...] = ()
    settings: tuple[str, ...] = ()


def case_file(bag: Path) -> Path:
    """Where the case file of a bag is, whether there is one or not."""
    return (bag if bag.is_dir() else bag.parent) / CASE_FILE


def read_case(bag: Path) -> Case:
    """The case of a bag, an empty one where it has none; BagError names file and field."""
    file = case_file(bag)
    if not file.is_file():
        return Case()
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BagError(f"{file}: cannot be read as YAML: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise BagError(f"{file}: must hold fields: {', '.join(_KEYS)}")
    for key in content:
        if key not in _KEYS:
            raise BagError(f"{file}: unknown field '{key}'; there are: {', '.join(_KEYS)}")
    expect = _texts(file, content, "expect")
    try:
        conditions = tuple(parse_condition(text) for text in expect)
    except BagError as error:
        raise BagError(f"{file}: field 'expect': {error}") from error
    about, outcome = str(content.get("about", "")), str(content.get("outcome", ""))
    return Case(about, outcome, conditions, tuple(_texts(file, content, "set")))


def _texts(file: Path, content: dict[str, Any], key: str) -> list[str]:
    value = content.get(key) or []
    if not isinstance(value, list) or any(not isinstance(item, str) for item in value):
        raise BagError(f"{file}: field '{key}' must be a list of texts")
    return value
