# SPDX-License-Identifier: Apache-2.0
"""Which runs of a suite are kept in full, so that a page of thousands of them still opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

SAMPLE = 48
"""About so many runs are kept whatever their verdict, spread evenly over the suite."""
PAGE_BUDGET = 48_000_000
"""Bytes of all packed runs of a page, before base64."""


class Logs(str, Enum):
    """Which runs a report shows in full.

    ALL of them; FAILED: the failed ones and a sample of the others; NONE: figures only.
    """

    ALL = "all"
    FAILED = "failed"
    NONE = "none"


@dataclass(frozen=True)
class Keep:
    """The choice for one suite, made before its runs are driven: it asks for no more than that."""

    logs: Logs = Logs.NONE
    sample: tuple[str, ...] = ()

    @classmethod
    def of(cls, logs: Logs, ids: Sequence[str]) -> Keep:
        """The choice for the runs with these ids, in the suite's order."""
        return cls(logs, tuple(ids[:: _step(len(ids))]) if logs is Logs.FAILED else ())

    @property
    def any(self) -> bool:
        """Whether any run may be kept."""
        return self.logs is not Logs.NONE

    def wants(self, run_id: str, *, passed: bool) -> bool:
        """Whether a run that ended like this is kept."""
        if self.logs is Logs.FAILED:
            return not passed or run_id in self.sample
        return self.logs is Logs.ALL


def within_budget(packed: Mapping[str, bytes], failed: frozenset[str]) -> dict[str, bytes]:
    """The packed runs that fit into a page: failed ones first, each in the order of `packed`."""
    kept, size = {}, 0
    for run_id in sorted(packed, key=lambda run_id: run_id not in failed):
        size += len(packed[run_id])
        if size > PAGE_BUDGET:
            break
        kept[run_id] = packed[run_id]
    return kept


def _step(count: int) -> int:
    return max(1, -(-count // SAMPLE))
