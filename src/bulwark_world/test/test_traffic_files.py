# SPDX-License-Identifier: Apache-2.0
"""Traffic in scenario and suite files: what is read, what is refused, what is judged."""

from dataclasses import replace

import numpy as np
import pytest

from bulwark_core.errors import ScenarioError
from bulwark_core.vehicle import VehicleParams
from bulwark_world.expectation import Expectation
from bulwark_world.figures import Figures, figures_of
from bulwark_world.highway import Highway
from bulwark_world.lanes import BendSpeeds, lanes_of
from bulwark_world.materials import Material
from bulwark_world.mesh import box, merge
from bulwark_world.rates import Rate, driven, read_rates
from bulwark_world.recording import AebView, Recording, Row
from bulwark_world.scenario import load_scenario
from bulwark_world.site import Site
from bulwark_world.suite import load_suite
from bulwark_world.surroundings import Surroundings
from bulwark_world.town import Town
from bulwark_world.way import Way, bend
from bulwark_world.yaml_fields import Fields

BODY = VehicleParams()
QUIET = Figures(50.0, None, None, None, None, None, None, 3.0, 0.0, None, driven_s=1800.0)
TEXT = """\
about: A test.
road: {{}}
ego: {{{ego}}}
{traffic}
end: {{before_end: 50}}
"""


def build(tmp_path, ego, traffic):
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT.format(ego=ego, traffic=traffic))
    return load_scenario(str(file)).build({}, 1, BODY)[0]


def test_a_file_tells_the_traffic_and_where_the_run_ends(tmp_path):
    world = build(tmp_path, "cruise_kmh: 36, follows: true", "traffic: {vehicles: 12}")
    assert world.traffic.vehicles == 12.0
    assert world.ego.pace == 10.0
    assert world.end.station == world.place.end - 50.0
    assert world.place.start <= -200.0


@pytest.mark.parametrize(
    "ego, traffic, words",
    [
        ("", "traffic: {vehicles: -1}", ["mine.yaml:4: traffic.vehicles", "out of range"]),
        ("", "traffic: {vehicle: 1}", ["mine.yaml:4: traffic.vehicle", "did you mean 'vehicles'"]),
        ("", "traffic: {trucks: many}", ["mine.yaml:4: traffic.trucks", "float"]),
        ("follows: true", "", ["mine.yaml:3: ego.follows", "needs a field traffic"]),
        ("cruise_kmh: 0", "traffic: {}", ["mine.yaml:3: ego.cruise_kmh", "out of range"]),
    ],
)
def test_what_is_wrong_is_named(tmp_path, ego, traffic, words):
    with pytest.raises(ScenarioError) as caught:
        build(tmp_path, ego, traffic)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.slow
def test_the_suite_is_twenty_hours_of_which_the_layer_lidar_is_two():
    runs = load_suite("drive").runs
    seconds = {"lidar": 0.0, "objects": 0.0}
    for run in runs[::3]:
        world, expectation = run.build(1, BODY)
        assert expectation.most_warnings is not None
        seconds[run.layer] += 3.0 * world.end.station / world.ego.pace
    assert seconds["lidar"] / 3600.0 == pytest.approx(2.0, abs=0.6)
    assert sum(seconds.values()) / 3600.0 == pytest.approx(20.0, abs=3.0)


def test_another_seed_is_another_drive_and_half_of_them_are_engaged():
    one, other = (load_suite("drive", seed).runs for seed in (1, 2))
    assert [run.id for run in one] == [run.id for run in other]
    assert all(a.settings != b.settings for a, b in zip(one, other, strict=True))
    engaged = sum(run.settings["engaged"] for run in one) / len(one)
    assert 0.4 < engaged < 0.6


def view(stage, takeover=False):
    return AebView(state=2, stage=stage, takeover_request=takeover)


@pytest.mark.parametrize(
    "views, warnings, interventions",
    [
        ([view(0), view(0)], 0, 0),
        ([view(1), view(1), view(0), view(2)], 2, 0),
        ([view(1), view(3), view(4), view(0)], 1, 1),
        ([view(4), view(5), view(0), view(0, takeover=True)], 1, 2),
        ([replace(view(0, takeover=True), state=0), view(0)], 0, 0),
    ],
)
def test_what_begins_is_counted_once(views, warnings, interventions):
    world = load_scenario("drive_garage").build({}, 1, BODY)[0]
    row = Row(**dict.fromkeys(Row.__annotations__, 0.0))
    figures = figures_of(Recording(rows=[row] * len(views), aeb=views), world)
    assert (figures.warnings, figures.interventions) == (warnings, interventions)


