# SPDX-License-Identifier: Apache-2.0
"""The own way and the speeds along it from a scenario file."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

from bulwark_world.line import Section
from bulwark_world.robot import SpeedPlan
from bulwark_world.way import Way, bend, shift
from bulwark_world.yaml_fields import Fields

_KMH = 3.6
_PARTS = ("straight", "turn_deg", "shift")


def read_way(fields: Fields) -> Way | None:
    """The field `way`, a list of parts from the start on; None without it. Raises ScenarioError."""
    if "way" not in fields:
        return None
    return Way(read_sections(fields.items("way")))


def read_sections(parts: Iterable[Fields]) -> tuple[Section, ...]:
    """Parts of a line, each `straight`, or `turn_deg` with `radius`, or `shift` with `over`."""
    sections: list[Section] = []
    for part in parts:
        sections += _read_part(part)
        part.finish()
    return tuple(sections)


def read_speeds(fields: Fields) -> SpeedPlan | None:
    """The field `speeds`: [station, km/h] pairs; None without it. Raises ScenarioError."""
    points = fields.pairs("speeds")
    if not points:
        return None
    if any(b[0] <= a[0] for a, b in pairwise(points)):
        raise fields.error("speeds", "must have growing stations")
    if any(kmh < 0.0 for _, kmh in points):
        raise fields.error("speeds", "must not be negative")
    return SpeedPlan(tuple((station, kmh / _KMH) for station, kmh in points))


def _read_part(part: Fields) -> tuple[Section, ...]:
    named = [name for name in _PARTS if name in part]
    if len(named) != 1:
        raise part.error(named[1] if named else "", f"needs one of {', '.join(_PARTS)}")
    if "straight" in part:
        return (Section(part.number("straight", None, 0.0, 2000.0)),)
    if "shift" in part:
        return shift(part.number("shift", None, -20.0, 20.0), part.number("over", None, 2.0, 500.0))
    return bend(
        part.number("radius", None, 3.0, 5000.0),
        math.radians(part.number("turn_deg", None, -360.0, 360.0)),
        part.number("easing", 3.0, 0.0, 200.0),
    )
