# SPDX-License-Identifier: Apache-2.0
"""Debug outputs: only where somebody listens, and what they show."""

import math
from dataclasses import replace

import numpy as np
import pytest
from visualization_msgs.msg import Marker

from bulwark_core.component import Now
from bulwark_core.convert.clouds import make_cloud, read_cloud
from bulwark_core.geometry import rigid
from bulwark_core.interfaces import Direction, load_manifest
from bulwark_core.objects import EgoMotion, Motion, ObjectClass, TrackedObject
from bulwark_lidar.component import LidarPerception
from bulwark_lidar.debug import COLOURS, debug_outputs
from bulwark_lidar.markers import make_markers
from bulwark_lidar.params import LidarParams, MountParams
from bulwark_lidar.pipeline import LidarPipeline

MOUNT = rigid(0.0, 0.0, 1.73)
SECOND = 1_000_000_000
PORTS = [port.name for port in load_manifest().nodes["lidar_perception"].of(Direction.DEBUG)]


@pytest.fixture
def street(scan, solid):
    """Two boxes, a bridge over the road, and drops in the air before the car."""
    solids = [
        solid(12.0, 4.0, 4.0, 1.8, 1.5, yaw=0.3),
        solid(15.0, -5.0, 4.0, 1.8, 1.5),
        solid(40.0, 0.0, 2.0, 20.0, 1.0, bottom=2.6),
    ]
    drops = np.random.default_rng(1).uniform([3, -3, -1.2], [9, 1, 0.2], (300, 3))
    return np.vstack([scan(solids, beams=64), drops.astype(np.float32)])


@pytest.fixture
def result(street):
    return LidarPipeline(LidarParams()).update(street, EgoMotion(SECOND, 0.0, 0.0), SECOND, MOUNT)


def made(result, port):
    (output,) = debug_outputs(result, "base_link", lambda name: name == port)
    assert output.port == port
    return output.message


@pytest.mark.parametrize("heard", [set(), *({port} for port in PORTS), set(PORTS)])
def test_a_port_sends_only_where_somebody_listens(street, heard):
    component = LidarPerception(LidarParams())
    component.is_listened_to = lambda port: port in heard
    message = make_cloud(street, "lidar", SECOND)
    outputs = component.handlers()["points"](message, Now(SECOND, SECOND))
    assert {output.port for output in outputs} == {"objects", "obstacle_points"} | heard
    assert all(output.message.header.frame_id == "base_link" for output in list(outputs)[:2])


def test_nothing_is_made_for_nobody(result):
    bare = replace(result, points=None, ground=None, clusters=None, boxes=None, objects=None)
    assert debug_outputs(bare, "base_link", lambda _port: False) == []


def test_every_usable_point_of_a_stage_is_in_its_cloud(result):
    ground = read_cloud(made(result, "ground_points"))
    assert len(ground.xyz) > 5000
    assert np.abs(ground.xyz[:, 2]).max() < 0.5
    assert (ground.frame_id, ground.stamp_ns) == ("base_link", SECOND)
    overhead = read_cloud(made(result, "overhead_points")).xyz
    assert len(overhead) > 50
    assert (overhead[:, 0] > 38.0).all()
    assert (overhead[:, 2] > 2.5).all()
    airborne = read_cloud(made(result, "airborne_points")).xyz
    assert len(airborne) == result.airborne > 100
    assert airborne[:, 0].max() < 9.1
    labels = result.ground.labels
    assert len(ground.xyz) == (labels == 0).sum()
    assert len(overhead) == (labels == 2).sum()


def test_clusters_have_colours_and_stray_points_are_left_out(result):
    labels = result.clusters.labels.copy()
    labels[:5] = -1
    many = replace(result, clusters=replace(result.clusters, labels=labels + 20 * (labels > 0)))
    cloud = read_cloud(made(many, "clusters"))
    chosen = labels >= 0
    assert 0 < len(cloud.xyz) == chosen.sum() <= len(labels) - 5
    assert (cloud.xyz == result.obstacle_points[chosen]).all()
    expected = many.clusters.labels[chosen] % COLOURS
    assert (cloud.intensity == expected).all()
    assert cloud.intensity.max() < COLOURS


def test_boxes_are_those_of_the_scan_with_the_sides_that_face_the_lidar(result):
    first, *boxes, sides = made(result, "boxes").markers
    assert first.action == Marker.DELETEALL
    assert len(boxes) == len(result.boxes) >= 2
    left = min(
        boxes, key=lambda box: math.hypot(box.pose.position.x - 12.0, box.pose.position.y - 4.0)
    )
    assert left.pose.position.z + left.scale.z / 2.0 == pytest.approx(1.5, abs=0.15)
    assert left.pose.position.z - left.scale.z / 2.0 == pytest.approx(0.0, abs=0.15)
    assert sides.type == Marker.LINE_LIST
    assert len(sides.points) == 4 * len(boxes)
    k = boxes.index(left)
    end, corner, again, other = ((p.x, p.y) for p in sides.points[4 * k : 4 * k + 4])
    assert corner == again
    x, y = -2.0, -0.9  # the corner of the box itself that is nearest to the lidar
    nearest = (
        12.0 + x * math.cos(0.3) - y * math.sin(0.3),
        4.0 + x * math.sin(0.3) + y * math.cos(0.3),
    )
    assert corner == pytest.approx(nearest, abs=0.15)
    lengths = sorted((math.dist(end, corner), math.dist(other, corner)))
    assert lengths == pytest.approx(sorted((left.scale.x, left.scale.y)))


def test_a_scan_without_things_deletes_the_old_boxes(scan):
    result = LidarPipeline(LidarParams()).update(scan([]), None, SECOND, MOUNT)
    (only,) = made(result, "boxes").markers
    assert only.action == Marker.DELETEALL


def test_without_a_mount_all_heights_are_above_the_road(scan, solid):
    mount = MountParams(z=2.2)  # the scan is taken half a metre lower
    cloud = scan([solid(12.0, 0.0, 4.0, 1.8, 1.5)])
    result = LidarPipeline(LidarParams(mount=mount)).update(cloud, None, SECOND)
    assert result.road_height == pytest.approx(0.47, abs=0.05)
    assert np.median(read_cloud(made(result, "ground_points")).xyz[:, 2]) == pytest.approx(
        0, abs=0.05
    )
    (box,) = (m for m in made(result, "boxes").markers if m.ns == "boxes")
    assert box.pose.position.z == pytest.approx(0.75, abs=0.1)


def test_tracks_have_boxes_labels_and_arrows_where_they_move():
    stands = TrackedObject(7, 10.0, 2.0, 0.8, 0.0, 4.0, 2.0, 1.6, object_class=ObjectClass.CAR)
    moves = TrackedObject(
        2**31 + 9, 20.0, 0.0, 0.9, 0.0, 0.5, 0.5, 1.8, 3.0, 4.0, motion=Motion.MOVING
    )
    first, *rest = make_markers([stands, moves], SECOND, "base_link").markers
    assert first.action == Marker.DELETEALL
    found = {(m.ns, m.id): m for m in rest}
    assert set(found) == {
        ("objects", 7), ("labels", 7), ("objects", 9), ("labels", 9), ("speeds", 9)
    }  # fmt: skip
    assert found["labels", 7].text == "car 7"
    assert found["labels", 7].pose.position.z > 1.6
    assert found["labels", 9].text == f"unknown {2**31 + 9}\n5.0 m/s"
    start, tip = found["speeds", 9].points
    assert (tip.x - start.x, tip.y - start.y) == (3.0, 4.0)
    assert all(0 < m.lifetime.nanosec < SECOND for m in rest)
