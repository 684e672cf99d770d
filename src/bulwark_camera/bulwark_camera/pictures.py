# SPDX-License-Identifier: Apache-2.0
"""Which messages bring a new picture, and whether pictures still come."""

from __future__ import annotations

from bulwark_core.component import Now

_JUMP_NS = 500_000_000
"""A stamp that is older than the last by less came out of order; by more, they start again."""


class PictureGate:
    """Lets through new pictures of one of the topics that carry the same camera, in their order.

    The topic that comes first is taken until it has been silent for the timeout.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self.reset()

    def reset(self) -> None:
        """Forget the pictures before."""
        self._port = ""
        self._stamp_ns: int | None = None
        self._received_ns: int | None = None
        self._repeated = 0

    def has_jumped_back(self, port: str, stamp_ns: int) -> bool:
        """Whether the stamps of the topic in use start again, as when a bag is looped."""
        if self._stamp_ns is None or port != self._port:
            return False
        return stamp_ns <= self._stamp_ns - _JUMP_NS

    def is_new(self, port: str, stamp_ns: int, now: Now) -> bool:
        """Whether a message is to be looked at: pictures that came before or twice are not."""
        if port != self._port:
            return self.problem(now) != ""
        is_new = self._stamp_ns is None or stamp_ns > self._stamp_ns
        self._repeated = 0 if is_new else self._repeated + 1
        return is_new

    def accept(self, port: str, stamp_ns: int, now: Now) -> None:
        """A picture was read."""
        self._port, self._stamp_ns, self._received_ns = port, stamp_ns, now.ns

    def problem(self, now: Now) -> str:
        """Why there is no picture; empty where there is."""
        if self._received_ns is None:
            return "no picture received"
        age_s = (now.ns - self._received_ns) / 1e9
        if age_s <= self._timeout_s:
            return ""
        if self._repeated:
            return f"no new picture for {age_s:.1f} s: the stamp stays the same or goes back"
        return f"no picture for {age_s:.1f} s"
