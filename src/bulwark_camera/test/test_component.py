# SPDX-License-Identifier: Apache-2.0
"""The component on the offline host: what it says, and what it does with bad input."""

import math

import cv2
import numpy as np
import pytest
from sensor_msgs.msg import CameraInfo, CompressedImage, Image

from bulwark_camera.component import CameraPerception
from bulwark_camera.params import CameraParams, ModelParams
from bulwark_core.component import Now
from bulwark_core.convert.clouds import as_bytes
from bulwark_core.convert.images import make_image
from bulwark_core.convert.stamps import make_header
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.geometry import rigid
from bulwark_core.health import Level
from bulwark_core.objects import ObjectClass
from bulwark_core.offline import OfflineHost

IMAGE = "/camera/front/image_raw"
COMPRESSED = "/camera/front/image_raw/compressed"
INFO = "/camera/front/camera_info"
MS = 1_000_000
OPTICAL = np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
CAR = 2


class Rig:
    """A camera of 64 x 64 pixels, 1.5 m above the axle, before a host with the component."""

    def __init__(self, path="", **params):
        self.component = CameraPerception(
            CameraParams(model=ModelParams(path=str(path), device="cpu"), **params)
        )
        self.host = OfflineHost([self.component])
        self.objects = []
        self.host.on_output(lambda topic, message, ns: self.objects.append(message))
        self.ms = 0

    def calibrate(self, **fields):
        self.host.deliver("/tf_static", make_transforms([self.mounting()]), self.ms * MS)
        self.host.deliver(INFO, camera_info(**fields), self.ms * MS)
        return self

    def mounting(self):
        return ("base_link", "camera", rigid(0.0, 0.0, 1.5) @ OPTICAL)

    def show(self, picture=None, topic=IMAGE, step_ms=100, stamp_ms=None, message=None):
        """Deliver a picture; the number of messages that came of it."""
        self.ms += step_ms
        stamp = (self.ms if stamp_ms is None else stamp_ms) * MS
        if message is None:
            picture = scene(self.ms) if picture is None else picture
            make = make_image if topic == IMAGE else make_jpeg
            message = make(picture, "camera", stamp)
        before = len(self.objects)
        self.host.deliver(topic, message, self.ms * MS)
        return len(self.objects) - before

    def health(self, after_ms=0):
        ns = (self.ms + after_ms) * MS
        statuses = self.host.hosted["camera_perception"].health(Now(ns, ns))
        return {status.task: status for status in statuses}


def scene(seed=0, height=64, width=64):
    return np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)


def make_jpeg(picture, frame_id, ns, keep=1.0, form="jpeg"):
    data = cv2.imencode(".jpg", picture)[1]
    data = data[: int(len(data) * keep)]
    return CompressedImage(header=make_header(ns, frame_id), format=form, data=as_bytes(data))


def camera_info(**fields):
    k = [50.0, 0.0, 32.0, 0.0, 50.0, 32.0, 0.0, 0.0, 1.0]
    values = {"width": 64, "height": 64, "k": k, "distortion_model": "plumb_bob", "d": [0.0] * 5}
    return CameraInfo(header=make_header(0, "camera"), **{**values, **fields})


@pytest.fixture
def car(save_model, answer):
    """A model that always sees a car at 24 to 40, 34 to 42 px."""
    cell = 4 * 8 + 3
    box = (1.0, 0.75, math.log(2.0), 0.0, 0.9, CAR, 1.0)
    return save_model(answer({cell: box}))


@pytest.fixture
def rig(car):
    return Rig(car).calibrate()


def test_a_car_with_its_place(rig):
    assert rig.show() == 1
    message, item = rig.objects[0], rig.objects[0].objects[0]
    assert (message.image_width, message.image_height) == (64, 64)
    assert message.header == make_header(100 * MS, "camera")
    assert (item.id, item.classification) == (1, ObjectClass.CAR)
    assert item.score == pytest.approx(0.9)
    assert [item.x_min, item.y_min, item.x_max, item.y_max] == pytest.approx([24, 34, 40, 42])
    assert item.has_position
    assert item.position.x == pytest.approx(1.5 / (10 / 50) - 0.8, abs=1e-4)
    assert (item.position.y, item.position.z) == pytest.approx((0.0, 0.0), abs=1e-5)
    assert item.range_std > 0.4
    assert {status.level for status in rig.health().values()} == {Level.OK}


