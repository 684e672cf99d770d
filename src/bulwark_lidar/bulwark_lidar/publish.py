# SPDX-License-Identifier: Apache-2.0
"""From tracks in odom to tracked objects in base_link."""

from __future__ import annotations

import math

import numpy as np

from bulwark_core.geometry import wrap_angle
from bulwark_core.objects import Motion, TrackedObject
from bulwark_lidar.boxes import bounding_box
from bulwark_lidar.classify import classify
from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.frames import Pose
from bulwark_lidar.params import TrackParams
from bulwark_lidar.table import TrackTable
from bulwark_lidar.tracks import velocities_of

_UNKNOWN_VARIANCE = 100.0  # of a velocity that cannot be known [m^2/s^2]


def tracked_objects(
    table: TrackTable,
    pose: Pose,
    stamp_ns: int,
    has_ego: bool,
    road_height: float,
    params: TrackParams,
) -> list[TrackedObject]:
    """The tracks that are certain enough, as seen from base_link at a stamp.

    Without ego motion the speeds over ground are unknown: zero with a large variance, motion
    UNKNOWN. road_height: z that counts as zero [m].
    """
    velocities, variances = velocities_of(table)
    velocities[table.motion == int(Motion.STATIONARY)] = 0.0
    if not has_ego:
        velocities, variances = np.zeros_like(velocities), np.full(len(table), _UNKNOWN_VARIANCE)
    existence = 1.0 / (1.0 + np.exp(-table.log_odds))
    return [
        _object(table, t, pose, stamp_ns, velocities[t], variances[t], existence[t], has_ego,
                road_height, params)
        for t in np.flatnonzero(existence >= params.min_existence)
    ]  # fmt: skip


def _object(
    table: TrackTable,
    t: int,
    pose: Pose,
    stamp_ns: int,
    velocity: FloatArray,
    variance: float,
    existence: float,
    has_ego: bool,
    road_height: float,
    params: TrackParams,
) -> TrackedObject:
    age_s = (stamp_ns - int(table.last_ns[t])) / 1e9
    outline = pose.to_base(table.outline[t, : table.size[t]] + velocity * age_s)
    vx, vy = pose.turn_to_base(velocity)
    motion = Motion(int(table.motion[t])) if has_ego else Motion.UNKNOWN
    yaw = wrap_angle(table.angle[t] - pose.yaw)
    x, y, length, width, yaw = _box(outline, yaw, (vx, vy), motion)
    base, top = table.base[t] - road_height, table.top[t] - road_height
    kind, probability = classify(
        *table.extent[t], top - base, table.piece[t] > 0.0, math.hypot(vx, vy)
    )
    return TrackedObject(
        id=int(table.id[t]),
        x=x,
        y=y,
        z=float(base + top) / 2,
        yaw=yaw,
        length=length,
        width=width,
        height=float(top - base),
        vx=float(vx),
        vy=float(vy),
        yaw_rate=float(table.yaw_rate[t]) if motion is Motion.MOVING else 0.0,
        object_class=kind,
        class_probability=probability,
        existence=float(existence),
        motion=motion,
        position_variance=params.noise**2 + float(variance) * age_s**2,
        velocity_variance=float(variance),
        first_seen_ns=int(table.first_ns[t]),
        last_seen_ns=int(table.last_ns[t]),
        measurements=int(table.measurements[t]),
        outline=outline,
    )


def _box(
    outline: FloatArray, yaw: float, velocity: tuple[float, float], motion: Motion
) -> tuple[float, float, float, float, float]:
    """The box around an outline; that of a moving thing points where it goes."""
    x, y, length, width, yaw = bounding_box(outline, yaw)
    if motion is Motion.MOVING:
        heading = math.atan2(velocity[1], velocity[0])
        quarters = round((heading - yaw) / (math.pi / 2))
        yaw += quarters * math.pi / 2
        if quarters % 2:
            length, width = width, length
    return x, y, length, width, wrap_angle(yaw)
