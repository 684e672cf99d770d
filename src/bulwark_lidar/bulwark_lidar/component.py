# SPDX-License-Identifier: Apache-2.0
"""lidar_perception: clouds, odometry and mounts in; tracked objects and obstacle points out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from bulwark_core.component import Component, Handler, Now, Output
from bulwark_core.convert.clouds import make_cloud, read_cloud
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.transforms import read_transforms
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import Matrix
from bulwark_core.health import Level, SensorHealth, Sight, Status
from bulwark_core.objects import EgoMotion
from bulwark_core.transforms import TransformError, TransformTree
from bulwark_lidar.camera_input import CameraInput
from bulwark_lidar.debug import debug_outputs
from bulwark_lidar.dirt import DirtWatch
from bulwark_lidar.ego import EgoHistory
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline, LidarResult
from bulwark_lidar.plausibility import (
    MountWatch,
    SectorWatch,
    StampVerdict,
    judge_points,
    judge_stamp,
)
from bulwark_lidar.sectors import steep_returns
from bulwark_lidar.warmup import warm_up

_LATE_NS = 300_000_000
_STAMP_MEMORY_NS = 1_000_000_000


class LidarPerception(Component):
    """Follows everything that stands or moves above the road around the car."""

    name: ClassVar[str] = "lidar_perception"
    heavy: ClassVar[bool] = True

    def __init__(self, params: LidarParams) -> None:
        super().__init__()
        self._params = params
        self._transforms = TransformTree()
        self._mount: Matrix | None = None
        self._mount_watch = MountWatch(params.mount)
        self._pipeline = LidarPipeline(params)
        self._camera = CameraInput(params.camera, self._transforms, params.base_frame)
        self.reset()

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "points": self._on_points,
            "odometry": self._on_odometry,
            "camera_objects": self._on_camera_objects,
            "camera_info": self._on_camera_info,
            "tf_static": self._on_transforms,
        }

    def warm_up(self) -> None:
        warm_up(self._params)

    def reset(self) -> None:
        self._ego = EgoHistory()
        self._pipeline.reset()
        self._camera.reset()
        self._sectors = SectorWatch(self._params.plausibility.blocked_scans)
        self._dirt = DirtWatch(self._params.plausibility)
        self._last_ego: EgoMotion | None = None
        self._last_ns: int | None = None
        self._received_ns: int | None = None
        self._bad_stamp: tuple[StampVerdict, int] | None = None
        self._had_ego = False
        self._points_status = Status("points", Level.STALE, "no cloud received yet")

    def health(self, now: Now) -> list[Status]:
        return [
            self._points_health(now),
            self._mount_watch.status(assumed=self._mount is None),
            self._odometry_health(),
            self._camera.status(self._last_ns),
        ]

    def _on_transforms(self, msg: Any, _now: Now) -> Iterable[Output]:
        for parent, child, matrix in read_transforms(msg):
            try:
                self._transforms.add(parent, child, matrix)
            except TransformError as error:
                raise BadMessageError(str(error)) from error
        return ()

    def _on_odometry(self, msg: Any, _now: Now) -> Iterable[Output]:
        self._ego.add(read_odometry(msg))
        return ()

    def _on_camera_objects(self, msg: Any, _now: Now) -> Iterable[Output]:
        self._camera.add_objects(msg)
        return ()

    def _on_camera_info(self, msg: Any, _now: Now) -> Iterable[Output]:
        self._camera.add_info(msg)
        return ()

    def _on_points(self, msg: Any, now: Now) -> Iterable[Output]:
        cloud = read_cloud(msg)
        verdict = judge_stamp(cloud.stamp_ns, self._last_ns, self._params.plausibility.max_gap)
        if verdict is not StampVerdict.NEW:
            self._bad_stamp = (verdict, now.steady_ns)
        if verdict in (StampVerdict.REPEATED, StampVerdict.OLDER):
            return ()
        if verdict is StampVerdict.JUMPED:
            self._pipeline.reset()
        self._last_ns, self._received_ns = cloud.stamp_ns, now.steady_ns
        self._find_mount(cloud.frame_id)
        ego = self._ego.at(cloud.stamp_ns)
        self._had_ego = ego is not None
        result = self._pipeline.update(cloud.xyz, ego, cloud.stamp_ns, self._mount, cloud.intensity)
        self._judge(result, ego)
        if self._points_status.level is Level.ERROR:
            return [self._blind(result.stamp_ns)]
        objects = self._camera.name(result.objects, result.pieces, ego, cloud.stamp_ns, self._ego)
        return self._outputs(replace(result, objects=objects))

    def _find_mount(self, frame_id: str) -> None:
        """The lidar's pose in the base frame, None (assumed) where no transform tells it."""
        try:
            mount = self._transforms.lookup(self._params.base_frame, frame_id)
        except TransformError:
            mount = None
        if (mount is None) != (self._mount is None):
            self._mount_watch.reset()
            self._pipeline.reset()
        self._mount = mount

    def _judge(self, result: LidarResult, ego: EgoMotion | None) -> None:
        params, mount = self._params, result.mount
        self._sectors.update(result.points.sectors)
        self._dirt.update(steep_returns(result.points.xyz, mount), self._way_to(ego))
        self._mount_watch.update(result.plane)
        yaw = math.atan2(mount[1, 0], mount[0, 0])
        status = judge_points(result.points, self._sectors, self._dirt, yaw, params.plausibility)
        status.values["objects"] = str(len(result.objects))
        status.values["weather"] = f"{result.airborne} points rejected"
        self._points_status = status

    def _way_to(self, ego: EgoMotion | None) -> float:
        """How far the car has come since the last scan [m]; 0 where that is not known."""
        last, self._last_ego = self._last_ego, ego
        return 0.0 if last is None or ego is None else math.hypot(ego.x - last.x, ego.y - last.y)

    def _blind(self, ns: int) -> Output:
        """Blind is not clear: a list without objects that says so, and nothing else."""
        health = SensorHealth(Sight.BLIND, self._points_status.message)
        return Output("objects", make_objects((), ns, self._params.base_frame, health))

    def _outputs(self, result: LidarResult) -> list[Output]:
        frame, ns = self._params.base_frame, result.stamp_ns
        points = make_cloud(result.obstacle_points, frame, ns, result.obstacle_intensity)
        return [
            Output("objects", make_objects(result.objects, ns, frame, self._sight())),
            Output("obstacle_points", points),
            *debug_outputs(result, frame, self.is_listened_to),
        ]

    def _sight(self) -> SensorHealth:
        status = self._points_status
        if status.level is Level.OK:
            return SensorHealth(Sight.OK)
        return SensorHealth(Sight.DEGRADED, status.message)

    def _points_health(self, now: Now) -> Status:
        if self._received_ns is not None and now.steady_ns - self._received_ns > _LATE_NS:
            age = (now.steady_ns - self._received_ns) / 1e9
            return Status("points", Level.ERROR, f"no usable cloud for {age:.1f} s{self._why(now)}")
        if why := self._why(now):
            return Status("points", Level.DEGRADED, why.strip(": "), self._points_status.values)
        return self._points_status

    def _why(self, now: Now) -> str:
        """What was wrong with stamps lately, to be put behind a message."""
        if self._bad_stamp is None or now.steady_ns - self._bad_stamp[1] > _STAMP_MEMORY_NS:
            return ""
        return f": {self._bad_stamp[0].value}"

    def _odometry_health(self) -> Status:
        if self._last_ns is None or self._had_ego:
            return Status("odometry", Level.OK, "in use" if self._had_ego else "not needed yet")
        heard = self._ego.last_stamp_ns
        if heard is None:
            why = "none received"
        else:
            why = f"its stamp is {(self._last_ns - heard) / 1e9:+.1f} s from the cloud's"
        return Status("odometry", Level.DEGRADED, f"{why}: speeds and motions are unknown")
