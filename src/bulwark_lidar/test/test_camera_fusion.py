# SPDX-License-Identifier: Apache-2.0
"""Camera objects on tracks: the right ones, in time, and never more than a name."""

from __future__ import annotations

import math

import numpy as np
import pytest
from geometry_msgs.msg import Point
from sensor_msgs.msg import CameraInfo

from bulwark_core.component import Now
from bulwark_core.convert.clouds import make_cloud
from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.stamps import make_header
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.geometry import rigid
from bulwark_core.health import Level
from bulwark_core.objects import EgoMotion, ObjectClass
from bulwark_core.offline import OfflineHost
from bulwark_lidar.component import LidarPerception
from bulwark_lidar.params import CameraFusionParams, LidarParams
from bulwark_msgs.msg import CameraObject, CameraObjectArray

MS, SECOND = 1_000_000, 1_000_000_000
SPEED = 5.0
SIZE = (400, 800)
F, CX, CY = 500.0, 400.0, 200.0
HEIGHT = 1.4
OPTICAL = np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
C = ObjectClass


class Road:
    """The component on a road where the car drives towards a thing at a constant speed."""

    def __init__(self, scan, solid, **params):
        self.component = LidarPerception(LidarParams(camera=CameraFusionParams(**params)))
        self.host = OfflineHost([self.component])
        self.arrays = []
        self.host.on_output(self._keep)
        self._scan, self._solid = scan, solid
        self.ns = SECOND
        transforms = [
            ("base_link", "lidar", rigid(0.0, 0.0, 1.73)),
            ("base_link", "camera", rigid(0.0, 0.0, HEIGHT) @ OPTICAL),
        ]
        self.host.deliver("/tf_static", make_transforms(transforms), self.ns)

    def _keep(self, topic, message, _ns):
        if topic == "/perception/lidar/objects":
            self.arrays.append(message)

    def calibrate(self, **fields):
        k = [F, 0.0, CX, 0.0, F, CY, 0.0, 0.0, 1.0]
        values = {"width": SIZE[1], "height": SIZE[0], "k": k, "d": [0.0] * 5}
        info = CameraInfo(distortion_model="plumb_bob", **{**values, **fields})
        self.host.deliver("/camera/front/camera_info", info, self.ns)
        return self

    def drive(self, scans, sees=None, late_ms=0):
        """Scans at 10 Hz with a thing 2 x 0.6 x 1.5 m that stands at 20 m at first.

        sees: what makes the camera's message from the range at its exposure; that is so much
        before the scan.
        """
        for _ in range(scans):
            self.ns += 100 * MS
            t = (self.ns - SECOND) / 1e9
            ego = EgoMotion(self.ns, SPEED, 0.0)
            self.host.deliver("/vehicle/odometry", make_odometry(ego), self.ns)
            if sees is not None:
                exposed = self.ns - late_ms * MS
                message = sees(20.0 - SPEED * (t - late_ms / 1e3), exposed)
                self.host.deliver("/perception/camera/objects", message, self.ns)
            cloud = self._scan(
                [self._solid(20.0 - SPEED * t, 0.0, 0.6, 2.0, 1.5)], seed=int(t * 10)
            )
            self.host.deliver("/lidar/points", make_cloud(cloud, "lidar", self.ns), self.ns)
        return read_objects(self.arrays[-1])

    def camera(self):
        statuses = self.component.health(Now(self.ns, self.ns))
        return {status.task: status for status in statuses}["camera"]


def box(x, y=0.0, width=2.0, height=1.5, kind=C.WATER_BARRIER, score=0.8, placed=True):
    """A camera object whose near side is x - 0.3 m ahead."""
    near = x - 0.3
    item = CameraObject(id=1, classification=int(kind), score=score)
    item.x_min, item.x_max = CX - F * (y + width / 2) / near, CX - F * (y - width / 2) / near
    item.y_min, item.y_max = CY + F * (HEIGHT - height) / near, CY + F * HEIGHT / near
    if placed:
        item.has_position, item.range_std = True, 0.05 * near
        item.position = Point(x=near, y=y, z=0.0)
    return item


def picture(*items, stamp, frame="camera", size=SIZE):
    return CameraObjectArray(
        header=make_header(stamp, frame), image_width=size[1], image_height=size[0],
        objects=list(items),
    )  # fmt: skip


