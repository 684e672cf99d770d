# SPDX-License-Identifier: Apache-2.0
"""The newest objects of a camera, each picture used once, as of a scan."""

from __future__ import annotations

from typing import Any

import numpy as np

from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.objects import FloatArray
from bulwark_obstacles.ego_history import EgoHistory
from bulwark_obstacles.footprints import between
from bulwark_obstacles.mounts import Mounts
from bulwark_obstacles.params import ClassificationParams
from bulwark_obstacles.readings import read_sightings
from bulwark_obstacles.scan import Scan
from bulwark_obstacles.sightings import Sighting, moved, votes


class Pictures:
    """Sightings of the newest picture."""

    def __init__(self, mounts: Mounts, params: ClassificationParams) -> None:
        self._mounts, self._params = mounts, params
        self._sightings: list[Sighting] = []
        self._frame = ""
        self._stamp_ns: int | None = None

    def add(self, msg: Any) -> None:
        """Take in a bulwark_msgs/CameraObjectArray; BadMessageError where it is no good."""
        self._sightings = read_sightings(msg)
        self._frame, self._stamp_ns = msg.header.frame_id, stamp_ns(msg.header.stamp)

    def votes(self, scan: Scan, history: EgoHistory) -> FloatArray | None:
        """What the picture calls the scan's objects (N, CLASSES); None without a new one."""
        if not self._sightings or not self._is_fresh(scan.ego.stamp_ns):
            return None
        assert self._stamp_ns is not None
        then = history.at(self._stamp_ns)
        if then is None:
            return None
        matrix, mount = between(then, scan.ego), self._mounts.pose(self._frame)
        camera = np.zeros(4) if mount is None else mount[:, 3]
        place = matrix[:2, :2] @ camera[:2] + matrix[:2, 3]
        sightings = [moved(sighting, matrix) for sighting in self._sightings]
        self._sightings = []
        return votes(scan.table, sightings, place, self._params.camera_gate)

    def state(self, now_ns: int) -> str:
        """For the health: whether there are pictures."""
        if self._stamp_ns is None:
            return "none"
        return "in use" if self._is_fresh(now_ns) else "silent"

    def _is_fresh(self, now_ns: int) -> bool:
        assert self._stamp_ns is not None
        return abs(now_ns - self._stamp_ns) <= round(self._params.camera_timeout * 1e9)