def test_model_is_reported(rig, car):
    values = rig.health()["detector"].values
    assert values["model"] == str(car)
    assert values["provider"] == "CPUExecutionProvider"
    assert len(values["sha256"]) == 64
    assert float(values["first_ms"]) >= 0.0
    assert float(values["steady_ms"]) >= 0.0


def test_compressed_pictures(rig):
    assert rig.show(topic=COMPRESSED) == 1
    assert rig.objects[0].objects[0].has_position


def test_ids_are_stable(rig):
    for _ in range(3):
        rig.show()
    assert [message.objects[0].id for message in rig.objects] == [1, 1, 1]


def test_an_empty_road_is_said(save_model, answer):
    rig = Rig(save_model(answer({}))).calibrate()
    assert rig.show() == 1
    assert rig.objects[0].objects == []


@pytest.mark.parametrize(
    "name, reason", [("", "model.path is empty"), ("/none.onnx", "/none.onnx does not exist")]
)
def test_without_a_detector_nothing_is_said_about_objects(name, reason):
    rig = Rig(name).calibrate()
    assert rig.show() == 0
    status = rig.health()["detector"]
    assert status.level is Level.DEGRADED
    assert status.message.startswith("no detector: ")
    assert reason in status.message
    assert rig.health()["pictures"].level is Level.OK


