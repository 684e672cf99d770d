# SPDX-License-Identifier: Apache-2.0
"""One bag of many, from file to outcome; runs in any process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rclpy.serialization import serialize_message

from bulwark_core.errors import BulwarkError
from bulwark_core.interfaces import load_manifest
from bulwark_core.offline import Observer
from bulwark_replay.bag_writer import BagWriter
from bulwark_replay.case import read_case
from bulwark_replay.definitions import normal_form
from bulwark_replay.frame_lines import write_lines
from bulwark_replay.outcome import Demands, Outcome, broken, judge, judged
from bulwark_replay.recording import Recording
from bulwark_replay.replay_log import make_run_log
from bulwark_replay.report import write_report
from bulwark_replay.result import make_result, to_json
from bulwark_replay.runner import ReplayOptions, replay
from bulwark_replay.topics import TopicMap

RESULT, LINES, REPORT, SAID = "result.json", "frames.jsonl", "index.html", "said"


@dataclass(frozen=True)
class Keep:
    """Which files a job leaves in its folder, beside result and lines."""

    report: bool = False
    said: bool = False


@dataclass(frozen=True)
class Job:
    """A bag, how to replay and judge it, and the folder for its files (None: no files)."""

    name: str
    bag: Path
    options: ReplayOptions
    demands: Demands
    commit: str
    code: str = ""
    """The fingerprint of the code; see `commit.source_state`."""
    folder: Path | None = None
    keep: Keep = Keep()


def carry_out(job: Job) -> Outcome:
    """Replay, judge, write the files; never raises for what is wrong with a bag."""
    try:
        job = with_case(job)
    except BulwarkError as error:
        return _ended(job, broken(job.name, str(error)), None)
    try:
        recording = run(job)
        return _ended(job, judge(job.name, recording, job.demands), recording)
    except BulwarkError as error:
        return _ended(job, broken(job.name, str(error)), None)


def with_case(job: Job) -> Job:
    """The job with what the bag's case file asks for; BagError where that is no good."""
    case = read_case(job.bag)
    conditions = (*case.expect, *job.demands.conditions)
    return replace(
        job,
        demands=replace(job.demands, conditions=conditions),
        options=replace(job.options, settings=(*case.settings, *job.options.settings)),
    )


def run(
    job: Job,
    on_topics: Callable[[TopicMap], None] = lambda _: None,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Recording:
    """Replay the job's bag, and write what the nodes say where that is to be kept."""
    options = replace(job.options, with_points=job.keep.report, with_pictures=job.keep.report)
    if job.folder is None or not job.keep.said:
        return replay(job.bag, options, on_topics, on_progress)
    with BagWriter(job.folder / SAID) as writer:
        return replay(job.bag, options, on_topics, on_progress, (to_bag(writer),))


def to_bag(writer: BagWriter) -> Observer:
    """An observer that writes every message that a node sends, always with the same bytes."""
    topics = load_manifest().topics

    def write(topic: str, message: Any, time_ns: int) -> None:
        type_name = topics[topic].type
        cdr = normal_form(type_name, serialize_message(message))
        writer.write(topic, type_name, time_ns, cdr)

    return write


def _ended(job: Job, outcome: Outcome, recording: Recording | None) -> Outcome:
    if job.folder is None:
        return outcome
    write_lines(job.folder / LINES, job.commit, job.demands, outcome, recording)
    if recording is not None:
        report = REPORT if job.keep.report else None
        result = make_result(recording, job.commit, report) | judged(outcome)
        (job.folder / RESULT).write_text(to_json(result), encoding="utf-8")
        if job.keep.report:
            recording.durations_ms = {}  # wall times: the same job has always the same files
            write_report(make_run_log(recording, job.commit, outcome), job.folder / REPORT)
    return outcome
