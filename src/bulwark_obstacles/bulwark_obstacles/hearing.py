# SPDX-License-Identifier: Apache-2.0
"""The ultrasonic sensors of the car: their newest readings as of a scan, and their health."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from bulwark_core.geometry import Matrix, wrap_angle
from bulwark_core.health import Level, Status
from bulwark_core.objects import EgoMotion
from bulwark_obstacles.ego_history import EgoHistory
from bulwark_obstacles.footprints import between
from bulwark_obstacles.mounts import Mounts
from bulwark_obstacles.params import UltrasonicParams
from bulwark_obstacles.readings import read_range
from bulwark_obstacles.ultrasonic import EchoWatch, Heard, Reading

_SILENT_S = 1.0
_TASK = "ultrasonic"


class Hearing:
    """Readings by sensor. A sensor whose mount `/tf_static` does not tell cannot be used."""

    def __init__(self, mounts: Mounts, params: UltrasonicParams) -> None:
        self._mounts, self._params = mounts, params
        self._watch = EchoWatch()
        self._last_ns: dict[str, int] = {}
        self._homeless: set[str] = set()

    def add(self, msg: Any, history: EgoHistory) -> None:
        """Take in a sensor_msgs/Range. Raises BadMessageError where it contradicts itself."""
        frame = msg.header.frame_id
        mount = self._mounts.pose(frame)
        if mount is None:
            self._homeless.add(frame)
            return
        self._homeless.discard(frame)
        reading = read_range(msg, mount)
        if reading is None:
            return
        self._last_ns[frame] = reading.stamp_ns
        ego = history.at(reading.stamp_ns)
        self._watch.add(reading, 0.0 if ego is None else ego.speed)

    def fresh(self, ego: EgoMotion, history: EgoHistory) -> list[Heard]:
        """What was heard lately, in base_link of `ego`."""
        return [
            replace(heard, reading=_as_of(heard.reading, ego, history))
            for heard in self._watch.fresh(ego.stamp_ns, self._params.timeout)
        ]

    def health(self, now_ns: int) -> Status:
        """No sensor is no fault; one that falls silent or has no mount is."""
        values = {"sensors": str(len(self._last_ns))}
        if self._homeless:
            names = ", ".join(sorted(self._homeless))
            return Status(_TASK, Level.DEGRADED, f"not in /tf_static: {names}", values)
        silent = [
            frame
            for frame, last_ns in sorted(self._last_ns.items())
            if (now_ns - last_ns) * 1e-9 > _SILENT_S
        ]
        if silent:
            return Status(_TASK, Level.DEGRADED, f"silent: {', '.join(silent)}", values)
        return Status(_TASK, Level.OK, "in use" if self._last_ns else "none", values)


def _as_of(reading: Reading, ego: EgoMotion, history: EgoHistory) -> Reading:
    """The reading in base_link of a scan's motion."""
    then = history.at(reading.stamp_ns)
    if then is None or then.stamp_ns == ego.stamp_ns:
        return reading
    return _moved(reading, between(then, ego))


def _moved(reading: Reading, matrix: Matrix) -> Reading:
    x, y = matrix[:2, :2] @ (reading.x, reading.y) + matrix[:2, 3]
    yaw = wrap_angle(reading.yaw + math.atan2(matrix[1, 0], matrix[0, 0]))
    return replace(reading, x=float(x), y=float(y), yaw=yaw)
