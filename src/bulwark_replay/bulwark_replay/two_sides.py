# SPDX-License-Identifier: Apache-2.0
"""Outcomes of two sides as outcomes of the comparison: what differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bulwark_replay.differences import Tolerances, differences
from bulwark_replay.outcome import Outcome, Verdict, broken


def compare_outcomes(
    old: Sequence[Outcome], new: Sequence[Outcome], tolerances: Tolerances
) -> list[Outcome]:
    """For each bag the new outcome, judged by the old one. Both lists are in the same order."""
    return [_compared(*pair, tolerances) for pair in zip(old, new, strict=True)]


def _compared(was: Outcome, now: Outcome, tolerances: Tolerances) -> Outcome:
    if was.snapshot is None or now.snapshot is None:
        return broken(now.name, now.error or f"before: {was.error}")
    changes = tuple(differences(was.snapshot, now.snapshot, tolerances))
    verdict = Verdict.CHANGED if changes else Verdict.PASSED
    return replace(now, verdict=verdict, differences=changes)