def test_a_model_that_fails_later_says_nothing(save_model, answer):
    """Its output is not a number for a bright picture."""
    rig = Rig(save_model(answer({}), looks=True, limit=150.0)).calibrate()
    assert rig.show() == 1
    assert rig.show(scene(1) // 4 + 180) == 0
    status = rig.health()["detector"]
    assert status.level is Level.DEGRADED
    assert "not finite" in status.message
    assert rig.show() == 1
    assert rig.health()["detector"].level is Level.OK


@pytest.mark.parametrize(
    "prepare, reason",
    [
        (lambda rig: None, "no camera_info received"),
        (lambda rig: rig.host.deliver(INFO, camera_info(), 0), "no transform from 'camera'"),
        (lambda rig: rig.calibrate(k=[0.0] * 9), "not calibrated"),
        (lambda rig: rig.calibrate(distortion_model="odd", d=[0.1]), "'odd' is not supported"),
        (lambda rig: rig.calibrate(width=32), "picture is 64 x 64, but camera_info is for 32 x 64"),
    ],
)
def test_without_calibration_boxes_have_no_place(car, prepare, reason):
    rig = Rig(car)
    prepare(rig)
    assert rig.show() == 1
    item = rig.objects[0].objects[0]
    assert not item.has_position
    assert (item.position.x, item.range_std) == (0.0, 0.0)
    status = rig.health()["calibration"]
    assert status.level is Level.DEGRADED
    assert reason in status.message
    rig.calibrate()
    rig.show()
    assert rig.objects[-1].objects[0].has_position
    assert rig.health()["calibration"].level is Level.OK


def test_the_size_may_change_in_flight(rig):
    rig.show()
    assert rig.show(scene(5, 128, 128)) == 1
    assert rig.objects[-1].image_width == 128
    assert not rig.objects[-1].objects[0].has_position
    assert "picture is 128 x 128" in rig.health()["calibration"].message
    rig.calibrate(width=128, height=128)
    rig.show(scene(6, 128, 128))
    assert rig.objects[-1].objects[0].has_position


@pytest.mark.parametrize(
    "picture, reason",
    [
        (np.zeros((64, 64, 3), np.uint8), "dark"),
        (np.full((64, 64, 3), 255, np.uint8), "overexposed"),
        (np.full((64, 64, 3), 90, np.uint8), "uniform"),
    ],
)
def test_blind_is_not_clear(rig, picture, reason):
    assert rig.show(picture) == 0
    status = rig.health()["pictures"]
    assert status.level is Level.ERROR
    assert reason in status.message
    assert rig.show() == 1
    assert rig.health()["pictures"].level is Level.OK


def test_frozen_picture(rig):
    said = [rig.show(scene()) for _ in range(8)]
    assert said == [1] * 5 + [0] * 3
    assert "frozen" in rig.health()["pictures"].message


def test_lost_picture(rig):
    assert rig.health()["pictures"].message == "no picture received"
    rig.show()
    assert rig.health(after_ms=400)["pictures"].level is Level.OK
    assert rig.health(after_ms=700)["pictures"].message == "no picture for 0.7 s"


def test_frozen_stamp(rig):
    said = [rig.show(stamp_ms=100) for _ in range(8)]
    assert said == [1] + [0] * 7
    assert "the stamp stays the same" in rig.health()["pictures"].message


def bad_pictures():
    header = make_header(100 * MS, "camera")
    ns = 100 * MS
    yield "truncated JPEG", COMPRESSED, make_jpeg(scene(), "camera", ns, keep=0.5)
    yield "empty JPEG", COMPRESSED, CompressedImage(header=header, format="jpeg")
    yield "zero size", IMAGE, Image(header=header, encoding="bgr8")
    yield "encoding", IMAGE, Image(header=header, encoding="x", width=4, height=4, step=4)
    short = Image(header=header, encoding="bgr8", width=64, height=64, step=192, data=[0] * 99)
    yield "short", IMAGE, short


@pytest.mark.parametrize(
    "topic, message", [row[1:] for row in bad_pictures()], ids=[row[0] for row in bad_pictures()]
)
def test_bad_pictures_are_named_and_survived(rig, topic, message):
    assert rig.show(topic=topic, message=message) == 0
    status = rig.health()["input"]
    assert status.level is Level.ERROR
    assert status.message
    assert rig.health()["pictures"].message == "no picture received"
    assert rig.show(topic=topic) == 1


def test_bad_transforms_are_named(rig):
    rig.host.deliver("/tf_static", make_transforms([("camera", "base_link", np.eye(4))]), 0)
    assert "closes a loop" in rig.health()["input"].message
    rig.show()
    assert rig.objects[-1].objects[0].has_position


def test_both_topics_of_one_camera_give_one_answer(rig):
    for _ in range(4):
        rig.show(topic=COMPRESSED)
        rig.show(topic=IMAGE, step_ms=10)
    assert len(rig.objects) == 4


def test_stamps_that_start_again(rig):
    for stamp in (1000, 1100):
        rig.show(stamp_ms=stamp)
    assert rig.show(stamp_ms=100) == 1
    assert [message.objects[0].id for message in rig.objects] == [1, 1, 2]


def test_pictures_out_of_order_and_twice_are_left_out(rig):
    said = [rig.show(stamp_ms=stamp) for stamp in (1000, 1100, 1050, 1100, 1200)]
    assert said == [1, 1, 0, 0, 1]
    assert [message.objects[0].id for message in rig.objects] == [1, 1, 1]
    assert rig.health()["pictures"].level is Level.OK


def test_a_doubtful_picture_is_named_and_looked_at(rig):
    """The lower half stays white, as with the sun low ahead."""
    for k in range(6):
        picture = scene(k)
        picture[40:] = 255
        assert rig.show(picture) == 1
    status = rig.health()["pictures"]
    assert status.level is Level.DEGRADED
    assert "blinded by light" in status.message


def test_a_camera_that_cannot_be_is_named(rig):
    rig.calibrate(k=[900.0, 0.0, 32.0, 0.0, 50.0, 32.0, 0.0, 0.0, 1.0])
    rig.show()
    status = rig.health()["calibration"]
    assert status.level is Level.DEGRADED
    assert "not plausible" in status.message
    assert not rig.objects[-1].objects[0].has_position


def test_bag_that_is_looped(rig):
    rig.show()
    rig.ms = -100
    assert rig.show() == 1


def test_same_input_same_output(car):
    def run():
        rig = Rig(car).calibrate()
        for _ in range(5):
            rig.show()
        return [str(message) for message in rig.objects]

    assert run() == run()
