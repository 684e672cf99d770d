# SPDX-License-Identifier: Apache-2.0
"""The last seconds of all topics in memory that is bounded in seconds and in bytes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

OVERHEAD = 200
"""What a piece costs beside its data [bytes]."""


@dataclass(eq=False)
class Piece:
    """A serialised message and when it came [ns]. holders: the ring and the clips it is in."""

    topic: str
    ns: int
    data: bytes
    holders: int = 0

    @property
    def size(self) -> int:
        """What it costs [bytes]."""
        return len(self.data) + OVERHEAD


class Ring:
    """Keeps pieces of the last `max_ns` nanoseconds, and never more than `max_bytes` in all.

    Pieces that a clip still needs count as well, until they are released; the oldest leave first. A
    piece for which there is no room at all is dropped and counted. Of latched topics the last
    `LATCHED` pieces stay, however old they are. Can be used from several threads.
    """

    LATCHED = 20

    def __init__(self, max_bytes: int, max_ns: int, latched: Iterable[str] = ()) -> None:
        self._max_bytes = max_bytes
        self._max_ns = max_ns
        self._latched: dict[str, deque[Piece]] = {topic: deque() for topic in latched}
        self._pieces: deque[Piece] = deque()
        self._lock = threading.Lock()
        self.held_bytes = 0
        self.dropped = 0

    def put(self, topic: str, ns: int, data: bytes) -> None:
        """Add a message."""
        with self._lock:
            piece = Piece(topic, ns, data)
            if topic in self._latched:
                self._put_latched(piece)
                return
            while self._pieces and self._is_over(piece):
                self._let_go(self._pieces.popleft())
            if self.held_bytes + piece.size > self._max_bytes:
                self.dropped += 1
                return
            self._hold(piece)
            self._pieces.append(piece)

    def take(self, since_ns: int, until_ns: int) -> list[Piece]:
        """The latched pieces and those of this time, in order of arrival; release each later."""
        with self._lock:
            latched = [p for row in self._latched.values() for p in row]
            wanted = [p for p in self._pieces if since_ns <= p.ns <= until_ns]
            for piece in (*latched, *wanted):
                self._hold(piece)
            return [*latched, *wanted]

    def release(self, piece: Piece) -> None:
        """A clip needs this piece no longer."""
        with self._lock:
            self._let_go(piece)

    def clear(self) -> None:
        """Forget all but what is latched: time went back."""
        with self._lock:
            while self._pieces:
                self._let_go(self._pieces.popleft())

    @property
    def oldest_ns(self) -> int | None:
        """When the oldest piece came; None where there is none."""
        with self._lock:
            return self._pieces[0].ns if self._pieces else None

    def _is_over(self, piece: Piece) -> bool:
        too_old = piece.ns - self._pieces[0].ns > self._max_ns
        return too_old or self.held_bytes + piece.size > self._max_bytes

    def _put_latched(self, piece: Piece) -> None:
        row = self._latched[piece.topic]
        self._hold(piece)
        row.append(piece)
        if len(row) > self.LATCHED:
            self._let_go(row.popleft())

    def _hold(self, piece: Piece) -> None:
        if piece.holders == 0:
            self.held_bytes += piece.size
        piece.holders += 1

    def _let_go(self, piece: Piece) -> None:
        piece.holders -= 1
        if piece.holders == 0:
            self.held_bytes -= piece.size
