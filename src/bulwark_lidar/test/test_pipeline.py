# SPDX-License-Identifier: Apache-2.0
"""The whole chain on a small world whose truth is known."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bulwark_core.geometry import rigid
from bulwark_core.objects import EgoMotion, Motion
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline

MOUNT = rigid(0.0, 0.0, 1.73)
SECOND = 1_000_000_000
DT = 0.1


@pytest.fixture
def drive(scan, solid):
    """Drive straight through a world (time -> solids); time may be squeezed by `faster`."""

    def run(speed, world, scans, faster=1, with_ego=True):
        pipeline, results = LidarPipeline(LidarParams()), []
        for k in range(scans):
            x = speed * k * DT
            here = [
                solid(s.x - x, s.y, s.length, s.width, s.height, s.yaw, s.bottom)
                for s in world(k * DT)
            ]
            ns = SECOND + round(k * DT / faster * SECOND)
            ego = EgoMotion(ns, speed * faster, 0.0, x) if with_ego else None
            results.append((here, pipeline.update(scan(here, seed=k), ego, ns, MOUNT)))
        return results

    return run


def nearest(result, thing):
    """The object nearest to a solid's side that faces the car."""
    x, y = thing.x - thing.length / 2, thing.y

    def distance(tracked):
        return float(np.hypot(*(tracked.footprint() - (x, y)).T).min())

    found = min(result.objects, key=distance, default=None)
    return found if found is not None and distance(found) < 1.5 else None


def test_a_crossing_pedestrian_has_its_speed_within_half_a_second(drive, solid):
    results = drive(8.0, lambda t: [solid(25.0, -6.0 + 1.5 * t, 0.5, 0.5, 1.7)], 20)
    seen = [nearest(result, here[0]) for here, result in results]
    assert all(seen)
    assert len({tracked.id for tracked in seen}) == 1
    for tracked in seen[5:]:
        assert (tracked.vx, tracked.vy) == pytest.approx((0.0, 1.5), abs=0.3)
    assert seen[7].motion is Motion.MOVING


def test_a_lead_car_keeps_its_id_and_its_speed_while_it_brakes(drive, solid):
    def lead(t):
        braking = max(t - 1.0, 0.0)
        return [solid(20.0 + 10.0 * t - 2.0 * braking**2, 0.0, 4.5, 1.8, 1.5)]

    results = drive(10.0, lead, 25)
    seen = [nearest(result, here[0]) for here, result in results]
    assert len({tracked.id for tracked in seen}) == 1
    for k, tracked in enumerate(seen[5:], start=5):
        assert tracked.vx == pytest.approx(10.0 - 4.0 * max(k * DT - 1.0, 0.0), abs=1.0)
        assert tracked.footprint()[:, 0].min() == pytest.approx(results[k][0][0].x - 2.25, abs=0.1)


@pytest.mark.parametrize("faster", [1, 10])
def test_nothing_that_stands_gets_a_speed(drive, solid, faster):
    street = [
        solid(20.0, 6.0, 60.0, 0.3, 2.0),
        solid(15.0, -4.0, 4.5, 1.8, 1.5),
        solid(22.0, -4.0, 4.5, 1.8, 1.5),
        solid(30.0, -7.0, 0.3, 0.3, 3.0),
    ]
    results = drive(10.0, lambda t: street, 25, faster)
    objects = [o for _, result in results for o in result.objects if o.measurements >= 4]
    assert len(objects) > 200
    assert {o.motion for o in objects} == {Motion.STATIONARY}
    assert max(math.hypot(o.vx, o.vy) for o in objects) == 0.0


def test_a_wall_is_cut_into_pieces_that_leave_the_road_free(drive, solid):
    results = drive(5.0, lambda t: [solid(20.0, 5.0, 60.0, 0.3, 2.0, yaw=0.1)], 5)
    objects = results[-1][1].objects
    assert len(objects) > 5
    assert max(o.length for o in objects) < 6.0
    assert all((o.footprint()[:, 1] > 1.5).all() for o in objects if o.x > -10.0)


def test_an_occluded_pedestrian_keeps_its_id(drive, solid):
    pillar = solid(18.0, -1.0, 1.2, 0.5, 2.0)
    results = drive(0.0, lambda t: [solid(25.0, -5.0 + 2.0 * t, 0.6, 0.6, 1.7), pillar], 40)
    seen = [nearest(result, here[0]) for here, result in results]
    gone = [k for k, tracked in enumerate(seen) if tracked is None or _age(results[k], tracked) > 0]
    assert 2 <= len(gone) <= 6
    assert seen[gone[0] - 1].id == seen[gone[-1] + 3].id


def _age(row, tracked):
    return row[1].stamp_ns - tracked.last_seen_ns


