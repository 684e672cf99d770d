# SPDX-License-Identifier: Apache-2.0
"""What a report keeps of the sensors, and how a run's report shows it."""

import numpy as np
import pytest

from bulwark_core.convert.clouds import make_cloud
from bulwark_core.convert.images import make_image
from bulwark_core.convert.object_arrays import make_objects
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.geometry import rigid
from bulwark_core.objects import Motion, TrackedObject
from bulwark_world.sensor_watch import SensorWatch

NS = 1_100_000_000


def cloud(xyz, frame_id):
    return make_cloud(np.array(xyz, np.float32).reshape(-1, 3), frame_id, NS)


@pytest.fixture
def watch():
    watch = SensorWatch()
    watch("/tf_static", make_transforms([("base_link", "lidar", rigid(x=1.0, z=1.7))]), 0)
    return watch


def test_points_of_a_scan_are_in_base_link_and_what_is_overhead_is_left_out(watch):
    watch("/lidar/points", cloud([[10, 2, -1.7], [10, 2, 5.0], [np.nan, 0, 0]], "lidar"), NS)
    assert watch.frames[NS].points == pytest.approx(np.array([[11.0, 2.0]]))


def test_a_scan_is_thinned(watch):
    rng = np.random.default_rng(1)
    watch("/lidar/points", cloud(rng.uniform(-1, 1, (120_000, 3)), "lidar"), NS)
    watch("/perception/lidar/obstacle_points", cloud(rng.uniform(0, 1, (9000, 3)), "base_link"), NS)
    assert 300 < len(watch.frames[NS].points) <= 500
    assert 300 < len(watch.frames[NS].obstacle_points) <= 600


def test_a_picture_belongs_to_the_scan_after_it_and_to_no_other(watch):
    watch(
        "/camera/front/image_raw", make_image(np.zeros((384, 640, 3), np.uint8), "camera", NS), NS
    )
    watch("/lidar/points", cloud([[10, 2, -1.7]], "lidar"), NS)
    assert watch.frames[NS].jpeg is not None
    assert watch.frames[NS].jpeg[:2] == b"\xff\xd8"
    later = make_cloud(np.ones((1, 3), np.float32), "lidar", NS + 1)
    watch("/lidar/points", later, NS + 1)
    assert watch.frames[NS + 1].jpeg is None


def test_tracks_and_their_scan_meet_by_their_stamp(watch):
    track = TrackedObject(7, 10.0, 0.0, 0.75, 0.0, 4.0, 1.8, 1.5, motion=Motion.MOVING)
    watch("/lidar/points", cloud([[10, 0, -1.0]], "lidar"), NS)
    watch("/perception/lidar/objects", make_objects([track], NS), NS + 40_000_000)
    (frame,) = watch.frames.values()
    assert frame.tracks is not None
    assert [one.id for one in frame.tracks] == [7]


def test_other_topics_are_not_looked_at(watch):
    watch("/aeb/state", object(), NS)
    assert watch.frames == {}


def test_a_broken_message_shows_nothing_and_ends_nothing(watch):
    scan = cloud([[10, 2, -1.7]], "lidar")
    scan.data = scan.data[:5]
    watch("/lidar/points", scan, NS)
    assert watch.frames == {}
