# SPDX-License-Identifier: Apache-2.0
"""A car that drives past standing things, as the lidar would report them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bulwark_core.objects import EgoMotion, Motion, ObjectClass, TrackedObject
from bulwark_obstacles.footprints import moved, to_base
from bulwark_obstacles.memory import ObstacleMemory
from bulwark_obstacles.params import StaticObstaclesParams
from bulwark_obstacles.scan import take

SCAN_NS = 100_000_000
START_NS = 5_000_000_000


def thing(number, x, y, size=(0.6, 0.6, 0.95), **changes):
    """A standing thing on the ground; a crash barrel unless said."""
    tracked = TrackedObject(
        number, x, y, size[2] / 2.0, 0.0, *size,
        motion=Motion.STATIONARY, existence=0.9, measurements=20,
    )  # fmt: skip
    return replace(tracked, **changes)


def car(number, x, y, **changes):
    return thing(
        number, x, y, (4.4, 1.8, 1.5),
        object_class=ObjectClass.CAR, class_probability=0.8, **changes,
    )  # fmt: skip


def outlined(points, height):
    """An object with this outline, boxed along x."""
    points = np.array(points, float)
    low, high = points.min(axis=0), points.max(axis=0)
    x, y = (low + high) / 2.0
    length, width = high - low
    return TrackedObject(1, x, y, height / 2.0, 0.0, length, width, height, outline=points)


def drum(diameter, height, z=None, seen=2.0 * np.pi, x=8.0, y=1.0):
    """A round thing of which the lidar at the origin sees an arc."""
    middle = np.arctan2(y, x) + np.pi
    angle = middle + np.linspace(-seen / 2.0, seen / 2.0, 16, endpoint=seen < 6.0)
    rim = np.stack([np.cos(angle), np.sin(angle)], axis=1) * diameter / 2.0
    made = outlined(rim + np.array([x, y]), height)
    size = {"x": x, "y": y, "length": diameter, "width": diameter} if seen > 6.0 else {}
    return replace(made, z=height / 2.0 if z is None else z, **size)


class Scene:
    """things are in odom; the car is at (x, y, yaw) with `speed`."""

    def __init__(self, *things, params=None, x=0.0, y=0.0, yaw=0.0, speed=0.0):
        self.params = params or StaticObstaclesParams()
        self.memory = ObstacleMemory(self.params)
        self.things = list(things)
        self.x, self.y, self.yaw, self.speed = x, y, yaw, speed
        self.stamp_ns = START_NS

    @property
    def ego(self):
        return EgoMotion(self.stamp_ns, self.speed, 0.0, self.x, self.y, self.yaw)

    def in_base(self, tracked):
        seen = replace(tracked, first_seen_ns=self.stamp_ns - 3 * 10**9, last_seen_ns=self.stamp_ns)
        return moved(seen, to_base(self.ego))

    def scan(self, *hidden, heard=()):
        """The output for a scan that shows all things but those with a hidden id."""
        visible = [self.in_base(t) for t in self.things if t.id not in hidden]
        scan = take(visible, self.ego, self.params.lidar, self.params)
        shown = self.memory.update(scan, heard=heard)
        self.stamp_ns += SCAN_NS
        return shown

    def scans(self, count, *hidden, step=0.0):
        """The last of several scans; step: how far the car goes before each [m]."""
        shown = []
        for _ in range(count):
            self.x += step * np.cos(self.yaw)
            self.y += step * np.sin(self.yaw)
            shown = self.scan(*hidden)
        return shown
