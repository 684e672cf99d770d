# SPDX-License-Identifier: Apache-2.0
"""The clip recorder without ROS: messages in, clips out. The node feeds it, a thread writes."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bulwark_core.errors import BulwarkError
from bulwark_replay.clips.clip import Clip, new_clip
from bulwark_replay.clips.ring import Piece, Ring
from bulwark_replay.clips.store import ClipStore
from bulwark_replay.clips.triggers import WATCHED, Limits, Trigger, Triggers

BACK_NS = 1_000_000_000
"""Time that goes back by more is a new drive [ns]."""


@dataclass(frozen=True)
class Window:
    """The seconds before and after a trigger, and the longest clip that further ones make [ns]."""

    before_ns: int
    after_ns: int
    longest_ns: int


@dataclass
class _Open:
    """A clip whose end is still to come."""

    start_ns: int
    end_ns: int
    triggers: list[Trigger] = field(default_factory=list)


class ClipRecorder:
    """Keeps the last seconds, and hands those around a trigger to the writer."""

    def __init__(
        self,
        ring: Ring,
        window: Window,
        limits: Limits,
        hand_over: Callable[[Clip, list[Piece]], None],
    ) -> None:
        self._ring = ring
        self._window = window
        self._triggers = Triggers(limits)
        self._hand_over = hand_over
        self._open: _Open | None = None
        self._newest_ns = 0

    def take(self, topic: str, ns: int, data: bytes, read: Callable[[bytes], Any]) -> None:
        """A message came. `read` makes the message of it, where a watcher wants to see it."""
        if ns < self._newest_ns - BACK_NS:
            self._start_anew()
        self._newest_ns = max(ns, self._newest_ns)
        self._ring.put(topic, ns, data)
        if topic in WATCHED:
            for trigger in self._triggers.see(topic, read(data), ns):
                self.trigger(trigger)
        self.tick(ns)

    def trigger(self, trigger: Trigger) -> None:
        """A moment begins: open a clip, or make the open one longer."""
        window = self._window
        if self._open is None:
            self._open = _Open(trigger.ns - window.before_ns, 0)
        latest = self._open.start_ns + window.longest_ns
        self._open.end_ns = min(max(self._open.end_ns, trigger.ns + window.after_ns), latest)
        self._open.triggers.append(trigger)

    def tick(self, ns: int) -> None:
        """Time passes: an open clip may be complete."""
        if self._open is not None and ns >= self._open.end_ns:
            self._close()

    def finish(self) -> None:
        """The end: an open clip is handed over as it is."""
        if self._open is not None:
            self._close()

    def _close(self) -> None:
        assert self._open is not None
        done, self._open = self._open, None
        pieces = self._ring.take(done.start_ns, done.end_ns)
        self._hand_over(new_clip(done.start_ns, done.end_ns, done.triggers), pieces)

    def _start_anew(self) -> None:
        self.finish()
        self._ring.clear()
        self._triggers.reset()
        self._newest_ns = 0


class ClipWriter:
    """A thread that writes one clip after the other. `say` is called with what happened."""

    def __init__(
        self, store: ClipStore, ring: Ring, types: Mapping[str, str], say: Callable[[str], None]
    ) -> None:
        self._store, self._ring, self._types, self._say = store, ring, dict(types), say
        self._queue: queue.Queue[tuple[Clip, list[Piece]] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="clip writer", daemon=True)
        self.written = 0
        self.skipped = 0
        self._thread.start()

    def put(self, clip: Clip, pieces: list[Piece]) -> None:
        """Write this next."""
        self._queue.put((clip, pieces))

    def close(self) -> None:
        """Write what is waiting, then end."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            clip, pieces = item
            try:
                path = self._store.write(clip, pieces, self._types, self._ring.release)
            except BulwarkError as error:
                self.skipped += 1
                self._say(f"error: {error}")
                continue
            if path is None:
                self.skipped += 1
                self._say(f"{clip.name}: no room, all clips on disk are more interesting")
            else:
                self.written += 1
                self._say(f"clip {path}: {clip.triggers[0].text}")
