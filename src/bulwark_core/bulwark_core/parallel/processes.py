# SPDX-License-Identifier: Apache-2.0
"""Work over the cores of a machine.

Workers are given all items once, when they start, and then only indices. They are started afresh
(spawned), since compiled loops, ROS and the ray caster do not survive a fork.
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
from typing import Any

from bulwark_core.parallel.work import Item, Result, Work

DIED = "the process that carried it out died"


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


def in_processes(
    work: Work[Item, Result], workers: int = 1
) -> Generator[tuple[int, Result], None, None]:
    """All results, each with its item's index as soon as it is there.

    An item whose process dies is failed and costs no other. Close the iterator to stop early.
    """
    workers = min(workers, len(work.items))
    if workers <= 1:
        yield from map(work.result, range(len(work.items)))
        return
    left = work.portions(workers)
    while left:
        left = yield from _until_one_dies(work, workers, left)
        # Whose fault it was is not known: those that may have been begun go one by one.
        begun, left = left[: 2 * workers + 1], left[2 * workers + 1 :]
        yield from _one_by_one(work, [index for portion in begun for index in portion])


_work: Work[Any, Any] | None = None


def _start(work: Work[Any, Any]) -> None:
    """Ctrl-C is for the parent alone; without a parent a worker ends."""
    global _work  # noqa: PLW0603  a pool has no other place for what its workers keep
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work = work


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


def _results(indices: Sequence[int]) -> list[tuple[int, Any]]:
    assert _work is not None
    return [_work.result(index) for index in indices]


@contextmanager
def _pool(work: Work[Any, Any], workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool whose processes end at once when something is raised."""
    before = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _start, (work,))
    try:
        with _one_thread_each():
            yield pool
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        pool.shutdown(cancel_futures=True)
        raise
    pool.shutdown()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Libraries in the workers shall not start threads of their own: many share the cores."""
    names = {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"} - set(os.environ)
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name in names:
            del os.environ[name]


def _until_one_dies(
    work: Work[Item, Result], workers: int, portions: Sequence[list[int]]
) -> Generator[tuple[int, Result], None, list[list[int]]]:
    """Results as they come; returns the portions that are left when a process dies."""
    left = {tuple(portion): portion for portion in portions}
    with _pool(work, workers) as pool:
        futures: dict[Future[list[tuple[int, Result]]], tuple[int, ...]] = {}
        try:
            for portion in portions:
                futures[pool.submit(_results, portion)] = tuple(portion)
            for future in as_completed(futures):
                yield from future.result()
                del left[futures[future]]
        except BrokenProcessPool:
            pass
    return list(left.values())


def _one_by_one(
    work: Work[Item, Result], indices: Sequence[int]
) -> Generator[tuple[int, Result], None, None]:
    left = list(indices)
    while left:
        with _pool(work, 1) as pool:
            try:
                while left:
                    yield from pool.submit(_results, left[:1]).result()
                    del left[0]
            except BrokenProcessPool:
                yield work.lost(left.pop(0), DIED)
