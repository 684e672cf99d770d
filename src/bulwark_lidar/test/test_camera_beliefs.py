# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.objects import Motion, ObjectClass, TrackedObject
from bulwark_lidar.camera_beliefs import Belief, can_be, fused
from bulwark_lidar.params import CameraFusionParams

PARAMS = CameraFusionParams()
C = ObjectClass
MS = 1_000_000


def track(
    kind=C.UNKNOWN, probability=0.0, existence=0.8, size=(0.5, 0.5, 1.7), motion=Motion.MOVING
):
    return TrackedObject(
        1, 10.0, 0.0, 0.85, 0.0, *size, object_class=kind, class_probability=probability,
        existence=existence, motion=motion,
    )  # fmt: skip


def believed(*looks):
    belief = Belief()
    for index, (kind, score) in enumerate(looks):
        belief.learn(kind, score, index * 100 * MS, PARAMS.smoothing)
    return belief


def named(tracked, *looks, later_ms=0):
    stamp = (100 * (len(looks) - 1) + later_ms) * MS
    return fused(tracked, believed(*looks), stamp, PARAMS)


def test_one_look_is_not_enough_and_three_are():
    assert named(track(), (C.PEDESTRIAN, 0.7)).object_class is C.UNKNOWN
    found = named(track(), *[(C.PEDESTRIAN, 0.7)] * 3)
    assert found.object_class is C.PEDESTRIAN
    assert found.class_probability == pytest.approx(0.7)


def test_a_camera_corrects_a_guess_by_size():
    guess = track(C.CAR, 0.5)
    assert named(guess, (C.TRUCK, 0.9)).object_class is C.CAR
    assert named(guess, *[(C.TRUCK, 0.9)] * 4).object_class is C.TRUCK


def test_one_wrong_picture_among_many_changes_nothing():
    looks = [(C.CAR, 0.8)] * 5 + [(C.PEDESTRIAN, 0.9)]
    assert named(track(), *looks).object_class is C.CAR


def test_what_both_say_is_the_surest():
    alone = named(track(), *[(C.CAR, 0.6)] * 4)
    both = named(track(C.CAR, 0.8), *[(C.CAR, 0.6)] * 4)
    assert both.class_probability > alone.class_probability


@pytest.mark.parametrize("motion", [Motion.STATIONARY, Motion.UNKNOWN])
def test_a_camera_makes_no_road_user_of_what_stands(motion):
    """Road users are remembered for less long, so a wrong camera would shorten a memory."""
    looks = [(C.PEDESTRIAN, 0.9)] * 6
    unknown, guess = track(motion=motion), track(C.PEDESTRIAN, 0.3, motion=motion)
    assert named(unknown, *looks).object_class is C.UNKNOWN
    assert named(unknown, *looks).existence > unknown.existence
    assert named(guess, *looks).class_probability == pytest.approx(0.3)
    assert named(unknown, *[(C.PILLAR, 0.9)] * 6).object_class is C.PILLAR


def test_a_pedestrian_whom_both_see_is_more_certain():
    looks = [(C.PEDESTRIAN, 0.8)] * 3
    assert named(track(existence=0.8), *looks).existence > 0.95
    assert named(track(existence=0.8), *looks, later_ms=400).existence == 0.8


def test_what_pictures_no_longer_show_fades():
    belief = believed(*[(C.CAR, 0.8)] * 4)
    for _ in range(40):
        belief.fade()
    assert fused(track(), belief, 300 * MS, PARAMS).object_class is C.UNKNOWN


@pytest.mark.parametrize(
    "kind, size, is_piece, possible",
    [
        (C.PEDESTRIAN, (0.5, 0.6, 1.8), False, True),
        (C.PEDESTRIAN, (4.0, 0.6, 1.8), False, False),
        (C.PEDESTRIAN, (0.5, 0.6, 1.8), True, False),
        (C.CAR, (4.5, 1.8, 1.5), False, True),
        (C.CAR, (4.0, 4.0, 1.5), True, False),
        (C.CAR, (9.0, 2.0, 1.5), False, False),
        (C.TRUCK, (12.0, 2.5, 3.5), False, True),
        (C.TRUCK, (4.0, 4.0, 3.5), True, False),
        (C.WALL, (4.0, 4.0, 2.0), True, True),
        (C.WATER_BARRIER, (2.0, 0.5, 1.0), False, True),
        (C.KERB, (2.0, 0.5, 0.3), False, False),
        (C.UNKNOWN, (2.0, 0.5, 0.3), False, False),
    ],
)
def test_a_thing_must_be_able_to_be_what_it_is_called(kind, size, is_piece, possible):
    assert can_be(track(size=size), kind, is_piece=is_piece) is possible


@given(
    st.lists(st.tuples(st.sampled_from(list(C)), st.floats(0.0, 1.0)), min_size=1, max_size=20),
    st.floats(0.0, 1.0),
    st.sampled_from(list(C)),
    st.floats(0.0, 1.0),
)
def test_nothing_becomes_less_certain_and_nothing_but_the_name_changes(looks, p, kind, q):
    before = track(kind, q, existence=p)
    after = named(before, *looks)
    assert before.existence <= after.existence <= 1.0
    assert 0.0 <= after.class_probability <= 1.0
    same = {"object_class": kind, "class_probability": q, "existence": p}
    assert after.but(**same) == before
