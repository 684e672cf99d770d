# SPDX-License-Identifier: Apache-2.0
"""Runs the nodes of a launch file: start, wait, stop.

Example::

    with Launcher(resolve_file(path).nodes, listener) as launcher:
        launcher.wait()
    print(launcher.failed)
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from bulwark_cli.launch import packages
from bulwark_cli.launch.events import Event, Exited, Listener
from bulwark_cli.launch.process import NodeProcess
from bulwark_cli.launch.spec import NodeSpec
from bulwark_cli.launch.substitutions import SubstitutionError
from bulwark_core.errors import LaunchError

# Python runs signal handlers in the main thread. A signal that comes just before that thread begins
# to wait, or to another thread, does not wake it: so it waits in steps.
_SIGNALS_EVERY_S = 0.5


def ignore(event: Event) -> None:
    """A listener that does not listen."""


class Launcher:
    """Starts nodes as processes and ends them together.

    A thread of its own starts them, reads their output and calls the listener. Every method can be
    called from any thread. A node is known by its name, numbered where several have the same.
    """

    def __init__(self, specs: Iterable[NodeSpec], listener: Listener = ignore) -> None:
        self.specs = _labelled(tuple(specs))
        self._listener = listener
        self._thread = threading.Thread(target=self._run, name="launcher", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._processes: list[NodeProcess] = []
        self._running = threading.Event()
        self._error: BaseException | None = None
        self._folder = Path()
        self._commands: dict[str, list[str]] = {}

    def start(self) -> None:
        """Start all nodes; LaunchError, and no node runs, if one cannot be started."""
        self._folder = Path(tempfile.mkdtemp(prefix="bulwark_launch_"))
        try:
            self._commands = {node: self._command(node) for node in self.specs}
        except LaunchError:
            shutil.rmtree(self._folder)
            raise
        self._loop = asyncio.new_event_loop()
        self._thread.start()
        self._running.wait()
        if self._error is not None:
            self.wait()  # raises it

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until every node has ended for good; False if that took too long.

        Raises what the listener raised, if it did: the nodes were stopped then.
        """
        if timeout_s is not None:
            self._thread.join(timeout_s)
        while timeout_s is None and self._thread.is_alive():
            self._thread.join(_SIGNALS_EVERY_S)
        if self._thread.is_alive():
            return False
        if self._error is not None:
            error, self._error = self._error, None
            raise error
        return True

    def request_stop(self) -> None:
        """Ask all nodes to end, and return at once."""
        self._call(self._stop_all)

    def hurry(self) -> None:
        """Send those that still run the next signal now instead of when patience runs out."""
        self._call(self._hurry_all)

    def stop(self) -> None:
        """End all nodes: SIGINT, SIGTERM, SIGKILL, with the nodes' patience between."""
        self.request_stop()
        self.wait()

    @property
    def pids(self) -> dict[str, int]:
        """The processes that run now, by node."""
        return {p.node: p.pid for p in self._processes if p.pid is not None}

    @property
    def failed(self) -> tuple[str, ...]:
        """Nodes that died, or did not end politely when they were told to."""
        return tuple(process.node for process in self._processes if not process.ok)

    def __enter__(self) -> Launcher:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _command(self, node: str) -> list[str]:
        spec = self.specs[node]
        try:
            program = packages.executable(spec.package, spec.executable)
        except SubstitutionError as error:
            spec.source.fail(error)
        return spec.command(program, self._write)

    def _write(self, text: str) -> Path:
        path = self._folder / f"params_{len(list(self._folder.iterdir()))}.yaml"
        path.write_text(text)
        return path

    def _run(self) -> None:
        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._run_all())
        finally:
            self._loop.close()
            shutil.rmtree(self._folder, ignore_errors=True)
            self._running.set()

    async def _run_all(self) -> None:
        self._processes = [
            NodeProcess(node, self.specs[node], command, self._tell)
            for node, command in self._commands.items()
        ]
        tasks = []
        for process in self._processes:
            started = asyncio.Event()
            tasks.append(asyncio.create_task(self._run_one(process, started)))
            await started.wait()
        self._running.set()
        await asyncio.gather(*tasks)

    async def _run_one(self, process: NodeProcess, started: asyncio.Event) -> None:
        try:
            await process.run(started)
        except OSError as why:
            process.ok = False
            at = process.spec.source
            self._error = LaunchError(f"{at}: cannot start {process.node}: {why}")
            self._stop_all()
        finally:
            started.set()

    def _call(self, function: Callable[[], None]) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: all nodes have ended
                self._loop.call_soon_threadsafe(function)

    def _stop_all(self) -> None:
        for process in self._processes:
            process.stop()

    def _hurry_all(self) -> None:
        for process in self._processes:
            process.hurry()

    def _tell(self, event: Event) -> None:
        try:
            self._listener(event)
        except Exception as error:  # noqa: BLE001  a broken listener must not leave nodes alone
            self._listener = ignore
            self._error = error
            self._stop_all()
        ended = isinstance(event, Exited) and event.restart_in_s is None
        if ended and self.specs[event.node].shutdown_on_exit:
            self._stop_all()


def _labelled(specs: Sequence[NodeSpec]) -> dict[str, NodeSpec]:
    """Every node under a label that no other has."""
    labels = [spec.label or spec.name or spec.executable for spec in specs]
    several = {label for label, count in Counter(labels).items() if count > 1}
    seen: Counter[str] = Counter()
    labelled = {}
    for label, spec in zip(labels, specs, strict=True):
        seen[label] += 1
        labelled[f"{label}-{seen[label]}" if label in several else label] = spec
    return labelled
