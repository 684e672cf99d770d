# SPDX-License-Identifier: Apache-2.0
"""The predicted path and the exact area that the body sweeps on it.

The rear axle moves on a circle of constant curvature. A fixed point keeps its distance to the
circle's centre, so whether the body covers it, and after which travel, has a closed form. Distances
to the centre are compared through the path offset F = k (x^2 + y^2) / 2 - y, which is finite for
any curvature k and is -y on a straight path: no case for straight paths is needed.

Everything is computed in travel axes: x in the direction of travel (mirrored in reverse), the
circle's centre to the left (mirrored for right bends).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from bulwark_core.frozen import replace
from bulwark_core.objects import FloatArray
from bulwark_core.vehicle import VehicleParams

Number: TypeAlias = "float | FloatArray"
_MICRON = 1e-6
_STRAIGHT = 1e-9
_SIDES = np.array([1.0, -1.0, 1.0, -1.0])


@dataclass(frozen=True)
class Body:
    """The rectangle that moves: bumpers along x and half the width, in base_link [m]."""

    front: float
    rear: float
    half_width: float

    @classmethod
    def of(cls, vehicle: VehicleParams) -> Body:
        return cls(vehicle.front, vehicle.rear, vehicle.width / 2.0)


@dataclass(frozen=True)
class Path:
    """A circle of the rear axle through the origin of base_link.

    curvature: left positive, whatever the direction of travel [1/m]; deviation: its standard
    deviation [1/m]; reverse: travels along -x.
    """

    curvature: float
    deviation: float = 0.0
    reverse: bool = False

    @property
    def direction(self) -> float:
        """+1 forward, -1 in reverse."""
        return -1.0 if self.reverse else 1.0

    def bent(self, by: float) -> Path:
        """The same path with another curvature."""
        return replace(self, curvature=self.curvature + by)


@dataclass(frozen=True)
class _Frame:
    """Travel axes: what is left of path and body once direction and side are mirrored away.

    y_sign, curvature: a number, or (S, 1, 1) for S paths at once. bends: whether all of them do.
    """

    x_sign: float
    y_sign: Number
    curvature: Number
    bends: bool
    front: float
    rear: float

    @classmethod
    def of(cls, path: Path, body: Body) -> _Frame:
        front, rear = _ends(path, body)
        y_sign = -1.0 if path.curvature < 0.0 else 1.0
        curvature = abs(path.curvature)
        return cls(path.direction, y_sign, curvature, curvature >= _STRAIGHT, front, rear)

    @classmethod
    def of_all(cls, paths: Sequence[Path], body: Body) -> _Frame:
        """One frame of paths that all lead in the same direction."""
        front, rear = _ends(paths[0], body)
        signed = np.array([path.curvature for path in paths]).reshape(-1, 1, 1)
        y_sign, curvature = np.where(signed < 0.0, -1.0, 1.0), np.abs(signed)
        bends = bool((curvature >= _STRAIGHT).all())
        return cls(paths[0].direction, y_sign, curvature, bends, front, rear)

    def offset(self, x: Number, y: Number) -> Number:
        k = self.curvature
        return k * (x * x + y * y) / 2.0 - y

    def arc(self, x: FloatArray, y: Number) -> FloatArray:
        """Travel of the rear axle to the radius through the point."""
        k = self.curvature
        turned = np.arctan2(k * x, 1.0 - k * y)
        if self.bends:
            return np.asarray(turned / k)
        return np.where(np.less(k, _STRAIGHT), x, turned / np.maximum(k, _STRAIGHT))


def _ends(path: Path, body: Body) -> tuple[float, float]:
    """Of the body along the direction of travel: front and rear [m]."""
    return (-body.rear, -body.front) if path.reverse else (body.front, body.rear)


def arc_length(points: FloatArray, path: Path) -> FloatArray:
    """Travel of the rear axle to the radius through each of (N, 2) points [m]: (N,)."""
    frame = _Frame.of(path, Body(0.0, 0.0, 0.0))
    return frame.arc(points[:, 0] * frame.x_sign, points[:, 1] * frame.y_sign)


def lateral_offset(points: FloatArray, path: Path) -> FloatArray:
    """Distance of (N, 2) points from the rear axle's path, left positive [m]: (N,)."""
    k = abs(path.curvature)
    y = points[:, 1] * (-1.0 if path.curvature < 0.0 else 1.0)
    offset = k * (points[:, 0] ** 2 + y**2) / 2.0 - y
    left = -2.0 * offset / (1.0 + np.sqrt(np.maximum(1.0 + 2.0 * k * offset, 0.0)))
    return np.asarray(-left if path.curvature < 0.0 else left)


