# SPDX-License-Identifier: Apache-2.0
"""Every place: the way is free, what is seen of the ground is what is driven on, seeds count."""

import math
from itertools import pairwise

import numpy as np
import pytest

from bulwark_core.errors import ScenarioError
from bulwark_core.params import build, specs
from bulwark_core.vehicle import VehicleParams
from bulwark_world.footprint import gap, overlap
from bulwark_world.places import DESIGNS
from bulwark_world.scenario import load_scenario
from bulwark_world.scene import NOTHING, Scene
from bulwark_world.site import Site

BODY = VehicleParams()
DENSE = np.arange(0.0, 100.0, 1.0)
GIVES_WAY = {"car_wash"}
"""Where the way is not free: curtains are driven through."""
VARIANTS = {
    "junction": [{"turn": "left"}, {"turn": "right"}],
    "roundabout": [{"exit": "left"}, {"exit": "right"}],
    "highway": [{"radius": 500.0, "lane": 1}, {"lane": 3, "merge_end": 0.0}],
    "bend": [{"turn_deg": -90.0, "radius": 15.0}],
    "rural": [{"radius": 150.0, "rise": -4.0}],
    "humps": [{"shape": s} for s in ("bump", "table", "plate", "cover")],
    "tunnel": [{"radius": 300.0}],
    "construction": [{"shift": -3.0}],
}
ALL = [(name, {}) for name in DESIGNS] + [(n, v) for n, vs in VARIANTS.items() for v in vs]


def site(name, values):
    return Site(build(DESIGNS[name], values))


def on_the_way(place):
    return [float(s) for s in DENSE if s < place.end - 10.0]


@pytest.mark.parametrize("name, values", ALL)
def test_the_way_is_free(name, values):
    place = site(name, values)
    for seed in (1, 2):
        things = [*place.bystanders(seed), *place.furniture(seed)]
        things = [a for a in things if a.kind.clearance < BODY.height]
        outlines = [a.footprint(0.0) for a in things]
        for station in on_the_way(place):
            own = place.way.pose(station).to_world(BODY.corners())
            near = [o for o in outlines if np.hypot(*(o.mean(axis=0) - own.mean(axis=0))) < 25.0]
            assert not any(overlap(own, outline) for outline in near)


def rays(places, height, down):
    rows = [(x, y, z + height, 0.0, 0.0, -1.0 if down else 1.0) for x, y, z in places]
    return np.array(rows, np.float32)


def under_the_wheels(place):
    """Places (x, y, z of the ground) where wheels roll."""
    surface, found = place.surface, []
    for station in on_the_way(place):
        for offset in (-0.8, 0.0, 0.8):
            pose = place.way.pose(station, offset)
            z = surface.height(pose.x, pose.y) if surface else 0.0
            found.append((pose.x, pose.y, z))
    return found


@pytest.mark.parametrize("name, values", ALL)
def test_the_ground_that_is_seen_is_the_ground_that_is_driven_on(name, values):
    place = site(name, values)
    scene = Scene(place, place.furniture(1), place.bystanders(1))
    scene.place(0.0)
    wheels = under_the_wheels(place)
    seen = scene.cast(rays(wheels, 0.2, down=True)).distance
    assert np.abs(seen - 0.2).max() < 0.02
    if name not in GIVES_WAY:
        above = scene.cast(rays(wheels, 0.15, down=False))
        free = (above.material == NOTHING) | (above.distance > BODY.height - 0.15)
        assert free.all()


@pytest.mark.parametrize("name", DESIGNS)
def test_a_seed_decides_and_a_run_up_only_adds_road(name):
    place = site(name, {})
    first, again = ([(a.name, a.start) for a in place.bystanders(3)] for _ in range(2))
    assert first == again
    longer = place.with_run_up(50.0)
    assert longer.start == place.start - 50.0
    assert longer.end == pytest.approx(place.end)
    assert longer.way.pose(20.0) == place.way.pose(20.0)
    names = [a.name for a in (*place.bystanders(1), *place.furniture(1))]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", DESIGNS)
def test_triangles_stay_few_enough_to_scan(name):
    place = site(name, {})
    actors = [*place.furniture(1), *place.bystanders(1)]
    count = len(place.mesh().triangles) + sum(len(a.kind.mesh.triangles) for a in actors)
    assert count < 15_000


@pytest.mark.parametrize("name", DESIGNS)
def test_every_parameter_works_at_both_ends_of_its_range(name):
    for spec in specs(DESIGNS[name]):
        ends = spec.choices or [v for v in (spec.minimum, spec.maximum) if v is not None]
        for value in ends:
            place = site(name, {spec.name: spec.type(value)})
            assert np.isfinite(place.mesh().vertices).all()
            place.bystanders(1), place.furniture(1), place.surface


def test_the_rail_of_a_bend_has_no_gaps_and_keeps_off_the_road():
    place = site("bend", {})
    rails = [a.footprint(0.0) for a in place.bystanders(1)]
    for one, other in pairwise(rails):
        assert gap(one, other) < 0.1
    outer = place.road.right_edge
    for rail in rails[:-3]:
        for x, y in rail:
            assert place.way.project(x, y)[1] < outer


def test_parked_cars_leave_what_shall_be_free():
    place = site("street", {"free": 3.0})
    for car in place.bystanders(5):
        assert np.abs(car.footprint(0.0)[:, 1]).min() > 1.5 - 1e-9


@pytest.mark.parametrize("turn, heading", [("left", math.pi / 2), ("right", -math.pi / 2)])
def test_a_turn_ends_in_the_right_lane_of_the_other_road(turn, heading):
    place = site("junction", {"turn": turn})
    end = place.way.pose(place.end)
    assert end.yaw == pytest.approx(heading)
    assert end.x == pytest.approx(45.0 + math.copysign(1.75, heading), abs=1e-3)


TEXT = """\
about: A test.
{place}
ego: {{speed_kmh: 30, {ego}}}
"""


@pytest.mark.parametrize(
    "place, ego, words",
    [
        ("bend: {radius: 2}", "", ["mine.yaml:2: bend.radius", "out of range"]),
        ("bend: {radios: 20}", "", ["mine.yaml:2: bend.radios", "did you mean 'radius'"]),
        ("junction: {turn: back}", "", ["mine.yaml:2: junction.turn", "straight, left, right"]),
        ("road: {}", "way: [{bow: 3}]", ["mine.yaml:3: ego.way[0]", "turn_deg"]),
        ("road: {}", "way: [{turn_deg: 30}]", ["ego.way[0].radius", "missing"]),
        ("road: {}", "way: [{shift: 3, over: 0}]", ["ego.way[0].over", "out of range"]),
        ("road: {}", "speeds: [[10, 30], [5, 20]]", ["ego.speeds", "growing"]),
        ("road: {}", "speeds: [[10, -30]]", ["ego.speeds", "negative"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path, place, ego, words):
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT.format(place=place, ego=ego))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(file)).build({}, 1, BODY)
    for word in words:
        assert word in str(caught.value)
