# SPDX-License-Identifier: Apache-2.0
"""Many jobs over processes; the outcomes do not depend on how many there are."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from bulwark_replay.job import Job, carry_out
from bulwark_replay.outcome import Outcome, broken

Carry = Iterator[tuple[Job, Outcome]]


def here(jobs: Sequence[Job]) -> Carry:
    """One after the other, in this process."""
    for job in jobs:
        yield job, carry_out(job)


def in_processes(jobs: Sequence[Job], workers: int) -> Carry:
    """Each outcome as it comes. A process that dies costs the jobs it had, and no others.

    Processes are started afresh (spawned), since compiled loops and ROS do not survive a fork.
    """
    left = list(jobs)
    while left:
        lost: list[Job] = []
        yield from _one_pool(left, workers, lost)
        if not lost:
            return
        # Whose fault it was is not known: each of them gets a process of its own.
        for job in lost:
            yield from _alone(job)
        left = []


def _one_pool(jobs: Sequence[Job], workers: int, lost: list[Job]) -> Carry:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare) as pool:
        waiting: dict[Future[Outcome], Job] = {}
        try:
            for job in jobs:
                waiting[pool.submit(carry_out, job)] = job
        except BrokenProcessPool:
            lost += jobs[len(waiting) :]
        try:
            yield from _as_they_come(waiting, lost)
        except BaseException:  # interrupted, or the reader of the outcomes has ended
            for child in multiprocessing.active_children():
                child.terminate()  # what it has begun is begun again next time
            raise


def _as_they_come(waiting: dict[Future[Outcome], Job], lost: list[Job]) -> Carry:
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            job = waiting.pop(future)
            try:
                yield job, future.result()
            except BrokenProcessPool:
                lost.append(job)
            except Exception as error:  # noqa: BLE001 - a fault in one bag must not end the others
                yield job, broken(job.name, f"{job.bag}: {type(error).__name__}: {error}")


def _alone(job: Job) -> Carry:
    lost: list[Job] = []
    yield from _one_pool([job], 1, lost)
    if lost:
        yield job, broken(job.name, f"{job.bag}: the process that replayed it died")


def _prepare() -> None:
    """A worker is one thread, since many share the cores; Ctrl-C is for the parent alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")