def swept_contact(
    points: FloatArray, path: Path, body: Body, lateral_margin: Number = 0.0
) -> FloatArray:
    """Travel after which the body first covers each point [m]: (N,), 0: covered, inf: never.

    points: (N, 2) in base_link. lateral_margin widens the body to both sides, per point or for all.
    """
    frame = _Frame.of(path, body)
    x, y = points[:, 0] * frame.x_sign, points[:, 1] * frame.y_sign
    return _contact(x, y, frame, body.half_width + lateral_margin)


def _contact(x: FloatArray, y: FloatArray, frame: _Frame, half: Number) -> FloatArray:
    """Travel until a body of this half width covers points in travel axes."""
    arc, offset = frame.arc(x, y), np.asarray(frame.offset(x, y))
    travel = _next(arc - _front_arc(offset, frame, half), frame)
    tail = _tail_arc(offset, frame, half)
    if tail is not None:
        travel = np.minimum(travel, _next(arc - tail, frame))
    within = (x <= frame.front + _MICRON) & (x >= frame.rear - _MICRON)
    covered = within & (np.abs(y) <= half + _MICRON)
    return np.where(covered, 0.0, travel)


def _next(travel: FloatArray, frame: _Frame) -> FloatArray:
    """What lies behind is reached after a full circle; on a straight path never."""
    k = frame.curvature
    lap = 2.0 * math.pi / k if frame.bends else _laps(np.asarray(k))
    return np.where(travel < -_MICRON, travel + lap, np.maximum(travel, 0.0))


def _laps(curvature: FloatArray) -> FloatArray:
    circle = 2.0 * math.pi / np.maximum(curvature, _STRAIGHT)
    return np.where(curvature < _STRAIGHT, np.inf, circle)


def _front_arc(offset: FloatArray, frame: _Frame, half: Number) -> FloatArray:
    """Where the front edge, or the inner side behind it, crosses its circle; -inf: nowhere.

    The inner side counts in tight bends: it comes nearest to the centre beside the rear axle.
    """
    k, front = frame.curvature, frame.front
    root = 1.0 - k * k * front * front + 2.0 * k * offset
    y = (k * front * front - 2.0 * offset) / (1.0 + np.sqrt(np.maximum(root, 0.0)))
    inside = (root < 0.0) | (y > half + _MICRON)
    x = np.where(inside, _side_x(offset, half, frame), front)
    y = np.where(inside, half, y)
    hit = (y >= -half - _MICRON) & (offset >= frame.offset(0.0, half) - _MICRON)
    return np.where(hit, frame.arc(x, y), -np.inf)


def _tail_arc(offset: FloatArray, frame: _Frame, half: Number) -> FloatArray | None:
    """Where the outer side behind the rear axle, which swings out, crosses the circle.

    -inf: nowhere; None: of no point.
    """
    outer = np.negative(half)
    x = -_side_x(offset, outer, frame)
    hit = (offset > frame.offset(0.0, outer)) & (x >= frame.rear - _MICRON)
    return np.where(hit, frame.arc(x, outer), -np.inf) if hit.any() else None


def _side_x(offset: FloatArray, y: Number, frame: _Frame) -> FloatArray:
    """|x| where the line of constant y in the body crosses the point's circle."""
    square = 2.0 * (offset - frame.offset(0.0, y)) / np.maximum(frame.curvature, _STRAIGHT)
    return np.asarray(np.sqrt(np.maximum(square, 0.0)))