def sees(**fields):
    return lambda x, stamp: picture(box(x, **fields), stamp=stamp)


@pytest.fixture
def road(scan, solid):
    return Road(scan, solid).calibrate()


@pytest.fixture
def alone(scan, solid):
    """What the lidar sends of six scans without a camera."""
    lidar = Road(scan, solid)
    lidar.drive(6)
    return [str(array) for array in lidar.arrays]


def sent(road):
    return [str(array) for array in road.arrays]


def test_a_camera_names_the_track_in_front_of_it(road, scan, solid):
    (thing,) = road.drive(4, sees())
    assert thing.object_class is C.WATER_BARRIER
    assert thing.class_probability == pytest.approx(0.65, abs=0.1)  # by size it may be a car
    assert road.camera().values == {"named": "1"}
    (lidar_alone,) = Road(scan, solid).drive(4)
    assert lidar_alone.object_class is not C.WATER_BARRIER
    assert lidar_alone.existence < thing.existence
    names = ("object_class", "class_probability", "existence")
    assert thing.but(**{name: getattr(lidar_alone, name) for name in names}) == lidar_alone


def test_a_name_stays_when_the_camera_dies(road):
    road.drive(4, sees())
    (thing,) = road.drive(5)
    assert thing.object_class is C.WATER_BARRIER
    assert "silent" in road.camera().message


@pytest.mark.parametrize("late_ms", [-30, 60, 250])
def test_a_picture_is_laid_over_the_scan_as_of_its_exposure(road, late_ms):
    """At 5 m/s a picture of 250 ms ago shows the thing 1.25 m farther away."""
    road.drive(5)
    (thing,) = road.drive(4, sees(), late_ms=late_ms)
    assert thing.object_class is C.WATER_BARRIER


def elsewhere(x, stamp):
    return picture(box(x, y=3.0), stamp=stamp)


def much_farther(x, stamp):
    item = box(x)
    item.position.x += 15.0
    return picture(item, stamp=stamp)


def person_as_wide_as_a_car(x, stamp):
    return picture(box(x, kind=C.PEDESTRIAN), stamp=stamp)


def too_old(x, _stamp):
    return picture(box(x), stamp=SECOND // 2)


def not_finite(x, stamp):
    item = box(x)
    item.x_min = math.nan
    return picture(item, stamp=stamp)


def inside_out(x, stamp):
    item = box(x)
    item.x_min, item.x_max = item.x_max, item.x_min
    return picture(item, stamp=stamp)


def another_size(x, stamp):
    return picture(box(x), stamp=stamp, size=(480, 640))


def unknown_frame(x, stamp):
    return picture(box(x), stamp=stamp, frame="nowhere")


WRONG = [
    elsewhere, much_farther, person_as_wide_as_a_car, too_old, not_finite, inside_out,
    another_size, unknown_frame,
]  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_with_a_wrong_camera_tracks_are_as_without_one(road, alone, wrong):
    road.drive(6, wrong)
    assert sent(road) == alone
    assert road.camera().level is Level.OK


def test_without_camera_info_tracks_are_as_without_a_camera(scan, solid, alone):
    road = Road(scan, solid)
    road.drive(6, sees())
    assert sent(road) == alone
    assert "no camera_info" in road.camera().message


def test_a_camera_that_cannot_be_read_is_named(scan, solid, alone):
    road = Road(scan, solid).calibrate(k=[0.0] * 9)
    road.drive(6, sees())
    assert sent(road) == alone
    assert "not calibrated" in road.camera().message


def test_it_can_be_switched_off(scan, solid, alone):
    road = Road(scan, solid, use=False).calibrate()
    road.drive(6, sees())
    assert sent(road) == alone


def test_a_picture_counts_once_and_an_older_one_not_at_all(road, alone):
    first = picture(box(19.0), stamp=SECOND + 200 * MS)
    road.drive(2)
    for _ in range(3):
        road.host.deliver("/perception/camera/objects", first, road.ns)
        older = picture(box(19.0), stamp=SECOND + 150 * MS)
        road.host.deliver("/perception/camera/objects", older, road.ns)
        (thing,) = road.drive(1)
    assert thing.object_class is not C.WATER_BARRIER


def test_same_input_same_output(scan, solid):
    def run():
        road = Road(scan, solid).calibrate()
        road.drive(5, sees(placed=False), late_ms=40)
        return sent(road)

    assert run() == run()
