# SPDX-License-Identifier: Apache-2.0
"""Runs of a suite: each run's record, and the suite's JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from bulwark_core.errors import BulwarkError
from bulwark_core.vehicle import VehicleParams
from bulwark_replay.commit import source_commit
from bulwark_world.expectation import Expectation
from bulwark_world.fault_verdict import fault_failures, fault_in_words
from bulwark_world.faults import Fault
from bulwark_world.figures import Figures, figures_of
from bulwark_world.grades import colours_by_layer
from bulwark_world.lockstep import LockStep
from bulwark_world.params import SensorParams
from bulwark_world.rates import Rate, driven
from bulwark_world.recording import STATES, Recording
from bulwark_world.requirements import Requirement
from bulwark_world.run_log import RunConditions, Timing, run_log
from bulwark_world.sensor_watch import SensorWatch
from bulwark_world.stack import OURS, Sensing
from bulwark_world.suite import Run
from bulwark_world.suite_report.keep import Keep
from bulwark_world.suppression import free_impact_kmh
from bulwark_world.world import World

_DIGITS = 4
_ABLE_STATES = (1, 2)  # ready, degraded


@dataclass(frozen=True)
class Conditions:
    """What all runs of a suite share.

    settings: scenario parameters that are set in every run. keep: which outcomes carry a report.
    supervisor: ours, or the name of a peer.
    """

    sensing: Sensing = Sensing.OBJECTS
    seed: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    keep: Keep = field(default_factory=Keep)
    sensors: SensorParams = field(default_factory=SensorParams)
    body: VehicleParams = field(default_factory=VehicleParams)
    supervisor: str = OURS


@dataclass(frozen=True)
class Record:
    """The outcome of a run. figures: None where it could not be carried out.

    avoidable, least_impact_kmh: what physics allows, None where that is not known; see `Physics`.
    grade: a colour, empty where the run is not graded.
    """

    id: str
    expected: str
    passed: bool
    reason: str
    clause: str = ""
    layer: str = ""
    figures: Figures | None = None
    fault: str | None = None
    false_event: bool = False
    avoidable: bool | None = None
    least_impact_kmh: float | None = None
    grade: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fields of a run in the suite's JSON."""
        figures = asdict(self.figures) if self.figures else dict.fromkeys(Figures.__annotations__)
        return {
            "id": self.id,
            "clause": self.clause,
            "layer": self.layer,
            "expected": self.expected,
            "passed": self.passed,
            **{name: _rounded(value) for name, value in figures.items()},
            "avoidable": self.avoidable,
            "least_impact_kmh": _rounded(self.least_impact_kmh),
            "grade": self.grade,
            "fault": self.fault,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Outcome:
    """A run's record.

    packed: its report, see `pack_run`, where the conditions ask for one and it was carried out.
    simulated_s: how long the run was.
    """

    record: Record
    packed: bytes | None = None
    simulated_s: float = 0.0


def carry_out(run: Run, conditions: Conditions) -> Outcome:
    """One run. What cannot be carried out is failed, with the reason."""
    run, expectation = run.with_settings(conditions.settings), None
    try:
        world, expectation = run.build(conditions.seed, conditions.body)
        watch = SensorWatch() if conditions.keep.any else None
        expectation = expectation.informed(world)
        drive = LockStep(
            world,
            conditions.sensing,
            conditions.sensors,
            conditions.seed,
            conditions.supervisor,
            tap=watch,
        )
        recording = drive.drive()
        figures = _compared(figures_of(recording, world), expectation, world, conditions)
    except Exception as error:  # noqa: BLE001  one run that breaks must not end the suite
        why = str(error) if isinstance(error, BulwarkError) else f"{type(error).__name__}: {error}"
        return not_carried_out(run, why, str(expectation or ""))
    record = judge(run.id, expectation, recording, figures, world.faults)
    record = replace(record, clause=run.clause, layer=run.layer)
    packed = None
    if conditions.keep.wants(run.id, passed=record.passed):
        log = run_log(_about(run, conditions), world, recording, record.as_json(), Timing())
        packed = _packed(log, watch)
    return Outcome(record, packed, recording.rows[-1].t)


def _compared(
    figures: Figures, expectation: Expectation, world: World, conditions: Conditions
) -> Figures:
    """The figures with those of the run without the system, where that is judged."""
    if expectation.suppression is None or expectation.suppression.least_reduction is None:
        return figures
    free = free_impact_kmh(world, conditions.sensors, conditions.seed)
    return replace(figures, free_impact_kmh=free)


def not_carried_out(run: Run, why: str, expected: str = "") -> Outcome:
    """The outcome of a run that nobody saw the end of: it is failed."""
    reason = f"not carried out: {why}"
    return Outcome(Record(run.id, expected, False, reason, run.clause, run.layer))


def _about(run: Run, conditions: Conditions) -> RunConditions:
    values = run.scenario.values(run.settings)
    return RunConditions(run.scenario.name, conditions.seed, values)


def _packed(log: Mapping[str, Any], watch: SensorWatch | None) -> bytes:
    from bulwark_world.suite_report.packed import pack_run  # templates: only where one is made

    return pack_run(log, watch.frames if watch else {})


def judge(
    name: str,
    expectation: Expectation,
    recording: Recording,
    figures: Figures,
    faults: Sequence[Fault] = (),
) -> Record:
    """The record of a run that was driven."""
    failures = expectation.failures(figures)
    false_event = not expectation.reaction and any("false" in text for text in failures)
    if expectation.suppression is not None:
        impact, free = figures.impact_kmh, figures.free_impact_kmh
        failures += expectation.suppression.failures(recording, impact, free)
    failures += _never_able(recording) + fault_failures(faults, recording)
    physics = expectation.physics
    return Record(
        id=name,
        expected=str(expectation),
        passed=not failures,
        reason="; ".join(failures),
        avoidable=physics.avoidable if physics else None,
        least_impact_kmh=physics.least_impact_kmh if physics else None,
        grade=expectation.colour(figures),
        figures=figures,
        fault=fault_in_words(faults, recording) if faults else None,
        false_event=false_event,
    )


def _never_able(recording: Recording) -> list[str]:
    """A supervisor that was never ready proves nothing, whatever happened."""
    if any(view.state in _ABLE_STATES for view in recording.aeb):
        return []
    last = recording.aeb[-1]
    return [f"the supervisor was never ready: {STATES[last.state]}, {last.explanation}".rstrip()]


def suite_json(
    name: str,
    runs: Sequence[Run],
    conditions: Conditions,
    records: Sequence[Record],
    require: Sequence[Requirement | Rate] = (),
) -> dict[str, Any]:
    """The suite's result, its records in the order of its runs."""
    rows = [record.as_json() for record in records]
    passed = sum(record.passed for record in records)
    return {
        "suite": name,
        "seed": conditions.seed,
        "sensors": conditions.sensing.value,
        "brake": _brake(runs, conditions),
        "commit": source_commit(),
        "runs": rows,
        "summary": {
            "runs": len(records),
            "passed": passed,
            "failed": len(records) - passed,
            "false_events": sum(record.false_event for record in records),
            **driven(rows),
            "requirements": [requirement.judge(rows) for requirement in require],
            "grades": colours_by_layer(rows),
        },
    }


def _brake(runs: Sequence[Run], conditions: Conditions) -> str:
    """The brake model of all runs, `mixed` where they differ."""
    values = [
        run.scenario.values({**run.settings, **conditions.settings})
        for run in runs
        if not run.error
    ]
    brakes = {str(value["brake"]) for value in values}
    return brakes.pop() if len(brakes) == 1 else "mixed"


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, _DIGITS)
