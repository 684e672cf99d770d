# SPDX-License-Identifier: Apache-2.0
"""The report of one run, small enough to travel between processes and to stand in a page."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Any

from bulwark_replay.report.html import render_bare
from bulwark_world.run_report import Sensed, make_report


def pack_run(log: Mapping[str, Any], sensed: Sensed) -> bytes:
    """A run log's report as HTML without what all reports share, gzipped; always the same bytes."""
    html = render_bare(make_report(log, sensed=sensed))
    return gzip.compress(html.encode("utf-8"), compresslevel=6, mtime=0)
