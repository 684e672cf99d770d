# SPDX-License-Identifier: Apache-2.0
"""Dirt on the window against changes of the scene."""

import dataclasses

import numpy as np
import pytest

from bulwark_core.geometry import rigid
from bulwark_core.health import Level
from bulwark_core.vehicle import VehicleParams
from bulwark_lidar.cloud import usable_points
from bulwark_lidar.dirt import DirtWatch
from bulwark_lidar.params import LidarParams
from bulwark_lidar.plausibility import SectorWatch, judge_points
from bulwark_lidar.sectors import steep_returns

PARAMS = LidarParams().plausibility
MOUNT = rigid(0.0, 0.0, 1.73)
WAY = 1.0
"""From scan to scan [m]."""


class Judge:
    """What is said of one scan after another."""

    def __init__(self):
        self.watch, self.dirt = SectorWatch(PARAMS.blocked_scans), DirtWatch(PARAMS)

    def __call__(self, cloud, way=WAY):
        points = usable_points(cloud, MOUNT, VehicleParams(), 80.0, 0.3, 0.5)
        self.watch.update(points.sectors)
        self.dirt.update(steep_returns(points.xyz, MOUNT), way)
        return judge_points(points, self.watch, self.dirt, 0.0, PARAMS)


@pytest.fixture
def judge():
    return Judge()


def dirty(cloud, low, high, lost, seed=0):
    """A cloud that lacks a share of its points between two bearings [deg]."""
    bearing = np.degrees(np.arctan2(cloud[:, 1], cloud[:, 0]))
    hit = (bearing > low) & (bearing < high)
    return cloud[~hit | (np.random.default_rng(seed).random(len(cloud)) > lost)]


def test_a_dirty_sector_is_named_after_a_way(scan, judge):
    clean = scan([])
    for _ in range(40):
        assert judge(clean).level is Level.OK
    said = [judge(dirty(clean, -45, -20, 0.8, k)) for k in range(60)]
    assert [s.level for s in said[:30]] == [Level.OK] * 30
    assert said[-1].level is Level.DEGRADED
    assert "partly blocked from " in said[-1].message
    assert "degrees right of ahead" in said[-1].message
    assert float(said[-1].values["dirty_deg"]) == pytest.approx(25.0, abs=7.0)


def test_it_is_over_when_the_window_is_clean_again(scan, judge):
    clean = scan([])
    for k in range(100):
        judge(clean if k < 40 else dirty(clean, 20, 60, 0.9, k))
    for _ in range(20):
        last = judge(clean)
    assert last.level is Level.OK


def test_it_is_not_judged_while_the_car_stands(scan, judge):
    """A black car that stands beside at the light is no dirt."""
    clean = scan([])
    for _ in range(40):
        judge(clean)
    said = [judge(dirty(clean, 20, 60, 0.9, k), way=0.0) for k in range(80)]
    assert {s.level for s in said} == {Level.OK}


def test_a_little_dirt_is_not_reported(scan, judge):
    clean = scan([])
    said = [judge(clean if k < 40 else dirty(clean, 20, 60, 0.4, k)) for k in range(120)]
    assert {s.level for s in said} == {Level.OK}


def test_a_wet_road_all_around_is_no_dirty_sector(scan, judge):
    clean = scan([])
    said = [judge(clean if k < 40 else dirty(clean, -180, 180, 0.8, k)) for k in range(120)]
    assert {s.level for s in said} == {Level.OK}


@pytest.mark.parametrize("first", ["wall", "field"])
def test_walls_and_open_fields_are_no_dirt(scan, solid, judge, first):
    walls = [solid(0.0, 4.0, 200.0, 0.3, 6.0), solid(0.0, -5.0, 200.0, 0.3, 6.0)]
    street, field = scan(walls), scan([])
    before, after = (street, field) if first == "wall" else (field, street)
    said = [judge(before if k < 60 else after) for k in range(160)]
    assert {s.level for s in said} == {Level.OK}


def test_without_learning_there_is_no_verdict(scan):
    watch = DirtWatch(dataclasses.replace(PARAMS, dirty_way=0.0))
    assert (watch.share == 1.0).all()
    watch.update(np.zeros(72, np.int32), 5.0)
    assert not watch.dirty.any()
