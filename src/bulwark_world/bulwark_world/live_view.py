# SPDX-License-Identifier: Apache-2.0
"""Plays a run's bag to a live viewer, Foxglove, at the pace of its stamps. An optional extra."""

from __future__ import annotations

import importlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bulwark_core.errors import ScenarioError
from bulwark_replay.bags import Bag, open_bag
from bulwark_replay.definitions import typestore

_PAUSE_S = 1.0


class LiveView:
    """A server that Foxglove connects to. Raises ScenarioError where it cannot be there."""

    def __init__(self, port: int) -> None:
        self._foxglove = _foxglove()
        self._channels: dict[str, Any] = {}
        try:
            self._server = self._foxglove.start_server(name="Bulwark", port=port)
        except (OSError, RuntimeError) as error:
            raise ScenarioError(f"port {port} cannot be opened: {error}") from error

    @property
    def address(self) -> str:
        """What to enter under 'Open connection'."""
        return f"ws://localhost:{self._server.port}"

    def play(self, folder: Path, *, rounds: int | None = None) -> int:
        """Send the bag's messages in their own time, again and again; how many there were."""
        sent = 0
        with open_bag(folder) as bag:
            self._add_channels(bag)
            for _ in range(rounds) if rounds is not None else _forever():
                sent += self._play_once(bag)
        return sent

    def close(self) -> None:
        """Let the viewers go."""
        self._server.stop()

    def _add_channels(self, bag: Bag) -> None:
        store = typestore()
        for topic in bag.topics:
            definition, _ = store.generate_msgdef(topic.type)
            schema = self._foxglove.Schema(
                name=topic.type, encoding="ros2msg", data=definition.encode()
            )
            self._channels[topic.name] = self._foxglove.Channel(
                topic.name, message_encoding="cdr", schema=schema
            )

    def _play_once(self, bag: Bag) -> int:
        start, first, sent = time.monotonic(), None, 0
        for message in bag.messages({topic.name for topic in bag.topics}):
            first = message.log_ns if first is None else first
            ahead = (message.log_ns - first) / 1e9 - (time.monotonic() - start)
            if ahead > 0.0:
                time.sleep(ahead)
            self._channels[message.topic].log(message.cdr, log_time=message.log_ns)
            sent += 1
        return sent


def _foxglove() -> Any:
    try:
        return importlib.import_module("foxglove")
    except ImportError as error:
        raise ScenarioError(
            "the live viewer needs foxglove-sdk, which is not installed: "
            "./run shell python -m pip install foxglove-sdk"
        ) from error


def _forever() -> Iterator[int]:
    round_number = 0
    while True:
        yield round_number
        round_number += 1
        time.sleep(_PAUSE_S)
