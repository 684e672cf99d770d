# SPDX-License-Identifier: Apache-2.0
"""Scores of all labelled scans of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bulwark_cli.bench.lidar.baselines.base import BaselineMissingError, Given
from bulwark_cli.bench.lidar.baselines.patchwork import PATCHWORK
from bulwark_cli.evaluate.labelled_scans import LabelledScan
from bulwark_cli.evaluate.scores import Score
from bulwark_cli.evaluate.shown import Shown, show
from bulwark_core.geometry import rigid
from bulwark_lidar.params import LidarParams

_NO_POINTS = np.empty((0, 3), np.float32)


@dataclass
class Evaluation:
    """The score of all scans and that of each folder; peer_missing: why the peer was left out."""

    total: Score = field(default_factory=Score)
    by_folder: dict[str, Score] = field(default_factory=dict)
    peer_missing: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As the JSON file has it."""
        folders = {name: score.as_dict() for name, score in sorted(self.by_folder.items())}
        return {**self.total.as_dict(), "by_folder": folders}


def evaluate(
    scans: Iterable[LabelledScan],
    params: LidarParams,
    on_scan: Callable[[LabelledScan, Shown], None],
) -> Evaluation:
    """Score each scan; `on_scan` is called with what was shown of it."""
    result = Evaluation()
    try:
        peer = PATCHWORK.start()
    except BaselineMissingError as error:
        peer, result.peer_missing = None, str(error)
    for scan in scans:
        shown = show(scan, params)
        peer_ground = None
        if peer is not None and scan.has_terrain:
            answer = peer(Given(scan.xyz, rigid(z=shown.lidar_height), _NO_POINTS))
            peer_ground = answer.labels == 0
        for score in (result.total, result.by_folder.setdefault(scan.folder, Score())):
            score.add(scan, shown, peer_ground)
        on_scan(scan, shown)
    return result
