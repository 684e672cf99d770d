# SPDX-License-Identifier: Apache-2.0
"""Health of a task as plain data, in the levels of diagnostic_msgs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum


class Level(IntEnum):
    """diagnostic_msgs/DiagnosticStatus levels."""

    OK = 0
    DEGRADED = 1
    ERROR = 2
    STALE = 3


class Sight(IntEnum):
    """How well the sensor behind a list of objects sees: HEALTH_* of bulwark_msgs/ObjectArray."""

    UNKNOWN = 0
    OK = 1
    DEGRADED = 2
    BLIND = 3


@dataclass(frozen=True)
class SensorHealth:
    """The sight of a sensor, and what is wrong with it in words."""

    sight: Sight = Sight.UNKNOWN
    detail: str = ""


@dataclass(frozen=True)
class Status:
    """One line of `/diagnostics`: which task, how it is, why, and the figures behind it."""

    task: str
    level: Level
    message: str
    values: dict[str, str] = field(default_factory=dict)


def worst(statuses: Iterable[Status]) -> Level:
    """The gravest level, OK where there is none."""
    return max((status.level for status in statuses), default=Level.OK)
