# SPDX-License-Identifier: Apache-2.0
"""Random and hostile clouds: a result or a named state, never an exception, and nothing is kept."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulwark_core.component import Now
from bulwark_core.convert.clouds import make_cloud, read_cloud
from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.health import Level
from bulwark_core.objects import EgoMotion
from bulwark_lidar.component import LidarPerception
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline

SCAN_NS = 100_000_000
THROUGH_THE_CHAIN = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
THROUGH_THE_NODE = settings(THROUGH_THE_CHAIN, max_examples=200)


def _axes(rng, n):
    return rng.uniform(-40.0, 40.0, (n, 3)) * np.eye(3)[rng.integers(0, 3, n)]


def _ring(angle, reach):
    return np.column_stack(
        [reach * np.cos(angle), reach * np.sin(angle), np.full(len(angle), -1.0)]
    )


def _planes(rng, n):
    """Points on 200 planes of any tilt."""
    points = rng.uniform(-40.0, 40.0, (n, 3))
    normals = rng.normal(size=(200, 3))
    chosen = normals[rng.integers(0, 200, n)]
    chosen /= np.linalg.norm(chosen, axis=1)[:, None]
    return points - (points * chosen).sum(axis=1)[:, None] * chosen


def _some(rng, xyz, value):
    """A tenth of the coordinates replaced, which is a quarter of the points."""
    return np.where(rng.random(xyz.shape) < 0.1, np.float32(value), xyz)


SHAPES = {
    "nothing": lambda rng, n: np.empty((0, 3)),
    "one point": lambda rng, n: rng.uniform(-50.0, 50.0, (1, 3)),
    "one place": lambda rng, n: np.tile(rng.uniform(-30.0, 30.0, 3), (n, 1)),
    "a box full": lambda rng, n: rng.uniform(-90.0, 90.0, (n, 3)),
    "on the sensor": lambda rng, n: rng.normal(0.0, 0.1, (n, 3)),
    "a vertical line": lambda rng, n: np.column_stack(
        [np.full(n, 8.0), np.full(n, 1.0), np.linspace(-5.0, 60.0, n)]
    ),
    "a ring": lambda rng, n: _ring(np.linspace(-math.pi, math.pi, n), rng.uniform(0.5, 70.0)),
    "a spiral": lambda rng, n: _ring(np.linspace(-20.0, 20.0, n), np.linspace(0.1, 79.0, n)),
    "planes": _planes,
    "cell corners": lambda rng, n: np.round(rng.uniform(-40.0, 40.0, (n, 3)) / 0.2) * 0.2,
    "on the axes": _axes,
    "far below": lambda rng, n: rng.uniform(-60.0, 60.0, (n, 3)) - (0.0, 0.0, 100.0),
    "out of range": lambda rng, n: rng.uniform(1e3, 1e6, (n, 3)),
    "huge": lambda rng, n: rng.uniform(-1.0, 1.0, (n, 3)) * 1e30,
    "tiny": lambda rng, n: rng.uniform(-1.0, 1.0, (n, 3)) * 1e-30,
}  # fmt: skip
SPOILT = {
    "as it is": lambda rng, xyz: xyz,
    "some NaN": lambda rng, xyz: _some(rng, xyz, np.nan),
    "some infinite": lambda rng, xyz: _some(rng, xyz, np.inf),
    "some negative infinite": lambda rng, xyz: _some(rng, xyz, -np.inf),
    "all NaN": lambda rng, xyz: np.full_like(xyz, np.nan),
    "twice": lambda rng, xyz: np.vstack([xyz, xyz]),
    "shuffled": lambda rng, xyz: rng.permutation(xyz),
    "every other": lambda rng, xyz: xyz[::2],
    "backwards": lambda rng, xyz: xyz[::-1],
    "among other fields": lambda rng, xyz: np.hstack([xyz, xyz])[:, :3],
    "doubles": lambda rng, xyz: xyz.astype(np.float64),
}
EGOS = ("none", "still", "fast", "jumping")


def hostile(shape, spoilt, seed, road=None):
    """A cloud (N, 3), with a valid road among it where there is one."""
    rng = np.random.default_rng(seed)
    xyz = SHAPES[shape](rng, int(rng.integers(1, 4000)))
    if road is not None:
        xyz = np.vstack([road, xyz])
    return SPOILT[spoilt](rng, np.asarray(xyz, np.float32))


def motion(kind, number):
    """The own motion at a scan."""
    ns = number * SCAN_NS
    if kind == "none":
        return None
    x = {"still": 0.0, "fast": 6.0 * number, "jumping": 1e4 * (-1) ** number}[kind]
    return EgoMotion(ns, speed=60.0 if kind == "fast" else 0.0, yaw_rate=0.0, x=x)


def check(result):
    """Whatever is told is finite and makes sense."""
    ids = [tracked.id for tracked in result.objects]
    assert len(ids) == len(set(ids))
    assert 0 not in ids
    for tracked in result.objects:
        figures = (
            tracked.x, tracked.y, tracked.z, tracked.yaw, tracked.vx, tracked.vy, tracked.yaw_rate,
            tracked.position_variance, tracked.velocity_variance, tracked.existence,
        )  # fmt: skip
        assert all(map(math.isfinite, figures))
        assert np.isfinite(tracked.outline).all()
        assert min(tracked.length, tracked.width, tracked.height) >= 0.0
        assert min(tracked.position_variance, tracked.velocity_variance) >= 0.0
        assert 0.0 <= tracked.existence <= 1.0
    assert np.isfinite(result.obstacle_points).all()
    assert len(result.points.xyz) <= result.points.total


@pytest.fixture
def street(scan, solid):
    return scan([solid(15.0, 2.0, 4.3, 1.8, 1.5), solid(25.0, -4.0, 0.3, 0.3, 2.5)], beams=24)


@pytest.fixture(scope="module")
def chains():
    """One chain for all clouds: nothing hostile may stay in it."""
    return {"chain": LidarPipeline(LidarParams()), "scans": 0}


CLOUDS = (
    st.sampled_from(sorted(SHAPES)), st.sampled_from(sorted(SPOILT)), st.integers(0, 10**6),
    st.booleans(), st.sampled_from(EGOS),
)  # fmt: skip


@pytest.mark.parametrize("half", [0, 1])
@given(*CLOUDS)
@THROUGH_THE_CHAIN
def test_the_chain_takes_any_cloud(street, chains, half, shape, spoilt, seed, on_road, ego):
    chains["scans"] += 1
    number = chains["scans"]
    xyz = hostile(shape, spoilt, 2 * seed + half, street if on_road else None)
    check(chains["chain"].update(xyz, motion(ego, number), number * SCAN_NS))


def farthest_apart(some, others):
    """The largest distance of any of them from its nearest among the others, both ways [m]."""
    one, two = (np.array([(o.x, o.y) for o in objects]) for objects in (some, others))
    apart = np.linalg.norm(one[:, None] - two[None], axis=2)
    return max(apart.min(axis=0).max(), apart.min(axis=1).max())


def seen_in(chain, street, first):
    """The objects that a chain tells after ten scans of a street."""
    objects = []
    for number in range(first, first + 10):
        objects = chain.update(street, motion("still", number), number * SCAN_NS).objects
    return objects


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("ego", ["still", "jumping"])
def test_a_chain_that_starts_in_hostile_clouds_sees_a_street_as_ever(street, shape, ego):
    expected = seen_in(LidarPipeline(LidarParams()), street, 100)
    assert len(expected) >= 2
    used = LidarPipeline(LidarParams())
    for number in range(1, 9):
        used.update(hostile(shape, "as it is", number), motion(ego, number), number * SCAN_NS)
    assert farthest_apart(expected, seen_in(used, street, 100)) < 0.1


@pytest.mark.parametrize("ego", EGOS)
def test_a_chain_that_meets_hostile_clouds_on_the_way_sees_a_street_as_ever(street, ego):
    expected = seen_in(LidarPipeline(LidarParams()), street, 1000)
    used = LidarPipeline(LidarParams())
    seen_in(used, street, 1)
    clouds = [(shape, spoilt) for shape in sorted(SHAPES) for spoilt in sorted(SPOILT)]
    for number, (shape, spoilt) in enumerate(clouds, start=100):
        road = street if number % 2 else None
        used.update(hostile(shape, spoilt, number, road), motion(ego, number), number * SCAN_NS)
    assert farthest_apart(expected, seen_in(used, street, 1000)) < 0.1


@pytest.mark.slow
def test_ten_million_points_are_a_large_cloud_and_no_more(street):
    rng = np.random.default_rng(0)
    xyz = np.tile(street, (10_000_000 // len(street) + 1, 1))[:10_000_000]
    xyz += rng.normal(0.0, 0.005, xyz.shape).astype(np.float32)
    result = LidarPipeline(LidarParams()).update(xyz, motion("still", 1), SCAN_NS)
    check(result)
    assert result.points.total == 10_000_000
    assert result.objects


class Driven:
    """The component, given a cloud every tenth of a second."""

    def __init__(self):
        self._node, self._scans = LidarPerception(LidarParams()), 0

    def send(self, xyz, ego):
        """What goes out for a cloud, by port, and the health thereafter, by task."""
        self._scans += 1
        ns, own = self._scans * SCAN_NS, motion(ego, self._scans)
        handlers = self._node.handlers()
        if own is not None:
            list(handlers["odometry"](make_odometry(own), Now(ns, ns)))
        outputs = list(handlers["points"](make_cloud(xyz, "lidar", ns), Now(ns, ns)))
        health = {status.task: status for status in self._node.health(Now(ns, ns))}
        return {output.port: output.message for output in outputs}, health


def check_messages(outputs):
    """Objects and points that go out are finite and told apart."""
    objects = read_objects(outputs["objects"])
    assert len({tracked.id for tracked in objects}) == len(objects)
    for tracked in objects:
        assert all(map(math.isfinite, (tracked.x, tracked.y, tracked.vx, tracked.vy)))
        assert min(tracked.length, tracked.width, tracked.height) >= 0.0
    assert np.isfinite(read_cloud(outputs["obstacle_points"]).xyz).all()


def is_blind(shape, spoilt, on_road):
    """Whether there is nothing in a cloud that a road could be seen by."""
    nothing = ("nothing", "one point", "on the sensor", "tiny", "huge", "out of range")
    return spoilt == "all NaN" or (shape in nothing and not on_road)


@given(*CLOUDS)
@THROUGH_THE_NODE
def test_the_node_names_its_state(street, shape, spoilt, seed, on_road, ego):
    node = Driven()
    for number in (1, 2, 3):
        xyz = hostile(shape, spoilt, seed + number, street if on_road else None)
        outputs, health = node.send(xyz, ego)
        assert all(status.message for status in health.values())
        points, odometry = health["points"].level, health["odometry"].level
        if points is Level.ERROR:
            (message,) = outputs.values()  # a list that looks like a clear road must say so
            assert (message.health, len(message.objects)) == (message.HEALTH_BLIND, 0)
        else:
            check_messages(outputs)
        if is_blind(shape, spoilt, on_road):
            assert points is Level.ERROR
        if spoilt.startswith("some"):  # of each coordinate 10 %, so 27 % of the points
            assert points in (Level.DEGRADED, Level.ERROR)
        assert odometry is (Level.DEGRADED if ego == "none" else Level.OK)


@pytest.mark.parametrize("ego", ["still", "jumping"])
@pytest.mark.parametrize("on_road", [False, True])
def test_the_node_is_well_again_after_hostile_clouds(street, ego, on_road):
    node = Driven()
    for number, shape in enumerate(sorted(SHAPES)):
        node.send(hostile(shape, "some NaN", number, street if on_road else None), ego)
    for _ in range(10):
        outputs, health = node.send(street, "still")
    assert health["points"].level is Level.OK
    assert health["odometry"].level is Level.OK
    check_messages(outputs)
    assert len(read_objects(outputs["objects"])) >= 2
