# SPDX-License-Identifier: Apache-2.0
"""One node as a process: started, listened to, started again, and ended politely."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from contextlib import suppress

from bulwark_cli.launch.child import Child
from bulwark_cli.launch.events import Exited, Line, Listener, Signalled, Started
from bulwark_cli.launch.spec import NodeSpec

_LAST_LINES = 10
_READ_BYTES = 65536
_LONGEST_LINE = 1 << 20
_DRAIN_S = 1.0  # how long to read on after a node has ended, while a child of it holds the pipe


class NodeProcess:
    """Runs a node's command until it ends or is told to. Lives in one event loop.

    pid: None while no process runs. ok: whether the last process ended as it should.
    """

    def __init__(self, node: str, spec: NodeSpec, command: list[str], listener: Listener) -> None:
        self.node = node
        self.spec = spec
        self.pid: int | None = None
        self.ok = True
        self._command = command
        self._listener = listener
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()
        self._sent: list[signal.Signals] = []
        self._last_lines: deque[str] = deque(maxlen=_LAST_LINES)

    def stop(self) -> None:
        """Ask the node to end: SIGINT, and stronger signals when its patience runs out."""
        self._stop.set()

    def hurry(self) -> None:
        """Send the next signal now, if the node was asked to end and still runs."""
        self._hurry.set()

    async def run(self, started: asyncio.Event) -> None:
        """Start the node, again if it is to respawn, until it has ended for good.

        OSError if it cannot be started.
        """
        attempt = 0
        while not self._stop.is_set():
            attempt += 1
            child = self._start()
            self._listener(Started(self.node, child.pid, attempt))
            started.set()
            exited = await self._finish(child, attempt)
            self.ok = exited.ok
            self._listener(exited)
            if exited.restart_in_s is None:
                return
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stop.wait(), exited.restart_in_s)

    def _start(self) -> Child:
        self._last_lines.clear()
        environment = {"PYTHONUNBUFFERED": "1", **self.spec.environment}
        child = Child(self._command, environment, self.spec.folder)
        self.pid = child.pid
        return child

    async def _finish(self, child: Child, attempt: int) -> Exited:
        outputs = await child.outputs()
        readers = [asyncio.create_task(self._read(outputs[name], name)) for name in outputs]
        ender = asyncio.create_task(self._end_on_request(child.pid))
        code = await child.ended()
        self.pid = None
        ender.cancel()
        _, unfinished = await asyncio.wait(readers, timeout=_DRAIN_S)
        for reader in unfinished:
            reader.cancel()
        child.close()
        return self._exited(child.pid, code, attempt)

    def _exited(self, pid: int, code: int, attempt: int) -> Exited:
        polite = [number for number in self._sent if number is not signal.SIGKILL]
        ok = code == 0 or any(code in (-number, 128 + number) for number in polite)
        spec, asked = self.spec, bool(self._sent)
        again = spec.respawn and not asked and (spec.respawn_max < 0 or attempt <= spec.respawn_max)
        delay_s = spec.respawn_delay_s if again else None
        return Exited(self.node, pid, code, asked, ok, tuple(self._last_lines), delay_s)

    async def _end_on_request(self, pid: int) -> None:
        """SIGINT, SIGTERM, SIGKILL, until this is cancelled because the node has ended."""
        await self._stop.wait()
        self._hurry.clear()
        asked_s = asyncio.get_running_loop().time()
        for number, patience_s in (
            (signal.SIGINT, self.spec.sigterm_after_s),
            (signal.SIGTERM, self.spec.sigkill_after_s),
            (signal.SIGKILL, 0.0),
        ):
            self._send(pid, number, asyncio.get_running_loop().time() - asked_s)
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), patience_s)
            self._hurry.clear()

    def _send(self, pid: int, number: signal.Signals, after_s: float) -> None:
        with suppress(ProcessLookupError):
            os.killpg(pid, number)
        self._sent.append(number)
        self._listener(Signalled(self.node, number, after_s))

    async def _read(self, stream: asyncio.StreamReader, name: str) -> None:
        rest = b""
        try:
            while chunk := await stream.read(_READ_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._say(line, name)
                if len(rest) > _LONGEST_LINE:
                    self._say(rest, name)
                    rest = b""
        finally:
            if rest:
                self._say(rest, name)

    def _say(self, line: bytes, stream: str) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        self._last_lines.append(text)
        self._listener(Line(self.node, self.spec, stream, text))
