# SPDX-License-Identifier: Apache-2.0
"""The record of an intervention, from real decisions in the small closed loop."""

from __future__ import annotations

import json
import math

import pytest
from aeb_loop import START_NS, Loop, car

from bulwark_aeb.params import AebParams
from bulwark_aeb.record import AFTER, BEFORE, FORMAT, InterventionRecorder, Moment
from bulwark_aeb.stages import Stage


def records_of(loop: Loop, duration: float) -> list[dict]:
    """Drive, and take what the recorder gives."""
    recorder, records = InterventionRecorder(loop.params), []

    def note(time, decision):
        now = START_NS + round(time * 1e9)
        record = recorder.add(Moment(now, decision, loop.inputs))
        if record is not None:
            records.append(record)

    loop.on_decision = note
    loop.run(duration)
    return records


@pytest.fixture(scope="module")
def stop():
    """A stop from 50 km/h before a standing car, and the record of it."""
    loop = Loop(50.0 / 3.6, [car(60.0)], settle=2.0)
    records = records_of(loop, 12.0)
    assert len(records) == 1
    return loop, records[0]


def test_a_stop_gives_one_record_that_is_json(stop):
    _, record = stop
    assert record["format"] == FORMAT
    text = json.dumps(record, allow_nan=False)
    assert json.loads(text) == record


def test_it_spans_from_before_to_after(stop):
    loop, record = stop
    times = record["decisions"]["t"]
    began = loop.result.first(Stage.PARTIAL)
    assert record["start_ns"] + record["began_s"] * 1e9 == pytest.approx(START_NS + began * 1e9)
    assert record["began_s"] == pytest.approx(min(BEFORE, began), abs=0.03)
    held = record["decisions"]["stage"].index("HOLD")
    assert times[-1] - times[held] == pytest.approx(AFTER, abs=0.05)


def test_it_tells_what_was_decided(stop):
    loop, record = stop
    start = loop.result.times.index(pytest.approx((record["start_ns"] - START_NS) / 1e9, abs=1e-6))
    stages = [stage.name for stage in loop.result.stages[start:]]
    kept = record["decisions"]["stage"]
    assert kept == stages[: len(kept)]
    summary = record["summary"]
    assert summary["target_id"] == 1
    assert summary["speed"] == pytest.approx(50.0 / 3.6, abs=0.5)
    assert summary["speed_after"] == 0.0
    assert summary["peak_request"] >= 5.0
    assert summary["warned_before_s"] >= 0.8


def test_it_tells_what_was_seen_and_where_the_car_was(stop):
    _, record = stop
    lists = [scene for scene in record["scenes"] if scene["source"] == "objects"]
    assert all(one["known_at"] >= one["t"] for one in lists)
    assert [len(one["objects"]) for one in lists] == [1] * len(lists)
    gaps = [one["objects"][0]["x"] for one in lists]
    assert gaps == sorted(gaps, reverse=True)
    assert record["motion"]["x"][-1] > record["motion"]["x"][0] + 20.0


def test_nothing_happened_gives_no_record():
    assert records_of(Loop(10.0, [car(40.0, y=6.0)]), 6.0) == []


def test_while_nothing_happens_only_the_last_seconds_are_kept():
    loop = Loop(10.0, [])
    recorder = InterventionRecorder(loop.params)
    loop.on_decision = lambda time, decision: recorder.add(
        Moment(START_NS + round(time * 1e9), decision, loop.inputs)
    )
    loop.run(10.0)
    assert len(recorder._moments) <= (BEFORE + 0.1) * 62


def test_a_clock_that_goes_back_begins_anew(stop):
    loop, _ = stop
    recorder = InterventionRecorder(AebParams())
    decision = loop.result.decisions[-1]
    braking = next(d for d in loop.result.decisions if d.stages.stage is Stage.FULL)
    recorder.add(Moment(START_NS + 10**9, braking, loop.inputs))
    assert recorder.add(Moment(START_NS, decision, loop.inputs)) is None
    assert recorder.add(Moment(START_NS + 5 * 10**9, decision, loop.inputs)) is None


def test_an_intervention_without_end_is_cut():
    loop = Loop(50.0 / 3.6, [car(60.0)], settle=1.0)
    loop.run(8.0)
    braking = next(d for d in loop.result.decisions if d.stages.stage is Stage.FULL)
    recorder = InterventionRecorder(AebParams())
    gave = [
        recorder.add(Moment(START_NS + i * 10**8, braking, loop.inputs)) is not None
        for i in range(320)
    ]
    assert gave.index(True) == 300


def test_what_has_no_value_is_none(stop):
    _, record = stop
    assert record["decisions"]["accelerator"][0] in (0.0, None)
    assert not any(
        isinstance(value, float) and not math.isfinite(value)
        for column in record["decisions"].values()
        for value in column
    )
