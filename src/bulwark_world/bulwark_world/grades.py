# SPDX-License-Identifier: Apache-2.0
"""Colours for how hard an impact is left: Euro NCAP's scale of 2026."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

COLOURS = ("green", "yellow", "orange", "brown", "red")
"""From no contact to one that scores nothing."""
_BANDS: tuple[tuple[float, tuple[tuple[float, str], ...]], ...] = (
    (45.0, ((10.0, "yellow"), (20.0, "orange"), (30.0, "brown"))),
    (35.0, ((10.0, "orange"), (20.0, "brown"))),
    (25.0, ((10.0, "brown"),)),
    (0.0, ()),
)
"""From this own speed on [km/h]: the highest relative impact speed [km/h] of each colour.

The scale is given for 20, 30, 40 and 50 km/h on; speeds between them count as the nearest.
"""


def by_impact(speed_kmh: float, impact_kmh: float | None, free_kmh: float | None) -> str:
    """Of a run at this own speed; impact: relative, None for no contact."""
    del free_kmh
    if impact_kmh is None:
        return COLOURS[0]
    bands = next(bands for least, bands in _BANDS if speed_kmh >= least)
    return next((colour for limit, colour in bands if impact_kmh <= limit), COLOURS[-1])


def by_avoidance(speed_kmh: float, impact_kmh: float | None, free_kmh: float | None) -> str:
    """Green for no contact, else red: turns across, crossing cars, low speed."""
    del speed_kmh, free_kmh
    return COLOURS[0] if impact_kmh is None else COLOURS[-1]


def by_reduction(speed_kmh: float, impact_kmh: float | None, free_kmh: float | None) -> str:
    """By how much slower the impact is than without intervention: head-on, v10.4.1."""
    del speed_kmh
    if impact_kmh is None or free_kmh is None:
        return COLOURS[0]
    reduction = free_kmh - impact_kmh
    return "yellow" if reduction >= 20.0 else "brown" if reduction >= 10.0 else COLOURS[-1]


SCALES: dict[str, Callable[[float, float | None, float | None], str]] = {
    "impact": by_impact,
    "avoidance": by_avoidance,
    "reduction": by_reduction,
}
"""By the word in a suite: own speed, impact, and that without intervention [km/h] to a colour."""


def colours_by_layer(records: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """How many graded runs of each layer have which colour, from runs as in a suite's JSON."""
    counts: dict[str, dict[str, int]] = {}
    for record in records:
        if record["grade"]:
            layer = counts.setdefault(record["layer"], dict.fromkeys(COLOURS, 0))
            layer[record["grade"]] += 1
    return counts
