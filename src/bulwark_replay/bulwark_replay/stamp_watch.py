# SPDX-License-Identifier: Apache-2.0
"""What is odd about the stamps of recorded messages; nodes judge them too, but forget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bulwark_core.convert.stamps import stamp_ns

FAR_NS = 1_000_000_000
"""A stamp further from the log time than this is told [ns]."""


@dataclass
class _Topic:
    newest_ns: int | None = None
    back: int = 0
    first_back_s: float = 0.0
    repeated: int = 0
    farthest_ns: int = 0


class StampWatch:
    """Counts, for each topic, stamps that repeat, go back, or are far from the log time."""

    def __init__(self) -> None:
        self._topics: dict[str, _Topic] = {}

    def note(self, topic: str, message: Any, time_ns: int, t_s: float) -> None:
        """A message is brought; one without a header has nothing to look at."""
        header = getattr(message, "header", None)
        if header is None:
            return
        seen, ns = self._topics.setdefault(topic, _Topic()), stamp_ns(header.stamp)
        if seen.newest_ns is not None and ns < seen.newest_ns:
            seen.first_back_s = t_s if seen.back == 0 else seen.first_back_s
            seen.back += 1
        seen.repeated += ns == seen.newest_ns
        seen.farthest_ns = max(seen.farthest_ns, abs(ns - time_ns))
        seen.newest_ns = ns

    def complaints(self) -> Iterator[str]:
        """One sentence for each oddity."""
        for topic, seen in self._topics.items():
            if seen.back:
                first = f"first at {seen.first_back_s:.2f} s"
                yield f"stamps on {topic} go back {_times(seen.back)}, {first}"
            if seen.repeated:
                yield f"stamps on {topic} stand still {_times(seen.repeated)}"
            if seen.farthest_ns > FAR_NS:
                far_s = seen.farthest_ns / 1e9
                yield f"stamps on {topic} are up to {far_s:.1f} s away from the log time"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