def test_ten_times_faster_gives_ten_times_the_speed(drive, solid):
    world = lambda t: [solid(30.0 - 3.0 * t, 1.0, 4.5, 1.8, 1.5)]  # noqa: E731
    slow = [nearest(result, here[0]) for here, result in drive(5.0, world, 20)]
    fast = [nearest(result, here[0]) for here, result in drive(5.0, world, 20, faster=10)]
    assert [o.id for o in slow] == [o.id for o in fast]
    assert slow[15].vx == pytest.approx(-3.0, abs=0.3)
    assert fast[15].vx == pytest.approx(-30.0, abs=3.0)


def test_low_things_count_from_thirty_centimetres(drive, solid):
    world = [solid(14.0, 0.0, 0.5, 0.5, 0.31), solid(10.0, 0.0, 0.3, 3.0, 0.12)]
    result = drive(2.0, lambda t: world, 10)[-1][1]
    assert [round(o.x) for o in result.objects] == [12]


def test_without_own_motion_no_speed_is_claimed(drive, solid):
    results = drive(5.0, lambda t: [solid(20.0, 2.0, 4.0, 1.8, 1.5)], 8, with_ego=False)
    objects = results[-1][1].objects
    assert objects
    for tracked in objects:
        assert tracked.motion is Motion.UNKNOWN
        assert (tracked.vx, tracked.vy) == (0.0, 0.0)
        assert tracked.velocity_variance >= 100.0


def test_without_a_mount_heights_are_corrected_by_the_road(scan, solid):
    cloud = scan([solid(15.0, 0.0, 4.0, 1.8, 1.5)])
    pipeline = LidarPipeline(LidarParams(mount=_mount(z=2.2)))
    result = pipeline.update(cloud, None, SECOND)
    assert result.plane.height == pytest.approx(0.47, abs=0.03)
    assert result.obstacle_points[:, 2].max() == pytest.approx(1.5, abs=0.06)
    (tracked,) = result.objects
    assert tracked.z + tracked.height / 2 == pytest.approx(1.5, abs=0.06)


def _mount(**values):
    return type(LidarParams().mount)(**values)


def test_the_same_clouds_give_the_same_bits(drive, solid):
    world = lambda t: [solid(20.0 + t, 2.0, 4.0, 1.8, 1.5), solid(9.0, -5.0, 9.0, 0.4, 1.0)]  # noqa: E731
    for (_, one), (_, other) in zip(drive(3.0, world, 8), drive(3.0, world, 8), strict=True):
        assert one.objects == other.objects
        for a, b in zip(one.objects, other.objects, strict=True):
            np.testing.assert_array_equal(a.outline, b.outline)
        np.testing.assert_array_equal(one.obstacle_points, other.obstacle_points)


def test_a_blind_scan_does_not_erase_what_is_there(drive, scan, solid):
    pipeline = LidarPipeline(LidarParams())
    cloud = scan([solid(15.0, 0.0, 4.0, 1.8, 1.5)])
    for k in range(6):
        ns = SECOND + k * SECOND // 10
        pipeline.update(cloud, EgoMotion(ns, 0.0, 0.0), ns, MOUNT)
    ns = SECOND + 6 * SECOND // 10
    blind = pipeline.update(np.empty((0, 3), np.float32), EgoMotion(ns, 0.0, 0.0), ns, MOUNT)
    assert len(blind.objects) == 1
    assert blind.objects[0].last_seen_ns < ns


def test_a_stamp_that_is_not_newer_is_refused(scan):
    pipeline = LidarPipeline(LidarParams())
    pipeline.update(scan([]), None, SECOND, MOUNT)
    with pytest.raises(ValueError, match="not newer"):
        pipeline.update(scan([]), None, SECOND, MOUNT)


HOSTILE = arrays(
    np.float32,
    st.tuples(st.integers(0, 40), st.just(3)),
    elements=st.one_of(
        st.floats(-100, 100, width=32),
        st.sampled_from([math.nan, math.inf, -math.inf, 1e9, -1e9, 3e38, 0.0, -0.0, 1e-30]),
    ),
)


@given(HOSTILE, HOSTILE, st.integers(1, 60))
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_cloud_makes_it_fail(first, second, repeat):
    pipeline = LidarPipeline(LidarParams())
    for k, cloud in enumerate((first, np.repeat(second, repeat, axis=0), first)):
        ns = SECOND + k * SECOND // 10
        result = pipeline.update(cloud, EgoMotion(ns, 1.0, 0.1), ns, MOUNT)
        assert result.points.total == len(cloud)
        for tracked in result.objects:
            assert all(map(math.isfinite, (tracked.x, tracked.y, tracked.vx, tracked.vy)))
            assert np.isfinite(tracked.footprint()).all()
