# SPDX-License-Identifier: Apache-2.0
"""How long a suite's runs were, and how often something may happen in so many hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulwark_world.yaml_fields import Fields

EVENTS = ("warnings", "interventions")
_HOUR = 3600.0
_DIGITS = 4


@dataclass(frozen=True)
class Rate:
    """Of all runs together: one of EVENTS, so often in ten hours at most."""

    name: str
    event: str
    most_in_10_h: float
    clause: str = ""

    def judge(self, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """The outcome for runs as they are in the suite's JSON; without any it is not judged."""
        sums, ran = driven(records), [r for r in records if r["driven_s"]]
        events = sums[self.event]
        return {
            "name": self.name,
            "clause": self.clause,
            "runs": len(ran),
            "share": None,
            "least": None,
            "hours": sums["driven_h"],
            "events": events,
            "most_in_10_h": self.most_in_10_h,
            "passed": events == 0 or events * 10.0 <= self.most_in_10_h * sums["driven_h"],
        }


def driven(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Hours, warnings and interventions of runs as they are in the suite's JSON."""
    seconds = sum(record["driven_s"] or 0.0 for record in records)
    counts = {event: sum(record[event] or 0 for record in records) for event in EVENTS}
    return {"driven_h": round(seconds / _HOUR, _DIGITS), **counts}


def read_rates(fields: Fields) -> tuple[Rate, ...]:
    """The field `rates` of a suite: a list of {name, event, most_in_10_h, clause}.

    Raises ScenarioError.
    """
    return tuple(_read(item) for item in fields.items("rates"))


def _read(item: Fields) -> Rate:
    rate = Rate(
        item.text("name"),
        item.text("event", choices=EVENTS),
        item.number("most_in_10_h", None, 0.0),
        item.text("clause", ""),
    )
    item.finish()
    return rate
