# SPDX-License-Identifier: Apache-2.0
"""Writes a suite's page: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bulwark_core.errors import ScenarioError
from bulwark_replay.report import html
from bulwark_world.suite import Run
from bulwark_world.suite_report.keep import Logs, within_budget
from bulwark_world.suite_report.table import columns_of, parameters_of, settings_of

_ASSETS = Path(__file__).with_name("assets")
_SCRIPTS = (
    "runs.js", "filters.js", "scale.js", "axes.js", "heatmap.js", "maps.js", "distributions.js",
    "breakdown.js", "table.js", "single_run.js", "suite.js",
)  # fmt: skip


@dataclass(frozen=True)
class SuitePage:
    """What a page is made of.

    result: the suite's JSON as `runner.suite_json` makes it. runs: in the order of its records,
    with the settings that were driven. packed: reports of single runs by id, see `pack_run`.
    false_events: ids of runs with a reaction where there should be none.
    """

    result: Mapping[str, Any]
    runs: Sequence[Run]
    about: str = ""
    logs: Logs = Logs.NONE
    packed: Mapping[str, bytes] = field(default_factory=dict)
    false_events: frozenset[str] = frozenset()


def write_suite_page(page: SuitePage, path: Path) -> None:
    """Write the page; the same suite gives the same bytes. ScenarioError where that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(render_suite(page), encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"report {path} cannot be written: {error.strerror}") from error


def render_suite(page: SuitePage) -> str:
    """The page's HTML."""
    failed = frozenset(row["id"] for row in page.result["runs"] if not row["passed"])
    kept = within_budget(page.packed, failed)
    environment = Environment(
        loader=FileSystemLoader(_ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("suite.html.j2").render(
        page=page,
        result=page.result,
        data=html.as_script_json(_data(page, list(kept))),
        packed=[base64.b64encode(run).decode() for run in kept.values()],
        unmet=sum(not one["passed"] for one in _requirements(page)),
        kept_note=_kept_note(page, kept),
        css=Markup(html.style_sheet() + _asset("suite.css")),
        scripts=Markup("\n".join([html.asset("dom.js"), *map(_asset, _SCRIPTS)])),
        run_css=Markup(html.style_sheet()),
        run_script=Markup(html.script()),
        css_mark=html.CSS_MARK,
        script_mark=html.SCRIPT_MARK,
    )


def _data(page: SuitePage, kept: Sequence[str]) -> dict[str, Any]:
    """What the scripts draw."""
    result = page.result
    return {
        "suite": {name: result[name] for name in ("suite", "seed", "sensors", "brake", "commit")},
        "columns": columns_of(result["runs"]),
        "scenarios": [run.scenario.name for run in page.runs],
        "settings": settings_of(page.runs),
        "parameters": parameters_of(page.runs),
        "requirements": _requirements(page),
        "false_events": sorted(page.false_events),
        "kept": kept,
        "marks": [html.CSS_MARK, html.SCRIPT_MARK],
    }


def _requirements(page: SuitePage) -> Sequence[Mapping[str, Any]]:
    """What is required of all runs together; suites without that have none."""
    required: Sequence[Mapping[str, Any]] = page.result["summary"].get("requirements", ())
    return required


def _kept_note(page: SuitePage, kept: Mapping[str, bytes]) -> str:
    """Which runs can be opened in full, in words."""
    total = len(page.runs)
    if page.logs is Logs.NONE or not total:
        return "No run is kept in full (--logs none): a click shows a run's figures."
    if len(kept) == total:
        return "Every run is kept in full: a click opens it."
    words = f"{len(kept)} of {total} runs are kept in full and open with a click"
    if page.logs is Logs.FAILED:
        words += ": the failed ones, and a sample spread over the suite"
    if len(kept) < len(page.packed):
        words += ", as many as the page's size allows, failed ones first"
    return f"{words}. The others show their figures (--logs all keeps every run)."


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")
