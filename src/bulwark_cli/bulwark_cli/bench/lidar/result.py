# SPDX-License-Identifier: Apache-2.0
"""The figures as plain data for a JSON file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from bulwark_cli.bench.lidar.finding import Found
from bulwark_cli.bench.lidar.machine import machine
from bulwark_cli.bench.lidar.measure import CHAIN, Measurement
from bulwark_cli.bench.lidar.scaling import ScalingPoint, exponent
from bulwark_replay.commit import source_commit


def make_result(
    clouds: str, points: int, measured: Measurement, curve: Sequence[ScalingPoint]
) -> dict[str, Any]:
    """All figures. clouds: what was measured with; points: of a cloud on average.

    Times are the processor's [ms], but `stages_ms` and `wall_ms` go by the clock; those of stages,
    baselines and scaling are medians. learning_ms: of the chain on a new tracker's first scans.
    ratios: how many times the whole chain a baseline takes.
    """
    chain_ms = measured.chain.median
    baselines_ms = {key: times.median for key, times in measured.times.items()}
    all_times = {CHAIN: measured.chain, **measured.times}
    return {
        "clouds": clouds,
        "points": points,
        "cores": 1,
        "scans": len(measured.chain.cpu),
        "chain_ms": measured.chain.spread(),
        "stages_ms": {name: float(np.median(ms)) for name, ms in measured.stages.items()},
        "learning_ms": measured.learning.median,
        "baselines_ms": baselines_ms,
        "ratios": {key: ms / chain_ms for key, ms in baselines_ms.items()},
        "wall_ms": {key: times.wall_spread() for key, times in all_times.items()},
        "p99_ms": {key: times.spread()["p99"] for key, times in all_times.items()},
        "runs": {key: len(times.cpu) for key, times in measured.times.items()},
        "counts": {key: float(np.median(n)) for key, n in measured.counts.items()},
        "settings": {b.key: f"{b.title}: {b.settings}" for b in measured.baselines},
        "left_out": measured.left_out,
        "found": {key: _finding(found) for key, found in measured.found.items()},
        "scaling": [asdict(point) for point in curve],
        "scaling_exponent": exponent(curve) if curve else None,
        "machine": machine(),
        "commit": source_commit(),
    }


def _finding(found: Found) -> dict[str, Any]:
    """Counts, and the share of the things that was found; None where there was no thing."""
    recall = found.recall
    return {**asdict(found), "recall": None if math.isnan(recall) else recall}
