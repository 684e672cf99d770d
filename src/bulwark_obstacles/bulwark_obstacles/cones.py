# SPDX-License-Identifier: Apache-2.0
"""Outlines against the cone of an ultrasonic sensor."""

from __future__ import annotations

import math

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_obstacles.table import ObjectTable
from bulwark_obstacles.ultrasonic import Reading

_WIDEST = 1.4  # cone to either side that a wedge of two half-planes still describes well [rad]


def distances_in_cone(table: ObjectTable, reading: Reading, share: float = 1.0) -> FloatArray:
    """From the sensor to the nearest part of each outline in its cone: (N,), inf outside [m].

    share: of the cone's width that counts, about its axis.
    """
    found = np.full(len(table), math.inf)
    if len(table) == 0:
        return found
    cos, sin = math.cos(reading.yaw), math.sin(reading.yaw)
    turn = np.array([[cos, -sin], [sin, cos]])
    start = (table.corners - (reading.x, reading.y)) @ turn
    step = (table.following - table.corners) @ turn
    slope = math.tan(min(share * reading.half_angle, _WIDEST))
    low: FloatArray = np.zeros(len(start))
    high: FloatArray = np.ones(len(start))
    for sign in (1.0, -1.0):  # inside is slope * ahead +- left >= 0
        inside = slope * start[:, 0] + sign * start[:, 1]
        growth = slope * step[:, 0] + sign * step[:, 1]
        border = -inside / np.where(growth == 0.0, 1e-12, growth)
        low = np.where(growth > 0.0, np.maximum(low, border), low)
        high = np.where(growth < 0.0, np.minimum(high, border), high)
        high = np.where((growth == 0.0) & (inside < 0.0), -1.0, high)
    foot = -(start * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), 1e-12)
    nearest = start + np.clip(foot, low, np.maximum(low, high))[:, None] * step
    distance = np.where(low <= high, np.hypot(nearest[:, 0], nearest[:, 1]), math.inf)
    np.minimum.at(found, table.owner, distance)
    return found
