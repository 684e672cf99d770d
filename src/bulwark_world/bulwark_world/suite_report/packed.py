# SPDX-License-Identifier: Apache-2.0
"""The report of one run, small enough to travel between processes and to stand in a page."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bulwark_core.errors import ScenarioError
from bulwark_replay.report.html import CSS_MARK, SCRIPT_MARK, render_bare, script, style_sheet
from bulwark_world.run_report import Sensed, make_report


def pack_run(log: Mapping[str, Any], sensed: Sensed) -> bytes:
    """A run log's report as HTML without what all reports share, gzipped; always the same bytes."""
    html = render_bare(make_report(log, sensed=sensed))
    return gzip.compress(html.encode("utf-8"), compresslevel=6, mtime=0)


def write_run_page(packed: bytes, path: Path) -> None:
    """A packed run as a page by itself. Raises ScenarioError where it cannot be written."""
    html = gzip.decompress(packed).decode("utf-8")
    html = html.replace(CSS_MARK, style_sheet(), 1).replace(SCRIPT_MARK, script(), 1)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"report {path} cannot be written: {error.strerror}") from error
