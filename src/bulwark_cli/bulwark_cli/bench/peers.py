# SPDX-License-Identifier: Apache-2.0
"""Our supervisor and the peers in the same runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from bulwark_world.runner import Record


@dataclass(frozen=True)
class Standing:
    """How a supervisor did in some runs; None where there is nothing to take a median of.

    contacts: runs with one, of those in which something is to be reacted to; impact_kmh: median of
    these. false_events: runs with a reaction where there must be none, contacts among them. of:
    how many runs of either kind. stop_gap_m, margin_s, warn_lead_s, peak_decel: medians; margin_s:
    how much later a perfect brake could have started.
    """

    supervisor: str
    dangers: int
    contacts: int
    impact_kmh: float | None
    quiet: int
    false_events: int
    stop_gap_m: float | None
    margin_s: float | None
    warn_lead_s: float | None
    peak_decel: float | None
    not_carried_out: int


def standing(supervisor: str, records: Sequence[Record]) -> Standing:
    """The figures of one supervisor; the same runs in the same order for each."""
    driven = [record for record in records if record.figures is not None]
    quiet = [one for one in driven if one.expected.startswith("no reaction")]
    dangers = [one for one in driven if one not in quiet]
    figures = [one.figures for one in dangers if one.figures is not None]
    impacts = [one.impact_kmh for one in figures if one.impact_kmh is not None]
    return Standing(
        supervisor=supervisor,
        dangers=len(dangers),
        contacts=len(impacts),
        impact_kmh=_median(impacts),
        quiet=len(quiet),
        false_events=sum(not one.passed for one in quiet),
        stop_gap_m=_median([one.stop_gap_m for one in figures if one.impact_kmh is None]),
        margin_s=_median([one.latest_brake_margin_s for one in figures]),
        warn_lead_s=_median([one.warn_lead_s for one in figures]),
        peak_decel=_median([one.peak_decel for one in figures]),
        not_carried_out=len(records) - len(driven),
    )


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(median(known), 3) if known else None


def as_json(standings: Sequence[Standing]) -> list[dict[str, object]]:
    """For a file."""
    return [asdict(one) for one in standings]
