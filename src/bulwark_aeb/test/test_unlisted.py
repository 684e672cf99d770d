# SPDX-License-Identifier: Apache-2.0
"""Points on the path that no object explains: the last resort, and never a phantom."""

from dataclasses import replace

import numpy as np
import pytest
from aeb_makers import NOW, S, healthy, make_object
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bulwark_aeb.inputs import Feed
from bulwark_aeb.params import AebParams
from bulwark_aeb.path import Path
from bulwark_aeb.unlisted import Unlisted
from bulwark_core.objects import EgoMotion, Motion

PARAMS = AebParams()
LOOKS = PARAMS.unlisted.looks
STEP = S // 10
STRAIGHT = Path(0.0)


def wall(x, y=0.0, count=40, low=0.2, high=1.2):
    """A grid of points across the path."""
    side = np.linspace(-0.5, 0.5, count // 4)
    height = np.linspace(low, high, 4)
    return np.array([(x, y + dy, z) for dy in side for z in height])


def drive(cloud_at, scans=LOOKS, speed=10.0, yaw_rate=0.0, path=STRAIGHT, objects=(), finder=None):
    """What the finder says to each of the scans; cloud_at: travel [m] -> points in base_link."""
    finder, said = finder or Unlisted(PARAMS), []
    for scan in range(scans):
        stamp = NOW + scan * STEP
        travelled = speed * scan / 10.0
        there = tuple(replace(one, x=one.x - travelled) for one in objects)
        motion = Feed(EgoMotion(stamp, speed, yaw_rate), stamp)
        inputs = replace(healthy(stamp), objects=Feed(there, stamp), odometry=motion)
        said.append(finder.look(cloud_at(travelled), stamp, inputs, path))
    return said


def test_what_stands_on_the_path_is_found_after_so_many_scans():
    said = drive(lambda travelled: wall(30.0 - travelled), scans=LOOKS + 2)
    assert [len(one) for one in said] == [0] * (LOOKS - 1) + [1] * 3
    (item,) = said[-1]
    assert (item.x, item.y) == (pytest.approx(30.0 - LOOKS - 1), pytest.approx(0.0))
    assert (item.length, item.width, item.height) == pytest.approx((0.1, 1.0, 1.2 - 0.2 - 1 / 3))
    assert (item.motion, item.id, item.measurements) == (Motion.STATIONARY, 1, LOOKS + 2)
    assert item.first_seen_ns == NOW
    assert item.last_seen_ns == NOW + (LOOKS + 1) * STEP


def test_in_a_bend_and_in_reverse_the_swept_path_counts():
    beside = wall(20.0, y=4.0)
    assert drive(lambda _: beside, speed=0.0)[-1] == ()
    assert len(drive(lambda _: beside, speed=0.0, path=Path(0.02))[-1]) == 1
    behind = wall(-8.0)
    assert drive(lambda _: behind, speed=0.0)[-1] == ()
    assert len(drive(lambda _: behind, speed=0.0, path=Path(0.0, reverse=True))[-1]) == 1


def test_own_turning_is_taken_off():
    def cloud(travelled):
        angle = -0.3 * travelled / 2.0  # 0.3 rad/s at 2 m/s, about the origin's circle
        radius = 2.0 / 0.3
        seen = wall(5.2, y=2.5) - np.array([0.0, radius, 0.0])
        cos, sin = np.cos(angle), np.sin(angle)
        seen[:, :2] = seen[:, :2] @ np.array([[cos, sin], [-sin, cos]])
        return np.asarray(seen + np.array([0.0, radius, 0.0]))

    turning = Path(0.3 / 2.0)
    assert len(drive(cloud, speed=2.0, yaw_rate=0.3, path=turning)[-1]) == 1


@pytest.mark.parametrize(
    "cloud",
    [
        lambda _: wall(30.0),  # drives ahead as fast as we do
        lambda travelled: wall(30.0 - travelled, count=8),  # few
        lambda travelled: wall(30.0 - travelled, high=0.29),  # a kerb
        lambda travelled: wall(30.0 - travelled, y=3.0),  # beside the path
        lambda travelled: wall(60.0 - travelled),  # far
        lambda travelled: (
            np.concatenate([wall(x, count=4) for x in np.arange(10.0, 25.0, 0.5)])
            - (travelled, 0.0, 0.0)
        ),  # thin along the path, like rain
        lambda travelled: np.full((50, 3), np.nan),
        lambda travelled: np.empty((0, 3), dtype=np.float32),
    ],
    ids=["moving", "few", "low", "beside", "far", "thin", "nan", "nothing"],
)
def test_there_is_no_phantom(cloud):
    assert drive(cloud, scans=2 * LOOKS) == [()] * 2 * LOOKS


def test_what_an_object_explains_is_not_seen_twice():
    car = make_object(30.0)
    said = drive(lambda travelled: wall(28.2 - travelled), objects=(car,), scans=2 * LOOKS)
    assert said == [()] * 2 * LOOKS
    apart = make_object(33.0)
    assert len(drive(lambda travelled: wall(28.2 - travelled), objects=(apart,))[-1]) == 1


@pytest.mark.parametrize("hidden, found", [(2, 1), (3, 0)])
def test_it_may_be_hidden_for_two_scans(hidden, found):
    finder, ahead = Unlisted(PARAMS), wall(30.0)
    drive(lambda _: ahead, speed=0.0, finder=finder)
    clouds = iter([np.empty((0, 3))] * hidden + [ahead])
    said = drive(lambda _: next(clouds), scans=hidden + 1, speed=0.0, finder=finder)
    assert [len(one) for one in said] == [0] * hidden + [found]


def test_another_place_is_another_obstacle():
    finder = Unlisted(PARAMS)
    drive(lambda _: wall(20.0), speed=0.0, finder=finder)
    said = drive(lambda _: wall(10.0), speed=0.0, finder=finder)
    assert [len(one) for one in said] == [0] * (LOOKS - 1) + [1]
    assert said[-1][0].id == 2
    finder.reset()
    assert drive(lambda _: wall(10.0), scans=1, speed=0.0, finder=finder) == [()]


def test_without_odometry_nothing_is_said():
    inputs = healthy(odometry=Feed())
    finder = Unlisted(PARAMS)
    assert all(finder.look(wall(9.0), NOW + i, inputs, STRAIGHT) == () for i in range(20))


@settings(max_examples=100, deadline=None)
@given(
    arrays(np.float32, st.tuples(st.integers(0, 60), st.just(3)), elements=st.floats(width=32)),
    st.floats(-0.2, 0.2),
    st.booleans(),
)
def test_any_cloud_is_taken(points, curvature, reverse):
    path = Path(curvature, reverse=reverse)
    said = drive(lambda _: points, scans=3, path=path, objects=(make_object(10.0),))
    assert said == [()] * 3
