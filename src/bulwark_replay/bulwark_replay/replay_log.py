# SPDX-License-Identifier: Apache-2.0
"""A replay's recording as a run log, for the report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bulwark_core.objects import Motion, ObjectClass, TrackedObject
from bulwark_replay.charts import STAGE_TONES, aeb_bars, aeb_charts, aeb_events
from bulwark_replay.compare_log import difference_table
from bulwark_replay.history import INTERVENTIONS, WARNING, stage_rises, tracks
from bulwark_replay.names import class_name
from bulwark_replay.outcome import Outcome, Verdict
from bulwark_replay.recording import Decision, Frame, Recording
from bulwark_replay.report import run_log as log
from bulwark_replay.report.run_log import Tone
from bulwark_replay.swept import swept_outline

BUDGETS_MS = {
    "lidar_perception": 10.0,
    "static_obstacles": 5.0,
    "camera_perception": 40.0,
    "planner": 15.0,
    "aeb_supervisor": 1.0,
}
_PATH_TIME = 3.0
_ABLE = ("READY", "DEGRADED")


def make_run_log(recording: Recording, commit: str, outcome: Outcome | None = None) -> log.RunLog:
    """Everything that the report shows of a replay; with an outcome, also how it is judged."""
    decisions, topics = recording.decisions, recording.topics
    return log.RunLog(
        title=recording.bag,
        subtitle="A recorded drive through perception and emergency braking; nothing was obeyed.",
        verdict=_judged(outcome) or _verdict(decisions),
        summary=_summary(recording, commit),
        ego=recording.vehicle.corners(),
        frames=report_frames(recording),
        bars=aeb_bars(decisions, recording.duration_s),
        charts=aeb_charts(decisions, recording.motion),
        events=aeb_events(decisions),
        latencies=tuple(
            log.Latency(node, values, BUDGETS_MS.get(node))
            for node, values in recording.durations_ms.items()
        ),
        tables=(
            *_judgement_tables(outcome),
            _topic_table(recording),
            _track_table(recording),
        ),
        notes=(*topics.bridged, *recording.complaints),
    )


def report_frames(recording: Recording) -> tuple[log.Frame, ...]:
    """The pictures from above, one a scan."""
    return tuple(_frame(frame, recording) for frame in recording.frames)


def _judged(outcome: Outcome | None) -> log.Verdict | None:
    """The verdict on a replay of which something was asked; a pass says what happened instead."""
    if outcome is None or outcome.passed:
        return None
    tone = Tone.CAUTION if outcome.verdict is Verdict.CHANGED else Tone.CRITICAL
    return log.Verdict(outcome.verdict.value.capitalize(), tone)


def _judgement_tables(outcome: Outcome | None) -> Iterable[log.Table]:
    if outcome is None:
        return
    if outcome.conditions:
        rows = tuple((text, "yes" if holds else "no") for text, holds in outcome.conditions)
        yield log.Table("Conditions", ("condition", "holds"), rows)
    if outcome.differences:
        yield difference_table(outcome.differences)
    if outcome.snapshot is not None:
        figures = outcome.snapshot.metrics.items()
        yield log.Table(
            "Metrics",
            ("metric", "value"),
            tuple((name, "–" if value is None else f"{value:.4g}") for name, value in figures),
        )


def _verdict(decisions: Sequence[Decision]) -> log.Verdict:
    braked = sum(1 for _ in stage_rises(decisions, INTERVENTIONS))
    warned = sum(1 for _ in stage_rises(decisions, (WARNING,)))
    if braked:
        return log.Verdict("AEB intervened", Tone.CRITICAL)
    if not any(decision.state in _ABLE for decision in decisions):
        return log.Verdict("AEB was never available", Tone.CRITICAL)
    if warned:
        return log.Verdict("Warned, not braked", Tone.CAUTION)
    return log.Verdict("No intervention", Tone.GOOD)


def _summary(recording: Recording, commit: str) -> tuple[tuple[str, str], ...]:
    decisions = recording.decisions
    able = sum(decision.state in _ABLE for decision in decisions)
    share = 100.0 * able / len(decisions) if decisions else 0.0
    return (
        ("Duration", f"{recording.duration_s:.1f} s"),
        ("Lidar scans", str(len(recording.frames))),
        ("Interventions", str(sum(1 for _ in stage_rises(decisions, INTERVENTIONS)))),
        ("Warnings", str(sum(1 for _ in stage_rises(decisions, (WARNING,))))),
        ("AEB able to act", f"{share:.0f} %"),
        ("Tracks", str(len(tracks(recording.frames)))),
        ("Commit", commit[:12]),
    )


def _frame(frame: Frame, recording: Recording) -> log.Frame:
    decision, ego = frame.decision, frame.ego
    speed = ego.speed if ego else 0.0
    curvature = decision.path_curvature if decision else 0.0
    outline = swept_outline(
        recording.vehicle, curvature, min(_PATH_TIME * abs(speed), 60.0), reverse=speed < 0.0
    )
    return log.Frame(
        t_s=frame.t_s,
        boxes=tuple(_boxes(frame)),
        pose=(ego.x, ego.y, ego.yaw) if ego else (0.0, 0.0, 0.0),
        path=outline,
        path_tone=STAGE_TONES.get(decision.stage, Tone.IDLE) if decision else Tone.IDLE,
        points=frame.points,
        target_id=decision.target_id if decision else 0,
        caption=decision.explanation if decision else "",
        jpeg=frame.jpeg,
    )


def _boxes(frame: Frame) -> Iterable[log.Box]:
    """What is tracked, with the static-obstacle node's class where it has one, or remembered."""
    tracked = {one.id for one in frame.objects}
    known = {one.id: one for one in frame.standing if one.object_class is not ObjectClass.UNKNOWN}
    for one in frame.objects:
        yield _box(one, known.get(one.id, one).object_class)
    for one in frame.standing:
        if one.id not in tracked:
            yield _box(one, one.object_class, is_ghost=True)


def _box(one: TrackedObject, object_class: ObjectClass, *, is_ghost: bool = False) -> log.Box:
    label = class_name(object_class).replace("_", " ")
    is_moving = one.motion is Motion.MOVING
    place = (one.x, one.y, one.yaw, one.length, one.width, one.vx, one.vy)
    return log.Box(one.id, label, *place, is_moving=is_moving, is_ghost=is_ghost)


def _topic_table(recording: Recording) -> log.Table:
    links = [
        (link.source.name, link.target, str(link.source.count), link.why)
        for link in recording.topics.links
    ]
    skipped = [(t.name, "–", str(t.count), why) for t, why in recording.topics.skipped]
    return log.Table(
        "Topics", ("in the bag", "in the stack", "messages", "why"), (*links, *skipped)
    )


def _track_table(recording: Recording) -> log.Table:
    longest = sorted(tracks(recording.frames), key=lambda track: (-track.frames, track.id))[:40]
    rows = tuple(
        (
            str(track.id),
            class_name(track.object_class).replace("_", " "),
            f"{track.first_frame} to {track.last_frame}",
            str(track.frames),
        )
        for track in longest
    )
    return log.Table("Longest tracks", ("id", "class", "seen in frames", "frames"), rows)
