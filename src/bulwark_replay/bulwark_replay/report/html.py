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
_SCRIPTS = ("view.js", "birdseye.js", "timeline.js", "panels.js", "player.js")


def write_report(run_log: RunLog, path: Path) -> None:
    """Write the report to `path`, making its folder; the same run log gives the same bytes.

    Raises OSError where the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(run_log), encoding="utf-8")


def render(run_log: RunLog) -> str:
    """The report's HTML."""
    environment = Environment(
        loader=FileSystemLoader(_ASSETS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    scripts = "\n".join((_ASSETS / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return environment.get_template("report.html.j2").render(
        log=run_log,
        payload=_embedded(make_payload(run_log)),
        css=Markup((_ASSETS / "report.css").read_text(encoding="utf-8")),
        scripts=Markup(scripts),
    )


def _embedded(payload: dict[str, Any]) -> Markup:
    """JSON that cannot end the script element that it stands in."""
    text = json.dumps(payload, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "").replace("\u2029", ""))
