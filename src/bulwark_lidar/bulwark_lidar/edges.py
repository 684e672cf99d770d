# SPDX-License-Identifier: Apache-2.0
"""Edges of outlines along a thing's axes, and how far each of them can be believed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.kernels import kernel

_FACING = 0.2  # cosine of the angle at which a face is still seen well
_SAME_FACE = 0.15  # vertices this close to the edge belong to its face [m]
_WIDE_FACE = 0.5  # a face of this width has a place of its own, whatever hides its ends [m]
_SEEN_WIDTH = 0.25  # if the sensor sees it this wide: shadows end along lines of sight [m]
_SHARE = 0.5  # of the gap between returns: one standard deviation of where a face ends
_WIDEST_SPREAD = 2.0  # between the last returns on a face that the beams graze [m]
_AT_END = 0.25  # a face that reaches this close to an end of the view ends there [m]
_FEWEST_BEAMS, _LONG_VIEW = 1.5, 2.0  # of a view that is longer than that [m]
_VAGUE = 0.25  # an end that is known no better proves nothing without the other one [m]
_AT_CUT = 0.35  # an edge this close to a cut is that cut [m]


@kernel
def edges_along(outline: FloatArray, origin: FloatArray, angle: float) -> Any:
    """Lowest and highest coordinate of an outline on two axes: (2, 2) [m]."""
    cos, sin = math.cos(angle), math.sin(angle)
    edges = np.empty((2, 2))
    edges[:, 0], edges[:, 1] = np.inf, -np.inf
    for v in range(len(outline)):
        dx, dy = outline[v, 0] - origin[0], outline[v, 1] - origin[1]
        along = dx * cos + dy * sin
        edges[0, 0], edges[0, 1] = min(edges[0, 0], along), max(edges[0, 1], along)
        along = dy * cos - dx * sin
        edges[1, 0], edges[1, 1] = min(edges[1, 0], along), max(edges[1, 1], along)
    return edges


@kernel
def edge_sigmas(
    outline: FloatArray,
    ends: FloatArray,
    hidden: Any,
    angle: float,
    sensor: FloatArray,
    noise: float,
    beam_step: float,
    piece: float,
    points: int,
) -> Any:
    """One standard deviation of each edge of an outline in odom: (2, 2) [m]; inf for no evidence.

    A face that the sensor looks at is measured well. The edge behind is known only where it is an
    end of the view that nothing hides. Where a big thing was cut into squares of edge `piece`
    (0: it was not) the cut is no edge. Where a single beam meets it, so few are its `points`, the
    ends are where that beam passes over it or under it.
    """
    sigmas = np.empty((2, 2))
    view = math.hypot(ends[1, 0] - ends[0, 0], ends[1, 1] - ends[0, 1])
    single = view > _LONG_VIEW and points < _FEWEST_BEAMS * _columns(ends, sensor, beam_step)
    for axis in range(2):
        for side in range(2):
            turned = angle + axis * math.pi / 2 + (1 - side) * math.pi
            normal_x, normal_y = math.cos(turned), math.sin(turned)
            x, y, width, seen_width = _face(outline, normal_x, normal_y, sensor)
            to_x, to_y = sensor[0] - x, sensor[1] - y
            distance = math.hypot(to_x, to_y)
            faces = normal_x * to_x + normal_y * to_y > _FACING * distance
            across = abs(normal_x * to_y - normal_y * to_x)  # how far the line of sight is off
            gap = beam_step * distance * distance / max(across, 1e-3)
            spread = min(_SHARE * gap, _WIDEST_SPREAD)
            if piece > 0.0 and (_on_cut(x, piece) or _on_cut(y, piece)):
                sigma = np.inf
            elif faces and width > _WIDE_FACE and seen_width > _SEEN_WIDTH:
                sigma = noise
            elif single:
                sigma = np.inf
            else:
                right = _to_end(ends[0], x, y, normal_x, normal_y, sensor)
                left = _to_end(ends[1], x, y, normal_x, normal_y, sensor)
                sigma = _end_sigma(right, left, hidden, faces, noise, spread)
            sigmas[axis, side] = sigma
    for axis in range(2):
        _prefer_face(sigmas[axis], noise)
        _doubt_vague(sigmas[axis])
    return sigmas


@kernel
def _columns(ends: FloatArray, sensor: FloatArray, beam_step: float) -> float:
    """How many returns a beam has between both ends of a view."""
    ax, ay = ends[0, 0] - sensor[0], ends[0, 1] - sensor[1]
    bx, by = ends[1, 0] - sensor[0], ends[1, 1] - sensor[1]
    return 1.0 + abs(math.atan2(ax * by - ay * bx, ax * bx + ay * by)) / beam_step


@kernel
def _face(outline: FloatArray, normal_x: float, normal_y: float, sensor: FloatArray) -> Any:
    """Middle of what lies farthest along a normal, its width, and how wide the sensor sees it."""
    farthest = -np.inf
    for v in range(len(outline)):
        farthest = max(farthest, outline[v, 0] * normal_x + outline[v, 1] * normal_y)
    low, high, right, left = np.inf, -np.inf, np.inf, -np.inf
    first_x, first_y = 0.0, 0.0
    x, y, count = 0.0, 0.0, 0
    for v in range(len(outline)):
        if outline[v, 0] * normal_x + outline[v, 1] * normal_y > farthest - _SAME_FACE:
            across = outline[v, 1] * normal_x - outline[v, 0] * normal_y
            low, high = min(low, across), max(high, across)
            if count == 0:
                first_x, first_y = outline[v, 0], outline[v, 1]
            beside = _beside(outline[v], first_x, first_y, sensor)
            right, left = min(right, beside), max(left, beside)
            x, y, count = x + outline[v, 0], y + outline[v, 1], count + 1
    return x / count, y / count, high - low, left - right


@kernel
def _beside(point: FloatArray, x: float, y: float, sensor: FloatArray) -> float:
    """How far a point lies to the left of the line of sight to (x, y)."""
    to_x, to_y = x - sensor[0], y - sensor[1]
    turned = to_x * (point[1] - y) - to_y * (point[0] - x)
    return float(turned / max(math.hypot(to_x, to_y), 1e-6))


@kernel
def _to_end(
    end: FloatArray, x: float, y: float, normal_x: float, normal_y: float, sensor: FloatArray
) -> float:
    """How far an end of the view is from the face through (x, y): behind it, or beside it."""
    behind = (x - end[0]) * normal_x + (y - end[1]) * normal_y
    return min(float(behind), abs(_beside(end, x, y, sensor)))


@kernel
def _end_sigma(
    right: float, left: float, hidden: Any, faces: bool, noise: float, spread: float
) -> float:
    """How well a narrow or averted edge is known that lies so far from both ends of the view."""
    at_right, at_left = right < _AT_END, left < _AT_END
    nearest_is_hidden = hidden[0] if right < left else hidden[1]
    if (at_right or at_left) and nearest_is_hidden:
        return np.inf
    if at_right and at_left and (hidden[0] or hidden[1]):
        return np.inf
    if faces:
        return noise
    return noise + spread if at_right or at_left else np.inf


@kernel
def _on_cut(coordinate: float, piece: float) -> bool:
    offset = coordinate % piece
    return min(offset, piece - offset) < _AT_CUT


@kernel
def _prefer_face(sigmas: FloatArray, noise: float) -> None:
    """A face seen well needs no help from an averted edge, which would only hold it back."""
    for side in range(2):
        if sigmas[side] == noise and sigmas[1 - side] > noise:
            sigmas[1 - side] = np.inf


@kernel
def _doubt_vague(sigmas: FloatArray) -> None:
    """Where a face ends that the beams graze is known too badly to be the only evidence."""
    for side in range(2):
        if math.isinf(sigmas[1 - side]) and sigmas[side] > _VAGUE:
            sigmas[side] = np.inf
