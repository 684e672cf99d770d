# SPDX-License-Identifier: Apache-2.0
"""What ultrasonic readings mean, and what they add to the memory and take from it."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstacle_scene import START_NS, Scene, thing
from sensor_msgs.msg import Range

from bulwark_core.convert.stamps import make_header
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import rigid
from bulwark_core.objects import Motion, ObjectClass, TrackedObject
from bulwark_obstacles.cones import distances_in_cone
from bulwark_obstacles.memory import ECHO_ID
from bulwark_obstacles.params import LidarParams, MemoryParams, StaticObstaclesParams
from bulwark_obstacles.readings import read_range
from bulwark_obstacles.table import make_table
from bulwark_obstacles.ultrasonic import EchoWatch, Heard, Reading, meaning

BLIND = StaticObstaclesParams(lidar=LidarParams(x=3.0, lowest_beam=0.14))
NEEDED = BLIND.ultrasonic.readings
FRONT = 3.7
"""x of the sensor, at the bumper [m]."""


def reading(echo, clear=None, yaw=0.0, half_angle=0.5, ns=START_NS, sensor="front"):
    clear = (4.0 if echo is None else echo) if clear is None else clear
    return Reading(sensor, ns, FRONT, 0.0, yaw, half_angle, echo, clear)


def hear(echo, steady=50, **changes):
    return [Heard(reading(echo, **changes), 0 if echo is None else steady)]


def listening(*things, params=BLIND, **arguments):
    """A scene that has seen its things once, which are then out of sight."""
    scene = Scene(*things, params=params, **arguments)
    scene.scan()
    return scene


def keep_listening(scene, scans, *hidden, **echo):
    shown = []
    for _ in range(scans):
        shown = scene.scan(*hidden, heard=hear(ns=scene.stamp_ns, **echo))
    return shown


@pytest.mark.parametrize(
    "distance, meant",
    [
        (-math.inf, (0.2, 0.0)),  # too close to be measured
        (math.inf, (None, 4.0)),  # nothing within range
        (math.nan, None),
        (1.5, (1.5, 1.5)),
        (0.2, (0.2, 0.2)),
        (4.0, (4.0, 4.0)),
        (0.1, None),
        (4.1, None),
    ],
)
def test_rep_117(distance, meant):
    assert meaning(distance, 0.2, 4.0) == meant


def message(**changes):
    fields = {"range": 1.0, "min_range": 0.2, "max_range": 4.0, "field_of_view": 1.0, **changes}
    return Range(header=make_header(START_NS, "us"), **fields)


def test_a_reading_has_the_pose_of_its_mount():
    read = read_range(message(), rigid(-1.0, 0.4, 0.5, yaw=3.0))
    assert (read.x, read.y, read.yaw) == pytest.approx((-1.0, 0.4, 3.0))
    assert (read.sensor, read.stamp_ns, read.half_angle, read.echo) == ("us", START_NS, 0.5, 1.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"min_range": 5.0},
        {"min_range": -1.0},
        {"max_range": math.inf},
        {"max_range": math.nan},
        {"field_of_view": 0.0},
        {"field_of_view": math.nan},
        {"field_of_view": 7.0},
    ],
)
def test_a_sensor_that_contradicts_itself_is_refused(changes):
    with pytest.raises(BadMessageError, match="'us'"):
        read_range(message(**changes), np.eye(4))


def test_echoes_are_steady_while_they_differ_by_no_more_than_the_car_moves():
    watch, seen = EchoWatch(), []
    for i, echo in enumerate([1.0, 1.05, 0.97, 0.5, None, 0.5, 0.45]):
        watch.add(reading(echo, ns=START_NS + i * 50_000_000), speed=0.5)
        seen.append(watch.fresh(START_NS, 1.0)[0].steady)
    assert seen == [1, 2, 3, 1, 0, 1, 2]


def test_old_echoes_are_not_used():
    watch = EchoWatch()
    watch.add(reading(1.0), speed=0.0)
    assert len(watch.fresh(START_NS + 200_000_000, 0.2)) == 1
    assert watch.fresh(START_NS + 201_000_000, 0.2) == []


@given(
    st.floats(-6.0, 6.0), st.floats(-6.0, 6.0), st.floats(-3.1, 3.1),
    st.floats(0.1, 4.0), st.floats(0.1, 4.0), st.floats(-3.1, 3.1), st.floats(0.1, 1.3),
)  # fmt: skip
def test_distance_in_a_cone_is_that_of_the_nearest_point_in_it(x, y, turn, a, b, yaw, half):
    box = TrackedObject(1, x, y, 0.5, turn, a, b, 1.0)
    sensor = replace(reading(None, yaw=yaw, half_angle=half), x=0.0)
    (found,) = distances_in_cone(make_table([box]), sensor)
    start, step = box.corners(), np.roll(box.corners(), -1, axis=0) - box.corners()
    points = (start + np.linspace(0.0, 1.0, 400)[:, None, None] * step).reshape(-1, 2)
    off = np.angle(np.exp(1j * (np.arctan2(points[:, 1], points[:, 0]) - yaw)))
    inside = np.hypot(*points[np.abs(off) <= half - 0.02].T)
    outside = np.hypot(*points[np.abs(off) <= half + 0.02].T)
    assert found <= inside.min(initial=np.inf) + 1e-9
    assert found >= outside.min(initial=np.inf) - 0.02


def test_an_echo_that_agrees_keeps_an_obstacle_and_corrects_its_distance():
    params = replace(BLIND, memory=MemoryParams(max_age=0.5))
    scene = listening(thing(3, 5.0, 0.0), params=params)
    (shown,) = keep_listening(scene, 20, 3, echo=0.9)
    assert shown.id == 3
    assert shown.object_class is ObjectClass.CRASH_BARREL
    assert shown.x - 0.3 - FRONT == pytest.approx(0.9, abs=0.01)
    assert scene.scans(6, 3) == []


def test_an_echo_of_something_else_does_not_keep_it():
    params = replace(BLIND, memory=MemoryParams(max_age=0.5))
    scene = listening(thing(3, 5.0, 0.0), params=params)
    assert 3 not in [shown.id for shown in keep_listening(scene, 7, 3, echo=3.5)]


@pytest.mark.parametrize("echo, clear", [(None, 4.0), (3.0, 3.0)])
def test_what_a_sensor_sees_through_has_gone(echo, clear):
    scene = listening(thing(3, 5.0, 0.0))
    before = BLIND.ultrasonic.max_misses - 1
    assert len(keep_listening(scene, before, 3, echo=echo, clear=clear)) == 1
    assert keep_listening(scene, 1, 3, echo=echo, clear=clear) == []


def test_only_successive_scans_count_against_it():
    scene = listening(thing(3, 5.0, 0.0))
    for _ in range(3):
        assert len(keep_listening(scene, BLIND.ultrasonic.max_misses - 1, 3, echo=None)) == 1
        keep_listening(scene, 1, 3, echo=1.0)


@pytest.mark.parametrize("place", [(5.0, 2.0), (8.5, 0.0), (-2.0, 0.0)])
def test_a_sensor_says_nothing_of_what_is_not_in_its_cone_and_range(place):
    scene = listening(thing(3, *place))
    assert len(keep_listening(scene, 20, 3, echo=None)) == 1


def test_a_steady_echo_of_nothing_known_becomes_a_small_unknown_obstacle():
    (shown,) = Scene(params=BLIND).scan(heard=hear(0.8, NEEDED))
    assert shown.id > ECHO_ID
    assert (shown.object_class, shown.motion) == (ObjectClass.UNKNOWN, Motion.STATIONARY)
    assert shown.x - shown.length / 2.0 - FRONT == pytest.approx(0.8)
    assert shown.existence == pytest.approx(0.5)
    assert max(shown.length, shown.width) <= 0.5


def test_it_gets_surer_while_the_echo_stays_and_keeps_its_id():
    scene = Scene(params=BLIND)
    shown = [scene.scan(heard=hear(0.8, NEEDED + i, ns=scene.stamp_ns))[0] for i in range(20)]
    assert len({obstacle.id for obstacle in shown}) == 1
    assert (np.diff([obstacle.existence for obstacle in shown]) > 0.0).all()
    assert shown[-1].existence > 0.9


def test_it_goes_with_its_echo():
    scene = Scene(params=BLIND)
    scene.scan(heard=hear(0.8))
    assert keep_listening(scene, BLIND.ultrasonic.max_misses, echo=None) == []


def test_an_unsteady_far_or_fast_echo_makes_nothing():
    assert Scene(params=BLIND).scan(heard=hear(0.8, NEEDED - 1)) == []
    assert Scene(params=BLIND).scan(heard=hear(2.1)) == []
    assert Scene(params=BLIND, speed=1.6).scan(heard=hear(0.8)) == []


def test_an_echo_of_what_the_lidar_sees_makes_nothing():
    scene = Scene(thing(3, 5.0, 0.0), params=BLIND)
    assert [shown.id for shown in scene.scan(heard=hear(1.0))] == [3]


def test_too_close_is_an_obstacle_at_the_nearest_range():
    echo, clear = meaning(-math.inf, 0.2, 4.0)
    (shown,) = Scene(params=BLIND).scan(heard=hear(echo, clear=clear))
    assert shown.x - shown.length / 2.0 - FRONT == pytest.approx(0.2)


def test_the_lidar_names_what_an_echo_found_when_it_sees_it():
    scene = Scene(params=BLIND)
    (found,) = scene.scan(heard=hear(0.8))
    scene.things.append(thing(9, found.x, found.y))
    (shown,) = scene.scan()
    assert (shown.id, shown.object_class) == (found.id, ObjectClass.CRASH_BARREL)
