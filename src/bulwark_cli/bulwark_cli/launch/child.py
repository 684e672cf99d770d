# SPDX-License-Identifier: Apache-2.0
"""A child process in an event loop: its output as streams, and its end.

asyncio's own subprocesses count as ended only when their pipes are closed too, in some versions of
Python. A node's child that outlives it would keep the launcher waiting.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import IO

from bulwark_cli.launch.linux import die_with


class Child:
    """A process in a session of its own, so that Ctrl-C in a terminal does not reach it."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: str | None
    ) -> None:
        """Start it; OSError where that fails."""
        self._process = subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=folder,
            start_new_session=True,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509  it only makes a system call
        )
        self._transports: list[asyncio.BaseTransport] = []
        self.pid = self._process.pid

    async def outputs(self) -> dict[str, asyncio.StreamReader]:
        """What it writes to stdout and to stderr."""
        pipes = {"stdout": self._process.stdout, "stderr": self._process.stderr}
        return {name: await self._reader(pipe) for name, pipe in pipes.items() if pipe is not None}

    async def ended(self) -> int:
        """Wait for its end: the exit code, or minus the number of the signal that ended it."""
        loop = asyncio.get_running_loop()
        code: asyncio.Future[int] = loop.create_future()

        def wait() -> None:
            loop.call_soon_threadsafe(code.set_result, self._process.wait())

        threading.Thread(target=wait, name=f"wait for {self.pid}", daemon=True).start()
        return await code

    def close(self) -> None:
        """Stop reading, even if somebody still holds the other ends of the pipes."""
        for transport in self._transports:
            transport.close()

    async def _reader(self, pipe: IO[bytes]) -> asyncio.StreamReader:
        reader = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), pipe
        )
        self._transports.append(transport)
        return reader
