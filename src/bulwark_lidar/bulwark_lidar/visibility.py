# SPDX-License-Identifier: Apache-2.0
"""What hides what: whether a thing's visible end is its real end.

Where something nearer borders on a thing's end as the sensor sees it, or nothing at all was seen
there, the end is only where the view ends. It moves when the car or the thing in front moves, so
it says nothing about the motion of the thing itself.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_lidar.cloud import Float32Array, FloatArray, IntArray
from bulwark_lidar.kernels import kernel

BINS = 720
"""Bearings of the skyline, counter-clockwise from -x."""

_PI, _BINS_PER_RAD = np.float32(math.pi), np.float32(BINS / (2.0 * math.pi))
_LOOK_BESIDE = 3
_NEARER_BY = 0.7
_LAST = 0.5  # what is as near as this to a thing does not hide it [m]


@kernel
def skyline(bearings: Float32Array, obstacle_bearings: Float32Array, ranges: Float32Array) -> Any:
    """Range of the nearest obstacle at each bearing, and whether anything was seen there.

    bearings: of all points; obstacle_bearings, ranges: of the obstacles among them.
    """
    nearest = np.full(BINS, np.float32(np.inf))
    seen = np.zeros(BINS, np.bool_)
    for i in range(len(bearings)):
        seen[_bin(bearings[i])] = True
    for i in range(len(ranges)):
        k = _bin(obstacle_bearings[i])
        nearest[k] = min(nearest[k], ranges[i])
    return nearest, seen


@kernel
def _bin(bearing: float) -> int:
    k = np.int32((bearing + _PI) * _BINS_PER_RAD)
    return int(0 if k >= BINS else k)


@kernel
def hidden_ends(
    outlines: FloatArray,
    sizes: IntArray,
    sensor_x: float,
    sensor_y: float,
    nearest: FloatArray,
    seen: Any,
) -> Any:
    """Right and left end of each outline: points (K, 2, 2), and whether more is hidden (K, 2)."""
    count = len(sizes)
    ends = np.zeros((count, 2, 2))
    hidden = np.zeros((count, 2), np.bool_)
    for k in range(count):
        middle_x, middle_y = _middle(outlines[k], sizes[k])
        middle = math.atan2(middle_y - sensor_y, middle_x - sensor_x)
        lowest, highest = np.inf, -np.inf
        for v in range(sizes[k]):
            x, y = outlines[k, v, 0], outlines[k, v, 1]
            turn = math.atan2(y - sensor_y, x - sensor_x) - middle
            turn = (turn + math.pi) % (2.0 * math.pi) - math.pi
            if turn < lowest:
                lowest = turn
                ends[k, 0, 0], ends[k, 0, 1] = x, y
            if turn > highest:
                highest = turn
                ends[k, 1, 0], ends[k, 1, 1] = x, y
        for side in range(2):
            bearing = middle + (highest if side == 1 else lowest)
            reach = math.hypot(ends[k, side, 0] - sensor_x, ends[k, side, 1] - sensor_y)
            hidden[k, side] = _is_hidden(bearing, reach, 2 * side - 1, nearest, seen)
    return ends, hidden


@kernel
def _middle(outline: FloatArray, size: int) -> Any:
    """The mean of an outline's vertices."""
    x, y = 0.0, 0.0
    for v in range(size):
        x, y = x + outline[v, 0] / size, y + outline[v, 1] / size
    return x, y


@kernel
def _is_hidden(bearing: float, reach: float, step: int, nearest: FloatArray, seen: Any) -> bool:
    """Whether beside this bearing something nearer, or nothing at all, was seen."""
    first = _bin((bearing + math.pi) % (2.0 * math.pi) - math.pi)
    anything = False
    for k in range(1, _LOOK_BESIDE + 1):
        at = (first + step * k) % BINS
        anything = anything or seen[at]
        if nearest[at] < reach - _NEARER_BY:
            return True
    return not anything


@kernel
def behind_others(
    outlines: FloatArray, sizes: IntArray, others: FloatArray, other_sizes: IntArray, sensor: Any
) -> Any:
    """Whether something stands on the line from the sensor to the middle of each outline: (T,)."""
    hidden = np.zeros(len(sizes), np.bool_)
    for t in range(len(sizes)):
        x, y = _middle(outlines[t], sizes[t])
        for d in range(len(other_sizes)):
            if _crosses(others[d, : other_sizes[d]], sensor[0], sensor[1], x, y):
                hidden[t] = True
                break
    return hidden


@kernel
def _crosses(outline: FloatArray, ax: float, ay: float, bx: float, by: float) -> bool:
    """Whether the way from a to b enters a convex outline before its last half metre."""
    way = math.hypot(bx - ax, by - ay)
    enter, leave = 0.0, max(1.0 - _LAST / way, 0.0) if way > 0.0 else 0.0
    for v in range(len(outline)):
        w = (v + 1) % len(outline)
        ex, ey = outline[w, 0] - outline[v, 0], outline[w, 1] - outline[v, 1]
        start_side = ex * (ay - outline[v, 1]) - ey * (ax - outline[v, 0])
        change = ex * (by - ay) - ey * (bx - ax)
        if change == 0.0:
            if start_side < 0.0:
                return False
            continue
        at = -start_side / change
        if change > 0.0:
            enter = max(enter, at)
        else:
            leave = min(leave, at)
    return len(outline) >= 3 and enter < leave
