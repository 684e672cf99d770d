# SPDX-License-Identifier: Apache-2.0
"""Presses of the accelerator as a table over time."""

from __future__ import annotations

from bulwark_world.driver import Table
from bulwark_world.yaml_fields import Fields

_RELEASE_S = 0.1
_FOREVER = 3600.0


def read_presses(fields: Fields) -> Table:
    """The field `presses` of a driver: each with `at_s`, `stroke`, `rate` [1/s] and `held_s`.

    held_s: from the first movement until it is let go; without it to the end. Raises ScenarioError.
    """
    points: list[tuple[float, float]] = []
    for press in fields.items("presses"):
        begin = press.number("at_s", None, 0.0, _FOREVER)
        stroke = press.number("stroke", 1.0, 0.01, 1.0)
        rate = press.number("rate", 10.0, 0.1, 50.0)
        end = begin + press.number("held_s", _FOREVER, 0.05, _FOREVER)
        press.finish()
        if points and begin <= points[-1][0]:
            raise press.error("at_s", "begins before the former press was let go")
        top = begin + stroke / rate
        if top >= end:
            raise press.error("held_s", f"ends before the stroke is reached, at {top:g} s")
        points += [(begin, 0.0), (top, stroke), (end, stroke), (end + _RELEASE_S, 0.0)]
    return tuple(points)
