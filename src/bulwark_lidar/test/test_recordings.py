# SPDX-License-Identifier: Apache-2.0
"""The chain on public recordings, where they are: one lead car, one street of standing things."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from rosbags.highlevel import AnyReader

from bulwark_core.convert.clouds import read_cloud
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.transforms import read_transforms
from bulwark_core.geometry import rigid
from bulwark_core.health import Level
from bulwark_core.objects import EgoMotion, Motion
from bulwark_lidar.cloud import usable_points
from bulwark_lidar.dirt import DirtWatch
from bulwark_lidar.ground import GROUND, remove_ground
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline
from bulwark_lidar.plausibility import SectorWatch, judge_points
from bulwark_lidar.sectors import steep_returns

pytestmark = pytest.mark.data

GROUND_CLASSES = (9, 10, 11, 12)  # SemanticKITTI train ids: road, parking, sidewalk, other ground


def read(folder):
    """Clouds and own motions by stamp, and the lidar's mount or None."""
    clouds, egos, mount = {}, {}, None
    with AnyReader([folder]) as reader:
        for connection, _, raw in reader.messages():
            message = reader.deserialize(raw, connection.msgtype)
            if connection.msgtype.endswith("PointCloud2"):
                cloud = read_cloud(message)
                clouds[cloud.stamp_ns] = cloud.xyz
            elif connection.msgtype.endswith("Odometry"):
                ego = read_odometry(message)
                egos[ego.stamp_ns] = ego
            elif connection.msgtype.endswith("TFMessage"):
                chosen = [m for _, child, m in read_transforms(message) if child == "lidar"]
                mount = chosen[0] if chosen else mount
    return clouds, egos, mount


def play(bag, faster=1):
    """Own motion and result of each scan; `faster` squeezes the stamps and scales the speeds."""
    clouds, egos, mount = bag
    first, pipeline, results = min(clouds), LidarPipeline(LidarParams()), []
    for stamp, xyz in sorted(clouds.items()):
        ego, ns = egos[stamp], first + (stamp - first) // faster
        ego = EgoMotion(ns, ego.speed * faster, ego.yaw_rate * faster, ego.x, ego.y, ego.yaw)
        results.append((ego, pipeline.update(xyz, ego, ns, mount)))
    return results


@pytest.fixture(scope="module")
def lead_bag(recordings):
    return read(recordings / "bags" / "kitti_lead_vehicle")


@pytest.fixture(scope="module")
def street_bag(recordings):
    return read(recordings / "bags" / "kitti_street")


@pytest.fixture(scope="module")
def reference(recordings):
    path = recordings / "bags" / "kitti_lead_vehicle" / "lead_reference.csv"
    rows = list(csv.reader(path.open()))[1:]
    return np.array([[float(row[2]), float(row[4])] for row in rows])


def lead_of(result):
    """The object in the lane whose side is nearest ahead."""
    ahead = [o for o in result.objects if abs(o.y) < 1.2 and 3.9 < o.footprint()[:, 0].min() < 12.0]
    return min(ahead, key=lambda o: o.footprint()[:, 0].min(), default=None)


@pytest.mark.parametrize("faster", [1, 10])
def test_the_lead_car_is_one_track_with_the_right_distance_and_speed(lead_bag, reference, faster):
    results = play(lead_bag, faster)
    leads = [lead_of(result) for _, result in results]
    ids = [lead.id for lead in leads if lead]
    main = max(set(ids), key=ids.count)
    assert ids.count(main) >= 40
    assert [lead is not None and lead.id == main for lead in leads].index(True) <= 4
    rows = [k for k, lead in enumerate(leads) if lead]
    near = [leads[k].footprint()[:, 0].min() - reference[k, 0] for k in rows]
    assert np.median(np.abs(near)) < 0.15
    late = [k for k in rows if k > 8]
    closing = [(results[k][0].speed - leads[k].vx) / faster - reference[k, 1] for k in late]
    assert np.median(np.abs(closing)) < 0.2