def contact_candidates(
    starts: FloatArray, ends: FloatArray, path: Path, body: Body, lateral_margin: Number = 0.0
) -> FloatArray:
    """Points of (E, 2) edges among which the first contact with the body is: (E, 9, 2).

    When two polygons meet, a corner of one lies on an edge of the other. So: the edges' starts, and
    where edges cross the circles of the body's four corners.
    """
    frame = _Frame.of(path, body)
    share = _shares(starts, ends - starts, frame, body.half_width + np.asarray(lateral_margin))
    return np.asarray(starts[:, None, :] + share[:, :, None] * (ends - starts)[:, None, :])


def edge_contact(
    starts: FloatArray, ends: FloatArray, paths: Sequence[Path], body: Body, margin: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Travel until the body meets each of (E, 2) edges, by each path: (S, E, 9) or (1, E, 9) [m].

    `swept_contact` of all `contact_candidates`, and where these are along the direction of
    travel [m]. paths: all in the same direction. margin: (E,) widens the body to both sides [m].
    """
    frame = _Frame.of(paths[0], body) if len(paths) == 1 else _Frame.of_all(paths, body)
    half, step = body.half_width + margin, ends - starts
    share = _shares(starts, step, frame, half)
    x = (starts[:, :1] + share * step[:, :1]) * frame.x_sign
    y = (starts[:, 1:] + share * step[:, 1:]) * frame.y_sign
    travel = _contact(x, y, frame, half[:, None])
    return travel.reshape(len(paths), -1, 9), x.reshape(-1, len(starts), 9)


def _shares(starts: FloatArray, step: FloatArray, frame: _Frame, half: Number) -> FloatArray:
    """Shares 0..1 of the edges, at which their candidates are: (E, 9), or (S, E, 9) by S paths."""
    x, y = starts[:, :1] * frame.x_sign, starts[:, 1:] * frame.y_sign
    dx, dy = step[:, :1] * frame.x_sign, step[:, 1:] * frame.y_sign
    half = np.asarray(half)[..., None]
    k = frame.curvature
    ends = np.array([frame.front, frame.front, frame.rear, frame.rear])
    levels = k * (ends * ends + half * half) / 2.0 - _SIDES * half
    a = k / 2.0 * (dx * dx + dy * dy)
    b = k * (x * dx + y * dy) - dy
    c = frame.offset(x, y) - levels
    root = np.sqrt(np.maximum(b * b - 4.0 * a * c, 0.0))
    q = -(b + np.copysign(root, b)) / 2.0
    share = np.zeros((*root.shape[:-1], 9))
    with np.errstate(all="ignore"):
        np.divide(c, q, out=share[..., 1:5])
        np.divide(q, a, out=share[..., 5:])
    share[~np.isfinite(share)] = 0.0
    # A crossing beyond an end is moved to that end, where it does no harm.
    return np.asarray(np.minimum(np.maximum(share, 0.0), 1.0))


def nearest_in_path(
    footprint: FloatArray, path: Path, body: Body, lateral_margin: float = 0.0
) -> tuple[float, float, float] | None:
    """Where the body first meets a polygon: x, y of the point and gap [m]; None: it never does.

    footprint: (N, 2) corners in base_link, in order. Edges count, not only corners. Gap is the
    travel of the rear axle until contact, 0 where an edge already crosses the body.
    """
    ends = np.roll(footprint, -1, axis=0)
    ahead = contact_candidates(footprint, ends, path, body, lateral_margin).reshape(-1, 2)
    points = np.concatenate([ahead, _body_crossings(footprint, ends, body, lateral_margin)])
    travel = swept_contact(points, path, body, lateral_margin)
    first = int(np.argmin(travel))
    if not np.isfinite(travel[first]):
        return None
    return float(points[first, 0]), float(points[first, 1]), float(travel[first])


def _body_crossings(
    starts: FloatArray, ends: FloatArray, body: Body, lateral_margin: float
) -> FloatArray:
    """Where (E, 2) edges, or their ends, meet the lines of the body's four sides: (4 E, 2)."""
    half = body.half_width + lateral_margin
    step = ends - starts
    points = []
    for axis, line in ((0, body.front), (0, body.rear), (1, half), (1, -half)):
        parallel = step[:, axis] == 0.0
        share = (line - starts[:, axis]) / np.where(parallel, 1.0, step[:, axis])
        share = np.where(parallel, 0.0, np.clip(share, 0.0, 1.0))
        points.append(starts + share[:, None] * step)
    return np.concatenate(points)
