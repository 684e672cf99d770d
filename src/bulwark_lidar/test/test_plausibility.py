# SPDX-License-Identifier: Apache-2.0
"""What makes a scan implausible, and that the reason is named."""

import math
import re

import numpy as np
import pytest

from bulwark_core.health import Level
from bulwark_core.vehicle import VehicleParams
from bulwark_lidar.cloud import SECTORS, usable_points
from bulwark_lidar.dirt import DirtWatch
from bulwark_lidar.params import MountParams, PlausibilityParams
from bulwark_lidar.plane import RoadPlane
from bulwark_lidar.plausibility import (
    MountWatch,
    SectorWatch,
    StampVerdict,
    judge_points,
    judge_stamp,
)

PARAMS = PlausibilityParams()


def judge(cloud, watch=None, scans=2, yaw=0.0):
    watch, dirt = watch or SectorWatch(PARAMS.blocked_scans), DirtWatch(PARAMS)
    points = usable_points(cloud, np.eye(4), VehicleParams(), 80.0, 0.3, 0.5)
    for _ in range(scans):
        watch.update(points.sectors)
    return judge_points(points, watch, dirt, yaw, PARAMS)


def without_sector(cloud, centre, width):
    bearing = np.arctan2(cloud[:, 1], cloud[:, 0]) - centre
    return cloud[np.abs((bearing + math.pi) % (2 * math.pi) - math.pi) > width / 2]


def test_a_good_scan_is_ok(scan):
    assert judge(scan([])).level is Level.OK


def test_an_empty_cloud(scan):
    status = judge(np.empty((0, 3), np.float32))
    assert status.level is Level.ERROR
    assert "empty" in status.message


def test_few_points(scan):
    status = judge(scan([])[::200])
    assert status.level is Level.ERROR
    assert "usable points" in status.message


def test_many_nan(scan):
    cloud = scan([])
    cloud[::3] = np.nan
    status = judge(cloud)
    assert status.level is Level.DEGRADED
    assert "33%" in status.message


def test_everything_on_the_sensor(scan):
    status = judge(scan([]) * 0.001)
    assert status.level is Level.ERROR
    assert "on the sensor" in status.message


def test_a_blocked_sector_is_noticed_after_some_scans(scan):
    watch = SectorWatch(PARAMS.blocked_scans)
    assert judge(scan([]), watch, scans=5).level is Level.OK
    blocked = without_sector(scan([]), math.pi / 2, 1.0)
    assert judge(blocked, watch, scans=1).level is Level.OK
    status = judge(blocked, watch, scans=1)
    assert status.level is Level.DEGRADED
    assert re.fullmatch("view blocked from 6[1-5] to 11[5-9] degrees left of ahead", status.message)
    assert judge(scan([]), watch, scans=1).level is Level.OK


def test_a_lidar_that_never_saw_behind_is_not_blocked(scan):
    cloud = scan([])
    assert judge(cloud[cloud[:, 0] > 0.0], scans=5).level is Level.OK


@pytest.mark.parametrize("yaw", [0.0, 1.2, math.pi])
def test_nothing_ahead_is_an_error_however_the_lidar_is_turned(scan, yaw):
    status = judge(without_sector(scan([]), -yaw, 1.0), yaw=yaw)
    assert status.level is Level.ERROR
    assert "ahead" in status.message


@pytest.mark.parametrize(
    "stamp, last, verdict",
    [
        (10, None, StampVerdict.NEW),
        (11, 10, StampVerdict.NEW),
        (10, 10, StampVerdict.REPEATED),
        (2_000_000_000, 2_100_000_000, StampVerdict.OLDER),
        (1_000_000_000, 2_100_000_000, StampVerdict.JUMPED),
    ],
)
def test_stamps(stamp, last, verdict):
    assert judge_stamp(stamp, last, 1.0) is verdict


@pytest.mark.parametrize(
    "plane, level, word",
    [
        (RoadPlane(0.0, 0.0, 0.05, 100), Level.OK, "agrees"),
        (RoadPlane(0.0, 0.0, 0.40, 100), Level.DEGRADED, "+0.40 m"),
        (RoadPlane(0.10, 0.0, 0.0, 100), Level.DEGRADED, "tilted"),
        (RoadPlane(), Level.OK, "no road"),
    ],
)
def test_the_mount_is_compared_with_the_road(plane, level, word):
    watch = MountWatch(MountParams())
    for _ in range(5):
        watch.update(plane)
    status = watch.status(assumed=False)
    assert status.level is level
    assert word in status.message


def test_an_assumed_mount_says_so():
    watch = MountWatch(MountParams())
    watch.update(RoadPlane(0.0, 0.0, 0.5, 100))
    status = watch.status(assumed=True)
    assert status.level is Level.OK
    assert status.values["mount"] == "assumed"


def test_sectors_cover_the_circle():
    assert SectorWatch(1).blocked.shape == (SECTORS,)
