# SPDX-License-Identifier: Apache-2.0
"""Reports: fill a `RunLog`, call `write_report`. Used by replay, demo and scenarios."""

from bulwark_replay.report.html import render, write_report
from bulwark_replay.report.run_log import (
    Bar,
    Box,
    Chart,
    Event,
    Frame,
    Latency,
    RunLog,
    Series,
    Span,
    Table,
    Tone,
    Verdict,
)

__all__ = [
    "Bar",
    "Box",
    "Chart",
    "Event",
    "Frame",
    "Latency",
    "RunLog",
    "Series",
    "Span",
    "Table",
    "Tone",
    "Verdict",
    "render",
    "write_report",
]
