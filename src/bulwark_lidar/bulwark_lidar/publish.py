# SPDX-License-Identifier: Apache-2.0
"""From tracks in odom to tracked objects in base_link."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bulwark_core.geometry import wrap_angle
from bulwark_core.objects import Motion, TrackedObject
from bulwark_lidar.boxes import bounding_box
from bulwark_lidar.classify import classify
from bulwark_lidar.cloud import FloatArray, IntArray
from bulwark_lidar.frames import Pose
from bulwark_lidar.kernels import kernel
from bulwark_lidar.motion import TURN
from bulwark_lidar.params import TrackParams
from bulwark_lidar.steps import velocities_of
from bulwark_lidar.table import TrackTable

_UNKNOWN_VARIANCE = 100.0  # of a velocity that cannot be known [m^2/s^2]
_LEAST_SHARE = 0.25  # of a variance that is told where a thing goes as it was expected to


@dataclass(frozen=True)
class View:
    """From where and when the tracks are looked at.

    pose: of base_link in odom. has_ego: whether that is known; without it speeds over ground are
    not. road_height: z of base_link that counts as zero [m].
    """

    pose: Pose
    stamp_ns: int
    has_ego: bool
    road_height: float


def tracked_objects(table: TrackTable, view: View, params: TrackParams) -> list[TrackedObject]:
    """The tracks that are certain enough, in base_link.

    A standing thing has speed zero. Where the own motion is not known, all speeds are zero with a
    large variance and every motion is UNKNOWN.
    """
    existence = 1.0 / (1.0 + np.exp(-table.log_odds))
    chosen = existence >= params.min_existence
    table, existence = table.where(chosen), existence[chosen]
    velocities, variances = _velocities(table, view)
    age_s = (view.stamp_ns - table.last_ns) / 1e9
    outlines = view.pose.to_base(table.outline + (velocities * age_s[:, None])[:, None])
    boxes = _boxes(outlines, table.size, table.angle - view.pose.yaw)
    velocities = view.pose.turn_to_base(velocities)
    speeds = np.hypot(velocities[:, 0], velocities[:, 1])
    place_variances = params.noise**2 + variances * age_s**2
    base, top = table.base - view.road_height, table.top - view.road_height
    objects = []
    for t, (vx, vy) in enumerate(velocities.tolist()):
        motion = Motion(int(table.motion[t])) if view.has_ego else Motion.UNKNOWN
        x, y, length, width, yaw = _pointing(boxes[t].tolist(), vx, vy, motion)
        height = float(top[t] - base[t])
        kind, probability = classify(
            tuple(table.extent[t].tolist()),
            height,
            float(speeds[t]),
            is_piece=bool(table.piece[t] > 0.0),
            goes_along=motion is Motion.MOVING and length > width,
        )
        objects.append(
            TrackedObject(
                id=int(table.id[t]),
                x=x,
                y=y,
                z=float(base[t] + top[t]) / 2,
                yaw=yaw,
                length=length,
                width=width,
                height=height,
                vx=vx,
                vy=vy,
                yaw_rate=float(table.move[t, TURN]) if motion is Motion.MOVING else 0.0,
                object_class=kind,
                class_probability=probability,
                existence=float(existence[t]),
                motion=motion,
                position_variance=float(place_variances[t]),
                velocity_variance=float(variances[t]),
                first_seen_ns=int(table.first_ns[t]),
                last_seen_ns=int(table.last_ns[t]),
                measurements=int(table.measurements[t]),
                outline=outlines[t, : table.size[t]],
            )
        )
    return objects


def _velocities(table: TrackTable, view: View) -> tuple[FloatArray, FloatArray]:
    """Velocity on odom's axes (T, 2) [m/s] and variance (T,) to be told."""
    if not view.has_ego:
        return np.zeros((table.rows, 2)), np.full(table.rows, _UNKNOWN_VARIANCE)
    velocities, variances = velocities_of(table)
    velocities[table.motion == int(Motion.STATIONARY)] = 0.0
    proven = np.clip(table.restless, _LEAST_SHARE, None)
    variances *= np.where(table.motion == int(Motion.MOVING), proven, 1.0)
    return velocities, variances


@kernel
def _boxes(outlines: FloatArray, sizes: IntArray, yaws: FloatArray) -> Any:
    """Boxes of these yaws around the outlines: (T, 5) x, y, length, width, yaw."""
    boxes = np.empty((len(sizes), 5))
    for t in range(len(sizes)):
        box = bounding_box(outlines[t, : sizes[t]], yaws[t])
        for k in range(5):
            boxes[t, k] = box[k]
    return boxes


def _pointing(
    box: list[float], vx: float, vy: float, motion: Motion
) -> tuple[float, float, float, float, float]:
    """The same box; that of a moving thing points where it goes."""
    x, y, length, width, yaw = box
    if motion is Motion.MOVING:
        quarters = round((math.atan2(vy, vx) - yaw) / (math.pi / 2))
        yaw += quarters * math.pi / 2
        if quarters % 2:
            length, width = width, length
    return x, y, length, width, wrap_angle(yaw)
