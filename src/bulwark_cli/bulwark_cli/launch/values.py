# SPDX-License-Identifier: Apache-2.0
"""A parameter's value as written in a launch file, which may hold substitutions.

YAML is read twice, as launch does it: once in the file, where it tells a list from a text, and
once more after substitution. So `value="'1'"` is the string 1, and `$(var x)` has the type that
its text has when it is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bulwark_cli.launch.coerce import LISTS, ParameterValue, check, coerce, load_yaml
from bulwark_cli.launch.evaluate import evaluate
from bulwark_cli.launch.scope import Scope
from bulwark_cli.launch.substitutions import Template, parse_template


@dataclass(frozen=True)
class ValueTemplate:
    """A value, or what will be one. `raw` is a value, a template, or a list that holds some."""

    raw: Any
    type_name: str


def parse_value(text: str, type_name: str) -> ValueTemplate:
    """Read an attribute `value`; ValueError where it can never be of the type."""
    draft = _draft(text, type_name)
    raw = [_open(item) for item in draft] if isinstance(draft, list) else _open(draft)
    if isinstance(raw, Template) and type_name in LISTS:
        raise ValueError(f"a {type_name} needs its brackets in the launch file: [{text}]")
    if not _templates(raw):
        raw = check(raw, type_name)
    return ValueTemplate(raw, type_name)


def evaluate_value(value: ValueTemplate, scope: Scope) -> ParameterValue:
    """The value in a scope; ValueError where it is not of the type."""
    if isinstance(value.raw, Template):
        return coerce(evaluate(value.raw, scope), value.type_name)
    if not _templates(value.raw):
        return value.raw  # type: ignore[no-any-return]
    item_type = LISTS.get(value.type_name, "yaml")
    items = [
        coerce(evaluate(item, scope), item_type) if isinstance(item, Template) else item
        for item in value.raw
    ]
    return check(items, value.type_name)


def _draft(text: str, type_name: str) -> Any:
    """What is known before substitution: strings may still become anything."""
    if "$(" not in text and type_name in ("int", "float", "bool"):
        return coerce(text, type_name)
    if type_name in ("int", "float", "str"):
        return text
    try:
        draft = load_yaml(text)
    except ValueError:
        return text
    if type_name == "bool" and isinstance(draft, list):
        raise ValueError(f"'{text}' is a list, not of type bool")
    return draft


def _open(item: Any) -> Any:
    if not isinstance(item, str):
        return item
    template = parse_template(item)
    return template if template.literal is None else template.literal


def _templates(raw: Any) -> bool:
    items = raw if isinstance(raw, list) else [raw]
    return any(isinstance(item, Template) for item in items)
