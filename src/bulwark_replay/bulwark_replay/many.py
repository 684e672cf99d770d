# SPDX-License-Identifier: Apache-2.0
"""A folder of bags: replayed over workers, resumed after an interruption, summed up in files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from bulwark_core.errors import BagError
from bulwark_core.parallel.anywhere import Place, carry_out_all
from bulwark_core.parallel.work import Work
from bulwark_replay.catalogue import write_catalogue
from bulwark_replay.commit import source_state
from bulwark_replay.folder import find_bags, name_of
from bulwark_replay.folder_report import make_folder_log
from bulwark_replay.job import Job, Keep, carry_out
from bulwark_replay.journal import Journal, key_of
from bulwark_replay.junit import write_junit
from bulwark_replay.outcome import Demands, Outcome, broken, outcome_to_plain
from bulwark_replay.report import write_report
from bulwark_replay.runner import ReplayOptions
from bulwark_replay.snapshot import Snapshot

JOURNAL, OUTCOMES, CATALOGUE = "journal.jsonl", "outcomes.jsonl", "catalogue.sqlite"
REPORT, JUNIT, BAGS = "index.html", "junit.xml", "bags"


@dataclass(frozen=True)
class Plan:
    """What to do with a folder.

    baseline: None for none. workers: None for one a core. ray: address of a cluster whose machines
    find bags and `out` at the same paths; None for processes.
    """

    folder: Path
    out: Path
    options: ReplayOptions
    demands: Demands
    commit: str
    baseline: Mapping[str, Snapshot] | None = None
    keep: Keep = Keep()  # noqa: RUF009 - it is frozen
    workers: int | None = 1
    ray: str | None = None
    fresh: bool = False


def replay_folder(plan: Plan, on_outcome: Callable[[Outcome, int, int], None]) -> list[Outcome]:
    """Replay every bag of the folder, write the files; the outcomes in order of names.

    on_outcome: called with each outcome, how many are done, and of how many. Raises BagError where
    the folder has no bag, or the files cannot be written, and RayError.
    """
    if plan.ray is not None:
        plan = _absolute(plan)
    jobs = _jobs(plan)
    if plan.fresh:
        shutil.rmtree(plan.out / BAGS, ignore_errors=True)
        (plan.out / JOURNAL).unlink(missing_ok=True)
    journal = Journal(plan.out / JOURNAL)
    try:
        outcomes = _carry_out(plan, jobs, journal, on_outcome)
    finally:
        journal.close()
    ordered = sorted([*outcomes, *_missing(plan, jobs)], key=lambda one: one.name)
    _write(plan, ordered)
    return ordered


def _absolute(plan: Plan) -> Plan:
    """Workers of a cluster do not start in this folder."""
    options = plan.options
    options = replace(
        options,
        model=options.model and options.model.absolute(),
        config=options.config and options.config.absolute(),
        params=tuple(file.absolute() for file in options.params),
    )
    return replace(plan, folder=plan.folder.absolute(), out=plan.out.absolute(), options=options)


def _jobs(plan: Plan) -> list[Job]:
    bags = find_bags(plan.folder)
    if not bags:
        raise BagError(
            f"{plan.folder}: holds no bag (folders with metadata.yaml, .mcap, .db3, .bag)"
        )
    code = source_state()
    return [_job(plan, bag, code) for bag in bags]


def _job(plan: Plan, bag: Path, code: str) -> Job:
    name = name_of(bag, plan.folder)
    demands = plan.demands
    if plan.baseline is not None:
        demands = replace(demands, baseline=plan.baseline.get(name))
        demands = replace(demands, is_new=demands.baseline is None)
    folder = plan.out / BAGS / name
    return Job(name, bag, plan.options, demands, plan.commit, code, folder, plan.keep)


def _carry_out(
    plan: Plan,
    jobs: Sequence[Job],
    journal: Journal,
    on_outcome: Callable[[Outcome, int, int], None],
) -> list[Outcome]:
    keys = {job.name: key_of(job) for job in jobs}
    outcomes = [journal.known[keys[j.name]] for j in jobs if keys[j.name] in journal.known]
    for count, outcome in enumerate(outcomes, 1):
        on_outcome(outcome, count, len(jobs))
    left = [job for job in jobs if keys[job.name] not in journal.known]
    place = Place(plan.workers, plan.ray, source_state)
    with closing(carry_out_all(Work(left, carry_out, _lost), place)) as stream:
        for index, outcome in stream:
            journal.add(keys[left[index].name], outcome)
            outcomes.append(outcome)
            on_outcome(outcome, len(outcomes), len(jobs))
    journal.settle([keys[job.name] for job in jobs])
    return outcomes


def _lost(job: Job, why: str) -> Outcome:
    return broken(job.name, f"{job.bag}: {why}")


def _missing(plan: Plan, jobs: Sequence[Job]) -> list[Outcome]:
    """What the baseline knows and the folder has not: a bag that is lost is no pass."""
    names = {job.name for job in jobs}
    lost = sorted(set(plan.baseline or ()) - names)
    return [broken(name, f"{name}: is in the baseline but not in the folder") for name in lost]


def _write(plan: Plan, outcomes: Sequence[Outcome]) -> None:
    lines = "".join(json.dumps(outcome_to_plain(one)) + "\n" for one in outcomes)
    try:
        (plan.out / OUTCOMES).write_text(lines, encoding="utf-8")
        title = plan.folder.resolve().name
        write_report(make_folder_log(title, outcomes, plan.commit), plan.out / REPORT)
    except OSError as error:
        raise BagError(f"cannot write {error.filename}: {error.strerror}") from error
    write_junit(plan.out / JUNIT, outcomes, plan.folder.resolve().name)
    write_catalogue(plan.out / CATALOGUE, outcomes)
