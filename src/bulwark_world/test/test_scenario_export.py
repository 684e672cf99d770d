# SPDX-License-Identifier: Apache-2.0
"""Export to OpenDRIVE and OpenSCENARIO: what the files hold is what the world is."""

import sys
import xml.etree.ElementTree as ElementTree

import pytest

from bulwark_core.errors import ScenarioError
from bulwark_core.vehicle import VehicleParams
from bulwark_world.scenario import load_scenario
from bulwark_world.scenario_export import export

BODY = VehicleParams()


def world(name, **values):
    return load_scenario(name).build(values, 1, BODY)[0]


def exported(tmp_path, name, **values):
    pytest.importorskip("scenariogeneration", reason="scenariogeneration is not installed")
    one = world(name, **values)
    road, story = export(one, name, tmp_path)
    return one, ElementTree.parse(road).getroot(), ElementTree.parse(story).getroot()


def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scenariogeneration", None)
    monkeypatch.setitem(sys.modules, "scenariogeneration.xodr", None)
    with pytest.raises(ScenarioError, match="pip install scenariogeneration"):
        export(world("bend_rail"), "bend_rail", tmp_path)


def test_the_way_is_the_road_s_line(tmp_path):
    one, road, _ = exported(tmp_path, "bend_rail")
    pieces = road.findall(".//planView/geometry")
    assert [p[0].tag for p in pieces] == ["line", "line", "spiral", "arc", "spiral", "line"]
    way = one.place.way
    for piece in pieces:
        pose = way.pose(float(piece.get("s")) + way.start)
        there = float(piece.get("x")), float(piece.get("y"))
        assert there == pytest.approx((pose.x, pose.y), abs=1e-3)


def test_heights_lanes_and_things_are_there(tmp_path):
    one, road, _ = exported(tmp_path, "rural")
    heights = {float(e.get("s")): float(e.get("a")) for e in road.findall(".//elevation")}
    for s, z in heights.items():
        assert z == pytest.approx(one.place.surface.at(s + one.place.start), abs=1e-9)
    assert len(heights) > 100
    widths = [float(w.get("a")) for w in road.findall(".//lane[@type='driving']/width")]
    assert widths == [3.0, 3.0]
    assert len(road.findall(".//objects/object")) == len(one.furniture)


def test_actors_move_as_they_do(tmp_path):
    one, _, story = exported(tmp_path, "lead_turns_off")
    lead = one.actors[0]
    vertices = story.findall(".//Vertex")
    assert len(vertices) > 50
    for vertex in vertices[::10]:
        place, pose = vertex.find(".//WorldPosition"), lead.pose(float(vertex.get("time")))
        there = float(place.get("x")), float(place.get("y")), float(place.get("h"))
        assert there == pytest.approx((pose.x, pose.y, pose.yaw))
    names = {entity.get("name") for entity in story.findall(".//ScenarioObject")}
    assert names == {"ego", "target"}
    speeds = story.findall(".//AbsoluteTargetSpeed")
    assert float(speeds[0].get("value")) == pytest.approx(one.ego.speed)


def test_weather_is_there(tmp_path):
    _, _, story = exported(tmp_path, "bad_air", rain=20.0, fog=100.0)
    assert float(story.find(".//Fog").get("visualRange")) == 100.0
    assert story.find(".//Precipitation").get("precipitationType") == "rain"
