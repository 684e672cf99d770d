# SPDX-License-Identifier: Apache-2.0
"""From tracks in odom to tracked objects in base_link."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

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

_MOTIONS = tuple(Motion)
_MOVES = int(Motion.MOVING)
_BLANK = TrackedObject(0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
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
    moves = (table.motion == int(Motion.MOVING)) & view.has_ego
    _point(boxes, velocities, moves)
    base, top = table.base - view.road_height, table.top - view.road_height
    columns = (
        *boxes.T,
        (base + top) / 2.0,
        top - base,
        *velocities.T,
        np.hypot(*velocities.T),
        np.where(moves, table.move[:, TURN], 0.0),
        table.motion if view.has_ego else np.zeros(table.rows, np.int64),
        params.noise**2 + variances * age_s**2,
        variances,
        existence,
        table.piece > 0.0,
        *table.extent.T,
        table.id,
        table.first_ns,
        table.last_ns,
        table.measurements,
        table.brightness,
        table.size,
    )
    lists = [column.tolist() for column in columns]
    return [_object(*row) for row in zip(*lists, outlines, strict=True)]


def _object(
    x: float,
    y: float,
    length: float,
    width: float,
    yaw: float,
    z: float,
    height: float,
    vx: float,
    vy: float,
    speed: float,
    yaw_rate: float,
    motion: int,
    position_variance: float,
    velocity_variance: float,
    existence: float,
    is_piece: bool,
    longest: float,
    shortest: float,
    id_: int,
    first_ns: int,
    last_ns: int,
    measurements: int,
    brightness: float,
    size: int,
    outline: FloatArray,
) -> TrackedObject:
    """One object of a row of plain numbers, which are cheaper one by one than those of arrays."""
    kind, probability = classify(
        (longest, shortest),
        height,
        speed,
        is_piece=is_piece,
        goes_along=motion == _MOVES and length > width,
    )
    return _BLANK.but(
        id=id_,
        x=x,
        y=y,
        z=z,
        yaw=yaw,
        length=length,
        width=width,
        height=height,
        vx=vx,
        vy=vy,
        yaw_rate=yaw_rate,
        object_class=kind,
        class_probability=probability,
        existence=existence,
        motion=_MOTIONS[motion],
        position_variance=position_variance,
        velocity_variance=velocity_variance,
        first_seen_ns=first_ns,
        last_seen_ns=last_ns,
        measurements=measurements,
        brightness=brightness if brightness >= 0.0 else math.nan,  # always the same NaN
        outline=outline[:size],
    )


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


@kernel
def _point(boxes: FloatArray, velocities: FloatArray, moves: Any) -> None:
    """Let the boxes (T, 5) of what moves point where it goes; all yaws within half a turn."""
    quarter = math.pi / 2
    for t in range(len(boxes)):
        yaw = boxes[t, 4]
        if moves[t]:
            quarters = round((math.atan2(velocities[t, 1], velocities[t, 0]) - yaw) / quarter)
            yaw += quarters * quarter
            if quarters % 2 != 0:
                boxes[t, 2], boxes[t, 3] = boxes[t, 3], boxes[t, 2]
        boxes[t, 4] = (yaw + math.pi) % (2.0 * math.pi) - math.pi
