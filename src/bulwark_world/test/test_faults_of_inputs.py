# SPDX-License-Identifier: Apache-2.0
"""Faults of inputs: what becomes of messages, what is asked for, and a few runs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bulwark_core.convert.clouds import make_cloud, read_cloud
from bulwark_core.convert.object_arrays import make_objects, read_objects
from bulwark_core.convert.odometry import make_odometry, read_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.errors import BadMessageError
from bulwark_core.objects import EgoMotion, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_msgs.msg import AebState
from bulwark_world.fault_injector import FaultInjector
from bulwark_world.fault_kinds import KINDS
from bulwark_world.fault_verdict import fault_failures, fault_in_words
from bulwark_world.faults import INPUTS, Fault
from bulwark_world.recording import REASONS, STATES, AebView, Recording
from bulwark_world.runner import Conditions, carry_out
from bulwark_world.scenario import load_scenario
from bulwark_world.suite import Run

ODOMETRY, OBJECTS, POINTS = "/vehicle/odometry", "/perception/lidar/objects", "/lidar/points"
S = 1_000_000_000


def odometry(time_s: float):
    return make_odometry(EgoMotion(round(time_s * S), 10.0, 0.0))


def objects(time_s: float = 3.0):
    return make_objects(
        [TrackedObject(1, 9.0, 0.0, 0.7, 0.0, 4.0, 1.8, 1.5, brightness=1.0)], round(time_s * S)
    )


def cloud(time_s: float = 3.0):
    return make_cloud(np.ones((8, 3), np.float32), "lidar", round(time_s * S))


def passed(kind: str, input_: str = "odometry", make=odometry, topic: str = ODOMETRY, times=None):
    """What comes out of messages at these times with a fault from 3 s to 4 s."""
    injector = FaultInjector([Fault(input_, kind, 3.0, 4.0)])
    out = []
    for time_s in times or (2.9, 3.0, 3.1, 3.2, 4.0):
        out += [(time_s, m) for m in injector.pass_on(topic, make(time_s), time_s)]
        out += [(time_s, m) for _, m in injector.overdue(time_s)]
    return out


def stamps(messages) -> list[float]:
    return [round(stamp_ns(message.header.stamp) / S, 3) for _, message in messages]


@pytest.mark.parametrize(
    "kind, expected",
    [
        ("silent", [2.9, 4.0]),
        ("frozen", [2.9, 2.9, 2.9, 2.9, 4.0]),
        ("backward", [2.9, 2.8, 2.7, 2.6, 4.0]),
        ("unordered", [2.9, 3.1, 3.0, 4.0]),
        ("future", [2.9, 8.0, 8.1, 8.2, 4.0]),
    ],
)
def test_what_becomes_of_stamps(kind, expected):
    assert stamps(passed(kind)) == expected


def test_late_messages_come_later_in_their_order():
    late = passed("late", times=(3.0, 3.1, 3.5, 3.6))
    assert [time_s for time_s, _ in late] == [3.5, 3.6]
    assert stamps(late) == [3.0, 3.1]


def test_ten_times_ends_with_the_message_itself():
    ten = stamps(passed("ten_times", times=(3.0,)))
    assert len(ten) == 10
    assert ten == sorted(ten)
    assert ten[-1] == 3.0


@pytest.mark.parametrize("kind", ["nan", "inf"])
def test_bad_places_of_objects_are_refused_by_who_reads_them(kind):
    [(_, bad)] = passed(kind, "lidar", objects, OBJECTS, (3.0,))
    with pytest.raises(BadMessageError):
        read_objects(bad)


@pytest.mark.parametrize("kind", ["truncated", "wrong_fields"])
def test_broken_clouds_are_refused_by_who_reads_them(kind):
    [(_, bad)] = passed(kind, "lidar", cloud, POINTS, (3.0,))
    with pytest.raises(BadMessageError):
        read_cloud(bad)


def test_the_content_of_clouds():
    def xyz(kind):
        [(_, message)] = passed(kind, "lidar", cloud, POINTS, (3.0,))
        return read_cloud(message).xyz

    assert np.isnan(xyz("nan")).all(axis=1).sum() == 4
    assert np.isinf(xyz("inf")).all(axis=1).sum() == 4
    assert (xyz("on_sensor") == 0.0).all()
    assert len(xyz("empty")) == 0
    assert len(xyz("many")) >= 10_000_000


def test_own_speed_beyond_physics():
    [(_, wild)] = passed("wild", times=(3.0,))
    assert read_odometry(wild).speed == 1e3


@pytest.mark.parametrize("kind", KINDS)
def test_the_message_that_came_in_is_never_changed(kind):
    for make, topic in ((objects, OBJECTS), (cloud, POINTS)):
        injector = FaultInjector([Fault("lidar", kind, 0.0)])
        message = make()
        injector.pass_on(topic, message, 3.0)
        assert message == make()


def test_a_fault_may_wait_for_the_first_braking():
    injector = FaultInjector([Fault("odometry", "silent", math.nan)])
    assert injector.pass_on(ODOMETRY, odometry(5.0), 5.0)
    assert injector.first_effect_s is None
    injector.braking(5.1)
    assert injector.pass_on(ODOMETRY, odometry(5.2), 5.2) == []
    injector.braking(9.0)  # only the first counts
    assert injector.pass_on(ODOMETRY, odometry(5.3), 5.3) == []
    assert injector.first_effect_s == 5.2


def test_names_are_those_of_the_messages():
    for names, prefix in ((STATES, "STATE_"), (REASONS, "REASON_")):
        for value, name in enumerate(names):
            assert getattr(AebState, prefix + name.upper()) == value


class _Row:
    def __init__(self, t: float, brake_request: float = 0.0) -> None:
        self.t, self.brake_request = t, brake_request


def recording(lost_at: float | None, brake: float = 0.0) -> Recording:
    """Ready; from this time on the lidar is lost, with a takeover request."""
    lost = AebView(state=STATES.index("unavailable"), state_reasons=(2,), takeover_request=True)
    rows = [_Row(0.02 * k, brake) for k in range(250)]
    views = [
        lost if lost_at is not None and row.t >= lost_at - 1e-9 else AebView(state=1)
        for row in rows
    ]
    return Recording(rows=rows, aeb=views, fault_effect_s=3.0)  # type: ignore[arg-type]


ASKED = Fault("lidar", "silent", 3.0, state="unavailable", reason="lidar_lost", takeover=True)


def test_an_answer_in_time_is_right():
    assert fault_failures([ASKED], recording(3.2)) == []
    assert fault_in_words([ASKED], recording(3.2)).endswith("unavailable (lidar_lost) after 0.20 s")


@pytest.mark.parametrize("lost_at", [None, 3.4])
def test_no_answer_and_one_that_is_late_are_wrong(lost_at):
    words = "; ".join(fault_failures([ASKED], recording(lost_at)))
    for what in ("not unavailable", "not told as lidar_lost", "no takeover request"):
        assert f"{what} within 0.3 s of lidar silent from 3 s" in words


def test_braking_too_hard_and_a_fault_that_never_came_are_told():
    gentle = Fault("planner", "silent", 3.0, most_decel=2.0)
    assert fault_failures([gentle], recording(3.1, brake=2.0)) == []
    assert "more than 2" in fault_failures([gentle], recording(3.1, brake=2.5))[0]
    never = recording(3.1)
    never.fault_effect_s = None
    assert fault_failures([gentle], never) == ["the fault did not come about"]


@pytest.mark.parametrize(
    "scenario, settings",
    [
        ("fault", {"input": "lidar", "kind": "silent", "state": "unavailable", "within_s": 0.2}),
        ("fault_braking", {"input": "odometry", "kind": "frozen"}),
        ("fault_passes", {"input": "lidar", "kind": "nan"}),
        ("fault_engaged", {"input": "planner", "kind": "wild", "most_decel": 2.0}),
    ],
)
def test_runs_with_a_fault(scenario, settings):
    record = carry_out(Run("x", load_scenario(scenario), settings), Conditions()).record
    assert record.passed, record.reason
    assert record.fault is not None
    assert "after" in record.fault


def test_a_fault_that_is_not_told_in_time_fails_the_run():
    settings = {"input": "status", "kind": "silent", "reason": "camera_lost", "within_s": 0.0}
    world, _ = load_scenario("fault").build(settings, 1, VehicleParams())
    assert world.faults[0].within == 0.0
    run = Run("x", load_scenario("fault"), {**settings, "reason": "status_lost"})
    record = carry_out(run, Conditions()).record
    assert not record.passed
    assert "not told as status_lost within 0 s" in record.reason


def test_every_input_has_topics_of_the_graph():
    from bulwark_core.interfaces import load_manifest

    known = set(load_manifest().topics)
    assert all(topic in known for topics in INPUTS.values() for topic in topics)
