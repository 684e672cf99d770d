# SPDX-License-Identifier: Apache-2.0
"""When a driver changes the lane: MOBIL.

Kesting, Treiber, Helbing, "General lane-changing model MOBIL for car-following models",
Transportation Research Record 1999 (2007): what it gains must outweigh what the one behind loses,
who must not have to brake harder than is safe.
"""

from __future__ import annotations

from dataclasses import dataclass

SIGNALS_S = 1.5
"""The indicator is on so long before the vehicle moves over."""
LASTS_S = 4.5
SLOWEST = 8.0
"""Nobody changes lanes slower than this [m/s]."""


@dataclass(frozen=True)
class Mobil:
    """threshold, to_right: what must be gained, and what the right lane is worth [m/s^2].

    politeness: how much others' loss counts. safe: how hard one behind may have to brake [m/s^2].
    """

    threshold: float = 0.25
    to_right: float = 0.3
    politeness: float = 0.4
    safe: float = 1.5


@dataclass(frozen=True)
class Prospect:
    """Accelerations [m/s^2], own and of the one behind in the new lane: now, and after a change."""

    own: tuple[float, float]
    behind: tuple[float, float]


def is_worth_it(prospect: Prospect, to_right: bool, rules: Mobil) -> bool:
    """Whether to change the lane."""
    (own, own_there), (behind, behind_then) = prospect.own, prospect.behind
    if min(own_there, behind_then) < -rules.safe:
        return False
    gain = own_there - own - rules.politeness * max(behind - behind_then, 0.0)
    bias = rules.to_right if to_right else -rules.to_right
    return gain + bias > rules.threshold
