# SPDX-License-Identifier: Apache-2.0
"""Ultrasonic sensors: what a reading means, and which echoes are steady.

REP-117 gives three values that are no distance a meaning each: -inf is an obstacle too near to be
measured, +inf is nothing within range, NaN is no reading at all. A number outside the sensor's
range is no reading either (sensor_msgs/Range).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

STEADY_M = 0.1
"""How much successive echoes of one thing differ, beside the way driven [m]."""


@dataclass(frozen=True)
class Reading:
    """A reading in base_link at its stamp.

    sensor: its frame. x, y, yaw: pose of the sensor, whose cone is `half_angle` to either side
    [m, rad]. echo: distance of the nearest thing in the cone, None for nothing; clear: up to here
    there is nothing [m].
    """

    sensor: str
    stamp_ns: int
    x: float
    y: float
    yaw: float
    half_angle: float
    echo: float | None
    clear: float


def meaning(distance: float, low: float, high: float) -> tuple[float | None, float] | None:
    """Echo and clear distance [m] of a range between `low` and `high`; None for no reading."""
    if distance == -math.inf:
        return low, 0.0
    if distance == math.inf:
        return None, high
    if math.isnan(distance) or not low <= distance <= high:
        return None
    return distance, distance


@dataclass(frozen=True)
class Heard:
    """The newest reading of a sensor; steady: how many echoes in a row agree, 0 without one."""

    reading: Reading
    steady: int


class EchoWatch:
    """The newest readings by sensor."""

    def __init__(self) -> None:
        self._heard: dict[str, Heard] = {}

    def add(self, reading: Reading, speed: float) -> None:
        """Take in a reading; speed: of the car [m/s]."""
        last = self._heard.get(reading.sensor)
        steady = 0 if reading.echo is None else 1
        if last is not None and reading.echo is not None and last.reading.echo is not None:
            elapsed = abs(reading.stamp_ns - last.reading.stamp_ns) * 1e-9
            moved = STEADY_M + abs(speed) * elapsed
            agrees = abs(reading.echo - last.reading.echo) <= moved
            steady = last.steady + 1 if agrees else 1
        self._heard[reading.sensor] = Heard(reading, steady)

    def fresh(self, stamp_ns: int, timeout: float) -> list[Heard]:
        """The readings that are not older or newer than a stamp by more than `timeout` [s]."""
        limit = round(timeout * 1e9)
        return [
            heard
            for _, heard in sorted(self._heard.items())
            if abs(stamp_ns - heard.reading.stamp_ns) <= limit
        ]

    def __len__(self) -> int:
        return len(self._heard)
