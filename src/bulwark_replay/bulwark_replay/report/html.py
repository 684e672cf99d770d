# SPDX-License-Identifier: Apache-2.0
"""Writes a run log as one HTML file that needs nothing else: no network, no other files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bulwark_replay.report.payload import make_payload
from bulwark_replay.report.run_log import RunLog

_ASSETS = Path(__file__).with_name("assets")
CSS_MARK, SCRIPT_MARK = "/*report-css*/", "/*report-script*/"
_SCRIPTS = ("dom.js", "view.js", "birdseye.js", "timeline.js", "panels.js", "player.js")


def write_report(run_log: RunLog, path: Path) -> None:
    """Write the report to `path`, making its folder; the same run log gives the same bytes.

    Raises OSError where the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(run_log), encoding="utf-8")


def render(run_log: RunLog) -> str:
    """The report's HTML."""
    return _render(run_log, style_sheet(), script())


def render_bare(run_log: RunLog) -> str:
    """The same with CSS_MARK and SCRIPT_MARK in place of both, for a page of many reports."""
    return _render(run_log, CSS_MARK, SCRIPT_MARK)


def style_sheet() -> str:
    """What belongs in the place of CSS_MARK."""
    return asset("report.css")


def script() -> str:
    """What belongs in the place of SCRIPT_MARK."""
    return "\n".join(asset(name) for name in _SCRIPTS)


def asset(name: str) -> str:
    """The text of a file that reports share, such as `dom.js`."""
    return (_ASSETS / name).read_text(encoding="utf-8")


def _render(run_log: RunLog, css: str, scripts: str) -> str:
    environment = Environment(
        loader=FileSystemLoader(_ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        log=run_log,
        payload=as_script_json(make_payload(run_log)),
        css=Markup(css),
        scripts=Markup(scripts),
    )


def as_script_json(payload: dict[str, Any]) -> Markup:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(payload, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "").replace("\u2029", ""))
