# SPDX-License-Identifier: Apache-2.0
"""Finds a run again: from a scenario, a run log, or the page of a suite."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bulwark_core.errors import ScenarioError
from bulwark_world.run_log import FORMAT

_PAGE = "index.html"
_DATA = re.compile(r'<script id="suite" type="application/json">(.*?)</script>', re.DOTALL)


@dataclass(frozen=True)
class RunSource:
    """What has to be driven again. seed, sensors: None where the source does not say."""

    id: str
    scenario: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    sensors: str | None = None


def find_run(source: str, run_id: str | None = None) -> RunSource:
    """The run that a name or a path means; run_id: which one of a suite's page.

    Raises ScenarioError where there is none.
    """
    path = Path(source)
    if path.suffix == ".json":
        return _of_log(path)
    if path.suffix in (".html", ".htm"):
        return _of_page(path, run_id)
    if path.is_dir() and (path / _PAGE).is_file():
        return _of_page(path / _PAGE, run_id)
    return RunSource(Path(source).stem if path.suffix else source, source)


def _of_log(path: Path) -> RunSource:
    log = _parsed(path, _text(path))
    if not isinstance(log, dict) or log.get("format") != FORMAT:
        raise ScenarioError(f"{path}: is no run log: its format is not {FORMAT}")
    try:
        config, run_id = log["config"], log["record"]["id"]
        return RunSource(run_id, config["scenario"], config["parameters"], config["seed"])
    except (KeyError, TypeError) as error:
        raise ScenarioError(f"{path}: the run log has no {error}") from error


def _of_page(path: Path, run_id: str | None) -> RunSource:
    found = _DATA.search(_text(path))
    if found is None:
        raise ScenarioError(f"{path}: is no page of a suite: give a scenario with --set instead")
    page = _parsed(path, found.group(1))
    ids = page["columns"].get("id", [])
    if run_id is None and len(ids) != 1:
        raise ScenarioError(f"{path}: holds {len(ids)} runs: name one with --run")
    wanted = ids[0] if run_id is None else run_id
    if wanted not in ids:
        near = ", ".join(ids[:8]) + (", ..." if len(ids) > 8 else "")
        raise ScenarioError(f"{path}: has no run '{wanted}'; there are: {near}")
    at = ids.index(wanted)
    settings = {name: values[at] for name, values in page["settings"].items()}
    given = {name: value for name, value in settings.items() if value is not None}
    suite = page["suite"]
    if not page["scenarios"][at]:
        raise ScenarioError(f"{path}: run '{wanted}' was not carried out, its row is wrong")
    return RunSource(wanted, page["scenarios"][at], given, suite["seed"], suite["sensors"])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is no text"
        raise ScenarioError(f"{path}: {why}") from error


def _parsed(path: Path, text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ScenarioError(f"{path}:{error.lineno}: is not JSON: {error.msg}") from error
