# SPDX-License-Identifier: Apache-2.0
"""The demo's result from the world's run log: its JSON, and whether it went well."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np

from bulwark_cli.demo.drive import Drive
from bulwark_replay.names import stage_name

STOP_GAP_M = (0.3, 3.0)


def outcome(drive: Drive, report: str | None) -> dict[str, Any]:
    """The demo's JSON; figures of a drive that was not logged are null."""
    log = drive.log
    record = log["record"] if log else {}
    return {
        "contact": record.get("impact_kmh") is not None if log else None,
        "stop_gap_m": record.get("stop_gap_m"),
        "v0_kmh": record.get("v0_kmh"),
        "node_processes": len(drive.node_processes),
        "stages": stages(log) if log else [],
        "latency_ms": latency(log["latencies_ms"]) if log else {"p50": None, "p99": None},
        "report": report,
        "nodes": list(drive.node_processes),
        "died": list(drive.died),
        "real_time_factor": _rounded(log["real_time_factor"]) if log else None,
    }


def stages(log: dict[str, Any]) -> list[dict[str, Any]]:
    """Each change of the AEB's stage with its time since the start of the drive."""
    rows = zip(log["rows"]["t"], log["aeb"]["stage"], strict=True)
    return [
        {"t_s": round(next(run)[0], 3), "stage": stage_name(stage)}
        for stage, run in groupby(rows, key=lambda row: row[1])
    ]


def latency(latencies_ms: list[float]) -> dict[str, float | None]:
    """Median and 99th percentile [ms]."""
    if not latencies_ms:
        return {"p50": None, "p99": None}
    p50, p99 = np.percentile(latencies_ms, [50, 99])
    return {"p50": round(float(p50), 2), "p99": round(float(p99), 2)}


def shortfall(result: dict[str, Any]) -> str | None:
    """What the demo failed to show, None where it went well."""
    if result["contact"] is None:
        return "the world ended before the drive was over"
    if result["contact"]:
        return "the car hit its target"
    if result["died"]:
        return "died: " + ", ".join(result["died"])
    gap = result["stop_gap_m"]
    if gap is None:
        return "the car did not stop"
    if not STOP_GAP_M[0] <= gap <= STOP_GAP_M[1]:
        return f"the stop gap is {gap:.2f} m, not {STOP_GAP_M[0]:g} to {STOP_GAP_M[1]:g} m"
    return None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
