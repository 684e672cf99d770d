# SPDX-License-Identifier: Apache-2.0
"""The static_obstacles component: tracked objects and odometry in, standing obstacles out.

Camera objects and ultrasonic ranges are taken where there are any; nothing waits for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bulwark_core.component import Component, Handler, Now, Output
from bulwark_core.convert.object_arrays import make_objects, read_objects, read_sensor_health
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.convert.transforms import read_transforms
from bulwark_core.errors import BadMessageError
from bulwark_core.health import Level, Sight, Status
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_obstacles.ego_history import EgoHistory
from bulwark_obstacles.free_space import FreeSpace
from bulwark_obstacles.hearing import Hearing
from bulwark_obstacles.markers import make_markers
from bulwark_obstacles.memory import ObstacleMemory
from bulwark_obstacles.messages import make_polygon
from bulwark_obstacles.mounts import BASE, Mounts
from bulwark_obstacles.params import StaticObstaclesParams
from bulwark_obstacles.pictures import Pictures
from bulwark_obstacles.scan import Scan, take
from bulwark_obstacles.ultrasonic import Heard
from bulwark_obstacles.visibility import place_of

ULTRASONIC = (
    "ultrasonic_front_left",
    "ultrasonic_front_right",
    "ultrasonic_rear_left",
    "ultrasonic_rear_right",
)
"""Input ports; readings are told apart by their frame, so several sensors may share a topic."""


class StaticObstacles(Component):
    """One output per scan; with odometry lost, what the scan shows and no memory.

    gives_free_space: False where nobody will ever read it, which saves half of the work.
    """

    name = "static_obstacles"
    niceness = 5

    def __init__(self, params: StaticObstaclesParams) -> None:
        super().__init__()
        self._params = params
        self._mounts = Mounts(params.lidar)
        self.gives_free_space = True
        self.reset()

    def reset(self) -> None:
        params = self._params
        self._history = EgoHistory(params.odometry_timeout)
        self._hearing = Hearing(self._mounts, params.ultrasonic)
        self._pictures = Pictures(self._mounts, params.classification)
        self._stamp_ns: int | None = None
        self._has_odometry = False
        self._shown: list[TrackedObject] = []
        self._forget()

    def _forget(self) -> None:
        self._memory = ObstacleMemory(self._params)
        self._free_space = FreeSpace(self._params.free_space, self._params.vehicle)

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "odometry": self._on_odometry,
            "objects": self._on_objects,
            "camera_objects": self._on_camera_objects,
            **dict.fromkeys(ULTRASONIC, self._on_range),
            "tf_static": self._on_transforms,
        }

    def _on_transforms(self, msg: Any, _: Now) -> Iterable[Output]:
        for parent, child, matrix in read_transforms(msg):
            self._mounts.add(parent, child, matrix)
        return ()

    def _on_odometry(self, msg: Any, _: Now) -> Iterable[Output]:
        if not self._history.add(read_odometry(msg)):
            self._forget()
        return ()

    def _on_camera_objects(self, msg: Any, _: Now) -> Iterable[Output]:
        self._pictures.add(msg)
        return ()

    def _on_range(self, msg: Any, _: Now) -> Iterable[Output]:
        self._hearing.add(msg, self._history)
        return ()

    def _on_objects(self, msg: Any, _: Now) -> Iterable[Output]:
        if msg.header.frame_id != BASE:
            raise BadMessageError(
                f"objects are in frame '{msg.header.frame_id}'; they must be in '{BASE}'"
            )
        if read_sensor_health(msg).sight is Sight.BLIND:
            return ()  # the list says nothing: what is remembered grows old instead
        objects, stamp = read_objects(msg), stamp_ns(msg.header.stamp)
        if self._stamp_ns is not None and not self._follows(stamp):
            self._forget()
        self._stamp_ns = stamp
        ego = self._history.at(stamp)
        self._has_odometry = ego is not None
        if ego is None:  # nothing can be remembered: each scan stands for itself
            self._forget()
            ego = EgoMotion(stamp, speed=0.0, yaw_rate=0.0)
        return self._outputs(take(objects, ego, self._mounts.lidar, self._params))

    def _follows(self, stamp: int) -> bool:
        assert self._stamp_ns is not None
        return 0 <= stamp - self._stamp_ns <= round(self._params.input_timeout * 1e9)

    def _outputs(self, scan: Scan) -> list[Output]:
        stamp, heard = scan.ego.stamp_ns, self._hearing.fresh(scan.ego, self._history)
        votes = self._pictures.votes(scan, self._history)
        self._shown = self._memory.update(scan, votes, heard)
        outputs = [Output("static_obstacles", make_objects(self._shown, stamp, BASE))]
        if self.gives_free_space:
            outputs += self._free_space_outputs(scan, heard)
        return outputs

    def _free_space_outputs(self, scan: Scan, heard: list[Heard]) -> list[Output]:
        """The polygon, and the picture of all where somebody looks at it."""
        stamp = scan.ego.stamp_ns
        polygon = self._free_space.update(scan, self._shown, heard)
        outputs = [Output("free_space", make_polygon(polygon, stamp, BASE))]
        if self.is_listened_to("markers"):
            place = place_of(scan.lidar)
            markers = make_markers(self._shown, polygon, place, stamp, BASE)
            outputs.append(Output("markers", markers))
        return outputs

    def health(self, now: Now) -> list[Status]:
        return [self._health(now.ns), self._mounts.health(), self._hearing.health(now.ns)]

    def _health(self, now_ns: int) -> Status:
        task = "static obstacles"
        if self._stamp_ns is None:
            return Status(task, Level.STALE, "waiting for objects")
        if (now_ns - self._stamp_ns) * 1e-9 > self._params.input_timeout:
            limit = self._params.input_timeout
            return Status(task, Level.ERROR, f"blind: objects are older than {limit:g} s")
        remembered = sum(obstacle.last_seen_ns < self._stamp_ns for obstacle in self._shown)
        values = {
            "obstacles": str(len(self._shown)),
            "remembered": str(remembered),
            "camera": self._pictures.state(self._stamp_ns),
        }
        if not self._has_odometry:
            return Status(task, Level.DEGRADED, "no memory: odometry is lost", values)
        return Status(task, Level.OK, "sees and remembers", values)
