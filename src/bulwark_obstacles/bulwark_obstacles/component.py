# SPDX-License-Identifier: Apache-2.0
"""The static_obstacles component: tracked objects and odometry in, standing obstacles out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bulwark_core.component import Component, Handler, Now, Output
from bulwark_core.convert.object_arrays import make_objects, read_objects
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level, Status
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_obstacles.ego_history import EgoHistory
from bulwark_obstacles.markers import make_markers
from bulwark_obstacles.memory import ObstacleMemory
from bulwark_obstacles.params import StaticObstaclesParams

FRAME = "base_link"


class StaticObstacles(Component):
    """One output per input; with odometry lost, what the scan shows and no memory."""

    name = "static_obstacles"
    niceness = 5

    def __init__(self, params: StaticObstaclesParams) -> None:
        super().__init__()
        self._params = params
        self.reset()

    def reset(self) -> None:
        self._history = EgoHistory(self._params.odometry_timeout)
        self._memory = ObstacleMemory(self._params)
        self._stamp_ns: int | None = None
        self._has_odometry = False
        self._shown: list[TrackedObject] = []

    def handlers(self) -> Mapping[str, Handler]:
        return {"odometry": self._on_odometry, "objects": self._on_objects}

    def _on_odometry(self, msg: Any, _: Now) -> Iterable[Output]:
        if not self._history.add(read_odometry(msg)):
            self._memory.clear()
        return ()

    def _on_objects(self, msg: Any, _: Now) -> Iterable[Output]:
        if msg.header.frame_id != FRAME:
            raise BadMessageError(
                f"objects are in frame '{msg.header.frame_id}'; they must be in '{FRAME}'"
            )
        objects, stamp = read_objects(msg), stamp_ns(msg.header.stamp)
        self._shown = self._obstacles(objects, stamp)
        outputs = [Output("static_obstacles", make_objects(self._shown, stamp, FRAME))]
        if self.is_listened_to("markers"):
            outputs.append(Output("markers", make_markers(self._shown, stamp, FRAME)))
        return outputs

    def _obstacles(self, objects: list[TrackedObject], stamp: int) -> list[TrackedObject]:
        if self._stamp_ns is not None and not self._follows(stamp):
            self._memory.clear()
        self._stamp_ns = stamp
        ego = self._history.at(stamp)
        self._has_odometry = ego is not None
        if ego is None:  # nothing can be remembered: each scan stands for itself
            self._memory.clear()
            ego = EgoMotion(stamp, speed=0.0, yaw_rate=0.0)
            return ObstacleMemory(self._params).update(objects, ego)
        return self._memory.update(objects, ego)

    def _follows(self, stamp: int) -> bool:
        assert self._stamp_ns is not None
        return 0 <= stamp - self._stamp_ns <= round(self._params.input_timeout * 1e9)

    def health(self, now: Now) -> list[Status]:
        return [self._health(now.ns)]

    def _health(self, now_ns: int) -> Status:
        task = "static obstacles"
        if self._stamp_ns is None:
            return Status(task, Level.STALE, "waiting for objects")
        if (now_ns - self._stamp_ns) * 1e-9 > self._params.input_timeout:
            limit = self._params.input_timeout
            return Status(task, Level.ERROR, f"blind: objects are older than {limit:g} s")
        remembered = sum(obstacle.last_seen_ns < self._stamp_ns for obstacle in self._shown)
        values = {"obstacles": str(len(self._shown)), "remembered": str(remembered)}
        if not self._has_odometry:
            return Status(task, Level.DEGRADED, "no memory: odometry is lost", values)
        return Status(task, Level.OK, "sees and remembers", values)