def in_odom(ego, tracked):
    cos, sin = np.cos(ego.yaw), np.sin(ego.yaw)
    x = tracked.x * cos - tracked.y * sin + ego.x
    return x, tracked.x * sin + tracked.y * cos + ego.y


@pytest.mark.parametrize("faster", [1, 10])
def test_what_stands_in_the_street_stands(street_bag, faster):
    """One car drives towards the recording one, on its left; all else stands."""
    speeds, moving = [], set()
    for ego, result in play(street_bag, faster):
        for tracked in result.objects:
            _, y = in_odom(ego, tracked)
            if tracked.measurements < 4 or 0.5 < y < 5.0:
                continue
            speeds.append(np.hypot(tracked.vx, tracked.vy) / faster)
            if tracked.motion is Motion.MOVING:
                moving.add(tracked.id)
    assert len(speeds) > 1000
    assert np.percentile(speeds, 95) < 0.4
    assert not moving


def test_nothing_is_in_the_way_in_the_street(street_bag):
    for _, result in play(street_bag):
        for tracked in result.objects:
            outline = tracked.footprint()
            ahead = (outline[:, 0] > 4.0) & (outline[:, 0] < 20.0)
            assert not (ahead & (np.abs(outline[:, 1]) < 1.2)).any()


def test_the_oncoming_car_is_seen_coming(street_bag):
    oncoming = [
        o
        for _, result in play(street_bag)
        for o in result.objects
        if 1.0 < o.y < 4.5 and 0.0 < o.x < 14.0 and o.motion is Motion.MOVING
    ]
    assert len(oncoming) >= 3
    assert all(-10.0 < o.vx < -5.0 for o in oncoming)


@pytest.mark.parametrize("name", ["lead_bag", "street_bag"])
def test_no_sector_of_a_clean_lidar_is_called_blocked(request, name):
    """Each drive several times over, so that there is way enough to suspect dirt."""
    clouds, egos, mount = request.getfixturevalue(name)
    params, mount = LidarParams(), rigid(0.0, 0.0, 1.73) if mount is None else mount
    watch, dirt = SectorWatch(params.plausibility.blocked_scans), DirtWatch(params.plausibility)
    stamps = sorted(clouds)
    for stamp in stamps * 4:
        points = usable_points(clouds[stamp], mount, params.vehicle, 80.0, 0.3, 0.5)
        watch.update(points.sectors)
        dirt.update(steep_returns(points.xyz, mount), max(egos[stamp].speed * 0.1, 1.0))
        status = judge_points(points, watch, dirt, 0.0, params.plausibility)
        assert status.level is Level.OK, status.message


@pytest.mark.parametrize("name", ["000000", "000001", "000002"])
def test_labelled_ground_is_found(recordings, name):
    folder = recordings / "scans" / "semantickitti_full"
    xyz = np.fromfile(folder / f"{name}.bin", np.float32).reshape(-1, 4)[:, :3]
    labels = np.fromfile(folder / f"{name}.int16", np.int16)
    mount = rigid(0.0, 0.0, 1.73)
    everything = LidarParams()
    points = usable_points(xyz, mount, everything.vehicle, 1000.0, 0.0, 0.5)
    inside = _inside_body(xyz, everything)
    assert len(points.xyz) == (~inside).sum()
    found = remove_ground(points.xyz, 0.0, 0.0, 80.0, everything.ground).labels == GROUND
    known, labels = labels[~inside] >= 0, labels[~inside]
    truth = np.isin(labels, GROUND_CLASSES)
    assert (found & truth).sum() / truth.sum() > 0.99
    assert (found & truth).sum() / (found & known).sum() > 0.88


def _inside_body(xyz, params):
    car, margin = params.vehicle, params.cloud.body_margin
    inside = (xyz[:, 0] > car.rear) & (xyz[:, 0] < car.front)
    return inside & (np.abs(xyz[:, 1]) < car.width / 2 + margin) & (xyz[:, 2] + 1.73 < 2.1)
