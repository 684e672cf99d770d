# SPDX-License-Identifier: Apache-2.0
"""The chain: points to ground, clusters, boxes and tracks, as one object."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from bulwark_core.geometry import Matrix, rigid
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_lidar.beams import BeamSteps, BeamWatch
from bulwark_lidar.boxes import fit_boxes
from bulwark_lidar.cloud import Float32Array, UsablePoints, usable_points
from bulwark_lidar.clusters import cluster
from bulwark_lidar.detections import detections
from bulwark_lidar.frames import Pose, pose_of
from bulwark_lidar.ground import OBSTACLE, OVERHEAD, Ground, remove_ground, select
from bulwark_lidar.heights import levels
from bulwark_lidar.params import LidarParams, MountParams
from bulwark_lidar.plane import RoadPlane
from bulwark_lidar.publish import View, tracked_objects
from bulwark_lidar.table import Detections
from bulwark_lidar.tracks import Tracker
from bulwark_lidar.weather import WeatherFilter


@dataclass(frozen=True)
class LidarResult:
    """What a scan means.

    objects: tracked, in base_link. obstacle_points: (M, 3) float32 in base_link [m], neither
    ground nor overhead. points: what of the cloud was usable; ground: what each of these is.
    airborne: how many are returns from fog, rain, snow, spray or dust.
    timings_ms: wall time of each stage, for reports only.
    """

    stamp_ns: int
    objects: list[TrackedObject]
    obstacle_points: Float32Array
    points: UsablePoints
    ground: Ground
    airborne: int
    timings_ms: dict[str, float]

    @property
    def plane(self) -> RoadPlane:
        """The road near the car."""
        return self.ground.plane


def mount_matrix(mount: MountParams) -> Matrix:
    """The lidar's pose in base_link that the parameters assume."""
    return rigid(mount.x, mount.y, mount.z, mount.roll, mount.pitch, mount.yaw)


class LidarPipeline:
    """Clouds of one lidar to tracked objects. Same input, same output, bit for bit."""

    def __init__(self, params: LidarParams) -> None:
        self._params = params
        guess = BeamSteps(params.cloud.azimuth_step, params.cloud.elevation_step)
        self._beams = BeamWatch(guess)
        self._weather = WeatherFilter(params.weather)
        self._tracker = Tracker(params.tracks)
        self._had_ego = False

    def reset(self) -> None:
        """Forget all tracks."""
        self._weather.reset()
        self._tracker.reset()

    def update(
        self,
        xyz: Float32Array,
        ego: EgoMotion | None,
        stamp_ns: int,
        mount: Matrix | None = None,
    ) -> LidarResult:
        """Take in a cloud (N, 3) of the lidar's frame [m] that was measured at a stamp.

        ego: own motion at that stamp; without it objects have no velocity and their motion is
        UNKNOWN. mount: the lidar's pose in base_link; without it the parameters' mount is
        assumed and heights are corrected by the road seen. Raises ValueError where the stamp is
        not newer than the last one.
        """
        watch = _Stopwatch()
        matrix = mount_matrix(self._params.mount) if mount is None else mount
        pose = pose_of(ego)
        self._beams.update(xyz)
        points = self._usable(xyz, matrix)
        watch.stage("cloud")
        ground = self._ground(points, matrix)
        watch.stage("ground")
        airborne = self._weather.mark(points.xyz, ground, matrix[2, 3], self._beams.steps)
        watch.stage("weather")
        obstacles, seen = self._detect(points, ground, matrix, pose, watch)
        if (ego is not None) != self._had_ego:
            self.reset()
            self._had_ego = ego is not None
        sensor = pose.to_odom(matrix[None, :2, 3])[0]
        blind = len(points.xyz) < self._params.plausibility.min_points
        tracks = self._tracker.update(
            seen, sensor, self._beams.steps.azimuth, stamp_ns, blind=blind
        )
        drop = 0.0 if mount is not None else ground.plane.height
        view = View(pose, stamp_ns, ego is not None, drop)
        objects = tracked_objects(tracks, view, self._params.tracks)
        obstacles[:, 2] -= drop
        watch.stage("tracks")
        return LidarResult(stamp_ns, objects, obstacles, points, ground, airborne, watch.ms)

    def _usable(self, xyz: Float32Array, matrix: Matrix) -> UsablePoints:
        p = self._params
        return usable_points(
            xyz,
            matrix,
            p.vehicle,
            p.cloud.max_range,
            p.plausibility.sensor_radius,
            p.cloud.body_margin,
        )

    def _ground(self, points: UsablePoints, matrix: Matrix) -> Ground:
        x, y = matrix[:2, 3]
        return remove_ground(points.xyz, x, y, self._params.cloud.max_range, self._params.ground)

    def _detect(
        self,
        points: UsablePoints,
        ground: Ground,
        matrix: Matrix,
        pose: Pose,
        watch: _Stopwatch,
    ) -> tuple[Float32Array, Detections]:
        """The obstacle points in base_link, and the things they make up in odom."""
        p = self._params
        x, y, z = (float(value) for value in matrix[:3, 3])
        obstacles = select(points.xyz, ground, OBSTACLE)
        overhead = select(points.xyz, ground, OVERHEAD)
        steps = self._beams.steps
        clusters = cluster(
            obstacles, overhead, (x, y, z), pose, p.cloud.max_range, steps, p.clusters
        )
        watch.stage("clusters")
        boxes = fit_boxes(obstacles, clusters, steps.azimuth)
        heights = levels(clusters)
        watch.stage("boxes")
        pieces = np.where(clusters.cut, p.clusters.piece, 0.0)
        seen = detections(boxes, heights, pieces, ground, obstacles, (x, y), pose)
        watch.stage("visibility")
        return obstacles.xyz, seen


class _Stopwatch:
    """Wall time between stages; nothing is decided on it."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self._last = time.perf_counter_ns()

    def stage(self, name: str) -> None:
        now = time.perf_counter_ns()
        self.ms[name] = (now - self._last) / 1e6
        self._last = now
