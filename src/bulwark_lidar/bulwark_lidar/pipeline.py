# SPDX-License-Identifier: Apache-2.0
"""The chain: points to ground, clusters, boxes and tracks, as one object."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bulwark_core.geometry import Matrix, rigid
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_lidar.beams import BeamSteps, BeamWatch
from bulwark_lidar.boxes import Boxes, fit_boxes
from bulwark_lidar.brightness import brightness, intensities
from bulwark_lidar.cloud import Float32Array, UsablePoints, usable_points
from bulwark_lidar.clusters import Clusters, cluster
from bulwark_lidar.detections import detections
from bulwark_lidar.frames import Pose, pose_of
from bulwark_lidar.ground import OBSTACLE, OVERHEAD, Ground, Points, remove_ground, select
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

    objects: tracked, in base_link; pieces: ids of those that are pieces of bigger things.
    obstacle_points: (M, 3) float32 in base_link [m], neither ground nor overhead;
    obstacle_intensity: (M,) theirs, None where the cloud has none.
    points: what of the cloud was usable; ground: what each of these is.
    airborne: how many are returns from fog, rain, snow, spray or dust.
    clusters: of the obstacle points; boxes: around these, in this scan alone.
    mount: the lidar's pose in base_link that was taken. road_height: z of `points`, `clusters` and
    `boxes` that is zero in `objects` and `obstacle_points` [m].
    timings_ms: wall time of each stage, for reports only.
    """

    stamp_ns: int
    objects: list[TrackedObject]
    pieces: frozenset[int]
    obstacle_points: Float32Array
    obstacle_intensity: Float32Array | None
    points: UsablePoints
    ground: Ground
    airborne: int
    clusters: Clusters
    boxes: Boxes
    mount: Matrix
    road_height: float
    timings_ms: dict[str, float]

    @property
    def plane(self) -> RoadPlane:
        """The road near the car."""
        return self.ground.plane


class _Scan(NamedTuple):
    """What one scan shows: obstacle points in base_link, their intensity where there is one, how
    they belong together, the boxes around them, and the same things in odom.
    """

    obstacles: Points
    intensity: Float32Array | None
    clusters: Clusters
    boxes: Boxes
    seen: Detections


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
        intensity: Float32Array | None = None,
    ) -> LidarResult:
        """Take in a cloud (N, 3) of the lidar's frame [m] that was measured at a stamp.

        ego: own motion at that stamp; without it objects have no velocity and their motion is
        UNKNOWN. mount: the lidar's pose in base_link; without it the parameters' mount is
        assumed and heights are corrected by the road seen. intensity: (N,) in any scale; without
        it brightness is not known. Raises ValueError where the stamp is not newer than the last
        one, or there are not as many intensities as points.
        """
        if intensity is not None and len(intensity) != len(xyz):
            raise ValueError(f"{len(intensity)} intensities for {len(xyz)} points")
        watch = _Stopwatch()
        matrix = mount_matrix(self._params.mount) if mount is None else mount
        pose = pose_of(ego)
        points = self._usable(xyz, matrix)
        self._beams.update(xyz, len(points.xyz))
        watch.stage("cloud")
        ground = self._ground(points, matrix)
        watch.stage("ground")
        airborne = self._weather.mark(points.xyz, ground, matrix[2, 3], self._beams.steps)
        watch.stage("weather")
        scan = self._detect(points, intensity, ground, matrix, pose, watch)
        if (ego is not None) != self._had_ego:
            self.reset()
            self._had_ego = ego is not None
        sensor = pose.to_odom(matrix[None, :2, 3])[0]
        blind = len(points.xyz) < self._params.plausibility.min_points
        tracks = self._tracker.update(
            scan.seen, sensor, self._beams.steps.azimuth, stamp_ns, blind=blind
        )
        drop = 0.0 if mount is not None else ground.plane.height
        view = View(pose, stamp_ns, ego is not None, drop)
        objects = tracked_objects(tracks, view, self._params.tracks)
        scan.obstacles.xyz[:, 2] -= drop
        watch.stage("tracks")
        return LidarResult(
            stamp_ns,
            objects,
            frozenset(tracks.id[tracks.piece > 0.0].tolist()),
            scan.obstacles.xyz,
            scan.intensity,
            points,
            ground,
            airborne,
            scan.clusters,
            scan.boxes,
            matrix,
            drop,
            watch.ms,
        )

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
        intensity: Float32Array | None,
        ground: Ground,
        matrix: Matrix,
        pose: Pose,
        watch: _Stopwatch,
    ) -> _Scan:
        """The obstacle points, and the things they make up."""
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
        if intensity is not None:
            intensity = intensities(intensity, points.index, obstacles.rows)
        bright = brightness(intensity, clusters)
        watch.stage("boxes")
        pieces = np.where(clusters.cut, p.clusters.piece, 0.0)
        seen = detections(boxes, heights, pieces, bright, ground, obstacles, (x, y), pose)
        watch.stage("visibility")
        return _Scan(obstacles, intensity, clusters, boxes, seen)


class _Stopwatch:
    """Wall time between stages; nothing is decided on it."""

    def __init__(self) -> None:
        self.ms: dict[str, float] = {}
        self._last = time.perf_counter_ns()

    def stage(self, name: str) -> None:
        now = time.perf_counter_ns()
        self.ms[name] = (now - self._last) / 1e6
        self._last = now