def test_in_traffic_an_intervention_fails_and_a_planner_that_brakes_does_not():
    ordinary = Expectation(reaction=False, most_warnings=1)
    braked = replace(QUIET, brake_ttc_s=3.0, extra_decel=3.0)
    assert not ordinary.failures(replace(braked, warnings=1))
    assert ordinary.failures(replace(QUIET, warnings=2)) == ["false warnings: 2"]
    assert ordinary.failures(replace(QUIET, interventions=1)) == ["false braking, 1 times"]
    assert ordinary.failures(replace(QUIET, impact_kmh=1.0))


def test_a_false_warning_counts_where_the_run_has_no_target():
    expectation = Expectation(reaction=False)
    assert not expectation.failures(QUIET)
    assert expectation.failures(replace(QUIET, warnings=1)) == ["false warning"]


def record(seconds, warnings):
    return {"driven_s": seconds, "warnings": warnings, "interventions": 0}


@pytest.mark.parametrize(
    "records, passed",
    [
        ([], True),
        ([record(None, None)], True),
        ([record(7200.0, 0)], True),
        ([record(7200.0, 1)], False),
        ([record(36000.0, 1), record(3600.0, 0)], True),
        ([record(36000.0, 1), record(3600.0, 1)], False),
    ],
)
def test_so_many_events_in_ten_hours(records, passed):
    verdict = Rate("warnings", "warnings", 1.0).judge(records)
    assert verdict["passed"] is passed
    assert verdict["hours"] == driven(records)["driven_h"]


def test_a_wrong_rate_is_named(tmp_path):
    file = tmp_path / "suite.yaml"
    file.write_text("rates:\n  - {name: a, event: noises, most_in_10_h: 1}\n")
    with pytest.raises(ScenarioError, match=r"suite.yaml:2: rates\[0\].event: is 'noises'"):
        read_rates(Fields.of_file(file))


def test_lanes_of_a_place_from_right_to_left():
    lanes = lanes_of(Site(Highway(lane=2)))
    assert [lane.offset for lane in lanes] == [-3.75, 0.0, 3.75]
    town = lanes_of(Site(Town()), oncoming=1)
    assert [(lane.offset, lane.direction) for lane in town] == [(0.0, 1), (3.5, -1)]


def test_a_bend_is_taken_no_faster_than_comfort_allows_and_braked_for_before():
    way = Way((*bend(50.0, 1.5, 10.0),))
    for offset, direction in ((0.0, 1), (3.5, -1)):
        speeds = BendSpeeds(way, offset, direction)
        assert speeds.at(40.0) == pytest.approx((2.0 * (50.0 - offset)) ** 0.5, rel=0.01)
        before = speeds.at(-30.0 if direction > 0 else way.end + 30.0)
        assert before > speeds.at(40.0)
    assert BendSpeeds(Way(), 0.0, 1).at(3.0) == float("inf")


def test_surroundings_are_all_that_is_near_and_nothing_far():
    whole = merge(box(1.0, 1.0, 0.0, 1.0, Material.METAL).moved(x) for x in range(0, 1000, 10))
    near = Surroundings(whole, 100.0)
    assert near.move((500.0, 0.0))
    assert not near.move((510.0, 0.0))
    x = near.mesh.vertices[near.mesh.triangles][:, :, 0]
    assert x.min() == pytest.approx(379.5)
    assert x.max() == pytest.approx(620.5)
    assert len(near.mesh.materials) == len(near.mesh.triangles)
    assert near.move((530.0, 0.0))
    all_of_it = Surroundings(whole, np.inf)
    assert not all_of_it.move((500.0, 0.0))
    assert all_of_it.mesh is whole


def test_a_town_s_way_keeps_clear_of_itself_and_of_its_houses():
    place = Site(Town(length=1200.0, block=80.0))
    for thing in (*place.bystanders(1), *place.furniture(1)):
        corners = thing.footprint(0.0)
        offsets = [abs(place.way.project(x, y)[1] - 1.75) for x, y in corners]
        assert min(offsets) > 1.75 + 1.5 + 0.05, thing.name
