# SPDX-License-Identifier: Apache-2.0
"""Driving a whole suite: over processes or a cluster, going on where an interrupted one was."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bulwark_world.journal import Journal, journal_key
from bulwark_world.pool import Numbered, carry_out_all
from bulwark_world.ray_pool import carry_out_on_ray
from bulwark_world.runner import Conditions, Outcome
from bulwark_world.suite import Run, Suite


@dataclass(frozen=True)
class Means:
    """How to drive; has no influence on what comes out.

    workers: processes, None for one a core. ray: address of a cluster. folder: of the journals,
    None for none. fresh: forget what an interrupted one left.
    """

    workers: int | None = None
    ray: str | None = None
    folder: Path | None = None
    fresh: bool = False


@dataclass(frozen=True)
class Watcher:
    """Who is told while a suite is driven.

    begun: how many runs an interrupted one had done, and a note to show or "". ended: each
    outcome as it comes, earlier ones first.
    """

    begun: Callable[[int, str], None]
    ended: Callable[[Outcome], None]


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0))


def drive_suite(
    suite: Suite, conditions: Conditions, means: Means, watcher: Watcher
) -> list[Outcome]:
    """The outcomes of the suite's runs in their order.

    Interrupted by whatever exception, it leaves a journal with what was done, unless it has no
    folder. Raises RayError.
    """
    journal = _open_journal(suite, conditions, means)
    try:
        watcher.begun(len(journal.known), journal.note)
        for outcome in list(journal.known.values()):
            watcher.ended(outcome)
        left = [run for run in suite.runs if run.id not in journal.known]
        with closing(_carry_out(left, conditions, means)) as outcomes:
            for _, outcome in outcomes:
                journal.add(outcome)
                watcher.ended(outcome)
        return [journal.known[run.id] for run in suite.runs]
    finally:
        journal.close(finished=len(journal.known) == len(suite.runs))


def _open_journal(suite: Suite, conditions: Conditions, means: Means) -> Journal:
    if means.folder is None:
        return Journal()
    scenarios = {run.scenario.file for run in suite.runs}
    files = [suite.file, *sorted(scenarios - {suite.file})]
    key = journal_key(files, suite.runs, conditions)
    return Journal.open(means.folder, suite.name, key, fresh=means.fresh)


def _carry_out(
    runs: Sequence[Run], conditions: Conditions, means: Means
) -> Generator[Numbered, None, None]:
    if means.ray is not None and runs:
        return carry_out_on_ray(runs, conditions, means.ray, means.workers)
    return carry_out_all(runs, conditions, means.workers or cores())
