# SPDX-License-Identifier: Apache-2.0
"""Driving a whole suite: over processes or a cluster, going on where an interrupted one was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bulwark_core.parallel.anywhere import Place, carry_out_all
from bulwark_core.parallel.work import Work
from bulwark_world.journal import Journal, journal_key
from bulwark_world.runner import Conditions, Outcome, carry_out, not_carried_out
from bulwark_world.source_state import source_state
from bulwark_world.stack import Sensing
from bulwark_world.suite import Run, Suite

_MOST_AT_ONCE = 8


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
        place = Place(means.workers, means.ray, source_state)
        with closing(carry_out_all(suite_work(left, conditions), place)) as outcomes:
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


def suite_work(runs: Sequence[Run], conditions: Conditions) -> Work[Run, Outcome]:
    """The runs as work that can be handed to other processes; short ones several at once."""
    most = _MOST_AT_ONCE if conditions.sensing is Sensing.OBJECTS else 1
    return Work(runs, partial(carry_out, conditions=conditions), not_carried_out, most)
