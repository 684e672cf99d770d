# SPDX-License-Identifier: Apache-2.0
"""The parking garage: what rays meet there, and that its measures are kept."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulwark_core.geometry import rigid
from bulwark_world.beams import LIDAR_MODELS
from bulwark_world.footprint import overlap
from bulwark_world.garage import RAMPS, STOP_HEIGHT, Garage
from bulwark_world.kernels import aim
from bulwark_world.lidar import Lidar
from bulwark_world.ramp import GRADE, Ramp
from bulwark_world.scene import NOTHING, Scene

MOUNT = rigid(1.0, 0.0, 1.73)
EXACT = replace(LIDAR_MODELS["os1_128"], noise=0.0, dropout=0.0, range_at_10_percent=300.0)


def looked_at(garage, x=0.0, seed=1, furnished=True):
    """The points (N, 3) in the world frame that a lidar at x sees."""
    scene = Scene(garage, garage.furniture(seed) if furnished else [], [])
    scene.place(0.0)
    cloud = Lidar(EXACT, MOUNT, 1).scan(scene, rigid(x), 5, 0)
    return cloud.xyz.astype(float) + np.array([1.0 + x, 0.0, 1.73])


def met(garage, x):
    """The materials (N,) that the lidar's rays meet."""
    scene = Scene(garage, garage.furniture(1), [])
    scene.place(0.0)
    directions, _ = EXACT.directions()
    rays = np.empty((len(directions), 6), np.float32)
    aim(rays, directions, rigid(x) @ MOUNT)
    return scene.cast(rays).material


@pytest.mark.parametrize("ramp", RAMPS)
def test_every_ray_meets_something_and_nothing_is_seen_through_walls(ramp):
    garage = Garage(ramp=ramp)
    for x in (0.0, garage.end - 8.0):
        points = looked_at(garage, x)
        assert len(points) > 0.9 * len(EXACT.elevations) * EXACT.columns  # glossy cars lose some
        assert (met(garage, x) != NOTHING).all()
        assert np.abs(points[:, 1]).max() < garage.aisle / 2 + 5.0 + 1e-3
        assert points[:, 0].min() > garage.start - 1e-3
        inside = points[points[:, 0] < garage.end - 1e-3]
        assert inside[:, 2].min() > -1e-3
        assert inside[:, 2].max() < garage.ceiling + 1e-3


@pytest.mark.parametrize("ceiling", [2.1, 2.2, 2.4])
def test_beams_and_pipes_hang_below_the_ceiling_but_leave_the_clear_height(ceiling):
    garage = Garage(ceiling=ceiling, occupancy=0.0, ramp="none")
    points = looked_at(garage)
    on_the_way = points[(np.abs(points[:, 1]) < garage.aisle / 2) & (points[:, 2] > 1.0)]
    x = on_the_way[:, 0]
    above = on_the_way[(x > garage.start + 0.01) & (x < garage.end - 0.01)]
    assert garage.clear_height >= 2.02
    assert above[:, 2].min() > garage.clear_height - 1e-3
    assert (above[:, 2] < ceiling - 0.02).sum() > 100


@pytest.mark.parametrize("ramp, sign", [("up", 1.0), ("down", -1.0)])
def test_the_ramp_is_as_steep_as_it_is_said_to_be(ramp, sign):
    garage = Garage(ramp=ramp)
    points = looked_at(garage, garage.end - 10.0)
    floor = points[np.abs(points[:, 1]) < 2.0]
    steep = floor[(floor[:, 0] > garage.end + 2.0) & (floor[:, 0] < garage.end + 12.0)]
    expected = sign * GRADE * (steep[:, 0] - garage.end - 0.75)
    on_it = np.abs(steep[:, 2] - expected) < 1e-3
    assert on_it.sum() > 50
    above = steep[~on_it]
    assert (above[:, 2] - sign * GRADE * (above[:, 0] - garage.end) > 1.5).all()


@given(st.floats(0.5, 4.0), st.sampled_from([-1.0, 1.0]))
def test_a_ramp_rises_by_what_it_shall_and_never_steeper_than_allowed(rise, sign):
    x, z = np.array(Ramp(10.0, sign * rise, 5.0, 2.2).profile).T
    assert (x[0], z[0]) == (10.0, 0.0)
    assert z[-1] == pytest.approx(sign * rise)
    assert (np.abs(np.diff(z) / np.diff(x)) <= GRADE + 1e-9).all()


@given(st.integers(0, 1000), st.floats(3.5, 8.0))
@settings(max_examples=20)
def test_nothing_overlaps_and_the_aisle_is_free(seed, aisle):
    things = Garage(aisle=aisle).furniture(seed)
    free = np.array(
        [[-10.0, -aisle / 2], [30.0, -aisle / 2], [30.0, aisle / 2], [-10.0, aisle / 2]]
    )
    inside = [a.footprint(0.0) for a in things if not a.name.startswith("wall")]
    walls = [a.footprint(0.0) for a in things if a.name.startswith("wall")]
    for i, one in enumerate(inside):
        assert not overlap(one, free)
        assert not any(overlap(one, other) for other in (*inside[:i], *walls))
    assert not any(overlap(wall, free) for wall in walls)


def test_another_seed_parks_and_builds_otherwise():
    first, again, other = (Garage().furniture(seed) for seed in (1, 1, 2))
    assert [a.start for a in first] == [a.start for a in again]
    assert [a.start for a in first] != [a.start for a in other]
    kinds = {actor.kind.name for actor in first}
    assert {"pillar", "round_pillar", "car", "wall"} <= kinds


def test_occupancy_says_how_many_cars_there_are():
    cars = [
        sum(a.kind.name == "car" for a in Garage(occupancy=share).furniture(1))
        for share in (0.0, 0.5, 1.0)
    ]
    assert cars[0] == 0
    assert cars[2] == 7 * 3 * 2
    assert 10 < cars[1] < 32


def test_wheel_stops_are_low_and_there():
    points = looked_at(Garage(occupancy=0.0), furnished=False)
    stops = points[(np.abs(np.abs(points[:, 1]) - 6.85) < 0.08) & (points[:, 2] > 0.02)]
    tops = stops[stops[:, 2] < 1.0, 2]
    assert len(tops) > 50
    assert tops.max() == pytest.approx(STOP_HEIGHT, abs=1e-3)
