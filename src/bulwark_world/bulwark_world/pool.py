# SPDX-License-Identifier: Apache-2.0
"""Many runs over the cores of a machine. What comes out does not depend on how many there are.

Workers are given all runs once, when they start, and then only indices. They are started afresh
(spawned), since compiled loops and the ray caster do not survive a fork.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

from bulwark_world.runner import Conditions, Outcome, carry_out, not_carried_out
from bulwark_world.stack import Sensing
from bulwark_world.suite import Run

Numbered = tuple[int, Outcome]
"""The index of a run and its outcome."""
_MOST_IN_CHUNK = 8
_CHUNKS_PER_WORKER = 8
_DIED = "the process that carried it out died"


def carry_out_all(
    runs: Sequence[Run], conditions: Conditions, workers: int = 1
) -> Generator[Numbered, None, None]:
    """All runs, each outcome with its run's index as soon as it is there.

    A run whose process dies is failed and costs no other. Close the iterator to stop early.
    """
    workers = min(workers, len(runs))
    if workers <= 1:
        for index, run in enumerate(runs):
            yield index, carry_out(run, conditions)
        return
    left = chunks(len(runs), workers, conditions.sensing)
    while left:
        left = yield from _until_one_dies(runs, conditions, workers, left)
        # Whose fault it was is not known: those that may have been begun go one by one.
        begun, left = left[: 2 * workers + 1], left[2 * workers + 1 :]
        yield from _one_by_one(runs, conditions, [index for chunk in begun for index in chunk])


def chunks(count: int, workers: int, sensing: Sensing) -> list[list[int]]:
    """The indices of so many runs, in portions that keep all workers busy to the end."""
    most = _MOST_IN_CHUNK if sensing is Sensing.OBJECTS else 1
    size = max(1, min(most, count // (workers * _CHUNKS_PER_WORKER)))
    return [list(range(i, min(i + size, count))) for i in range(0, count, size)]


class Worker:
    """What a worker knows for all its runs."""

    def __init__(self, runs: Sequence[Run], conditions: Conditions) -> None:
        self._runs, self._conditions = runs, conditions

    def drive(self, indices: Sequence[int]) -> list[Numbered]:
        """The outcomes of some of the runs."""
        return [(index, carry_out(self._runs[index], self._conditions)) for index in indices]


_worker: Worker | None = None


def _start(runs: Sequence[Run], conditions: Conditions) -> None:
    """Ctrl-C is for the parent alone; without a parent a worker ends."""
    global _worker  # noqa: PLW0603  a pool has no other place for what its workers keep
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker = Worker(runs, conditions)


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _drive(indices: Sequence[int]) -> list[Numbered]:
    assert _worker is not None
    return _worker.drive(indices)


@contextmanager
def _pool(
    runs: Sequence[Run], conditions: Conditions, workers: int
) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes end at once when something is raised."""
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _start, (runs, conditions))
    try:
        yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


def _until_one_dies(
    runs: Sequence[Run], conditions: Conditions, workers: int, portions: Sequence[list[int]]
) -> Generator[Numbered, None, list[list[int]]]:
    """Outcomes as they come; returns the portions that are left when a process dies."""
    left = {tuple(portion): portion for portion in portions}
    with _pool(runs, conditions, workers) as pool:
        futures: dict[Future[list[Numbered]], tuple[int, ...]] = {}
        try:
            for portion in portions:
                futures[pool.submit(_drive, portion)] = tuple(portion)
            for future in as_completed(futures):
                yield from future.result()
                del left[futures[future]]
        except BrokenProcessPool:
            pass
    return list(left.values())


def _one_by_one(
    runs: Sequence[Run], conditions: Conditions, indices: Sequence[int]
) -> Generator[Numbered, None, None]:
    left = list(indices)
    while left:
        with _pool(runs, conditions, 1) as pool:
            try:
                while left:
                    yield from pool.submit(_drive, left[:1]).result()
                    del left[0]
            except BrokenProcessPool:
                index = left.pop(0)
                yield index, not_carried_out(runs[index], _DIED)
