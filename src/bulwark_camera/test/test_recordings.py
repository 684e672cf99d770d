# SPDX-License-Identifier: Apache-2.0
"""The node on recordings with a small public detector, by configuration alone."""

import csv
import sys

import cv2
import numpy as np
import pytest

from bulwark_camera.component import CameraPerception
from bulwark_camera.detections import iou
from bulwark_camera.detector import load_detector
from bulwark_camera.params import CameraParams, ModelParams, SightParams
from bulwark_camera.sight import Seen, SightMonitor
from bulwark_core.component import Now
from bulwark_core.convert.images import read_image
from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.objects import ObjectClass
from bulwark_core.offline import OfflineHost
from bulwark_lidar.component import LidarPerception
from bulwark_lidar.params import LidarParams

pytestmark = pytest.mark.data

FRAMES = 45
# The bag's names and the graph's, in the order in which messages of equal time are handled.
TOPICS = {
    "/tf_static": "/tf_static",
    "/odom": "/vehicle/odometry",
    "/camera/camera_info": "/camera/front/camera_info",
    "/camera/image_raw/compressed": "/camera/front/image_raw/compressed",
    "/lidar/points": "/lidar/points",
}
CAMERA, LIDAR = "/perception/camera/objects", "/perception/lidar/objects"


@pytest.fixture(scope="module")
def model(data):
    return ModelParams(path=str(data / "onnx" / "yolox_nano.onnx"), device="cpu")


def read(bag):
    from rosbags.highlevel import AnyReader
    from rosbags.typesys import Stores, get_typestore

    order = list(TOPICS)
    with AnyReader([bag], default_typestore=get_typestore(Stores.ROS2_JAZZY)) as reader:
        rows = [
            (ns, order.index(connection.topic), reader.deserialize(raw, connection.msgtype))
            for connection, ns, raw in reader.messages()
            if connection.topic in TOPICS
        ]
    return [(TOPICS[order[row]], message, ns) for ns, row, message in sorted(rows, key=by_time)]


def by_time(row):
    return row[:2]


@pytest.fixture(scope="module")
def recorded(data):
    return read(data / "bags" / "kitti_lead_vehicle")


@pytest.fixture(scope="module")
def reference(data):
    """Distance of the lead car's rear, in the lidar's frame and in base_link (frames,) [m]."""
    rows = csv.reader((data / "bags" / "kitti_lead_vehicle" / "lead_reference.csv").open())
    return np.array([float(row[2]) for row in list(rows)[1 : FRAMES + 1]])


def tell(figures):
    """Shown by `pytest -s`."""
    sys.stdout.write(f"\n{figures}\n")


def play(recorded, components, leave_out=()):
    """What components say to the recording, by topic."""
    host, said = OfflineHost(components), {CAMERA: [], LIDAR: []}
    host.on_output(lambda topic, message, ns: said.setdefault(topic, []).append(message))
    for topic, message, ns in recorded:
        if topic not in leave_out:
            host.deliver(topic, message, ns)
    return said


@pytest.fixture(scope="module")
def lead(model, recorded):
    """For each frame the object straight ahead, or None: from the camera alone."""
    camera = CameraPerception(CameraParams(model=model))
    messages = play(recorded, [camera], leave_out=["/lidar/points", "/vehicle/odometry"])[CAMERA]
    assert len(messages) == FRAMES
    return [ahead(message) for message in messages]


@pytest.fixture(scope="module")
def both(model, recorded):
    """Camera and lidar together: their lists, and the camera's health at the end."""
    components = [CameraPerception(CameraParams(model=model)), LidarPerception(LidarParams())]
    said = play(recorded, components)
    ns = recorded[-1][2]
    health = {status.task: status for status in components[0].health(Now(ns, ns))}
    return said[CAMERA], [read_objects(message) for message in said[LIDAR]], health


def ahead(message):
    """The widest car of less than a quarter of the picture that covers its middle."""
    middle, widest = message.image_width / 2, message.image_width / 4
    cars = [
        item
        for item in message.objects
        if item.x_min < middle < item.x_max
        and item.x_max - item.x_min < widest
        and item.classification == ObjectClass.CAR
    ]
    return max(cars, key=lambda item: item.x_max - item.x_min, default=None)


def test_lead_car_is_found_and_keeps_its_id(lead):
    found = [item for item in lead if item is not None and item.x_max - item.x_min > 100]
    assert len(found) >= 43
    assert len({item.id for item in found}) == 1


def range_errors(lead, reference):
    """Error of each place [m], as a share of the range, and whether within two deviations."""
    placed = [i for i, item in enumerate(lead) if item is not None and item.has_position]
    error = np.array([lead[i].position.x - reference[i] for i in placed])
    std = np.array([lead[i].range_std for i in placed])
    return error, np.abs(error) / reference[placed], np.abs(error) < 2.0 * std


def test_range_of_the_lead_car_from_the_camera_alone(lead, reference):
    error, share, is_within = range_errors(lead, reference)
    tell(f"camera alone: {len(error)} places, median error {np.median(share):.1%} of the range")
    assert len(error) >= 20  # later its wheels are below the picture
    assert np.median(share) < 0.10
    assert is_within.mean() > 0.9


def test_the_lidar_makes_the_cameras_range_better(lead, both, reference):
    _, alone, _ = range_errors(lead, reference)
    _, share, is_within = range_errors([ahead(message) for message in both[0]], reference)
    tell(f"with the lidar's pitch: median error {np.median(share):.1%} of the range")
    assert np.median(share) < np.median(alone)
    assert is_within.mean() > 0.9


def test_the_lead_cars_track_is_called_a_car(both, reference):
    kinds = []
    for objects, x in zip(both[1], reference, strict=True):
        near = [o for o in objects if abs(o.y) < 1.0 and abs(o.footprint()[:, 0].min() - x) < 0.6]
        kinds += [o.object_class for o in near]
    tell(f"lead car's track: {kinds.count(ObjectClass.CAR)} of {FRAMES} scans called a car")
    assert kinds.count(ObjectClass.CAR) >= 43


def test_geometry_is_the_lidars_alone(both, recorded):
    """With and without a camera the tracks differ in name and certainty only."""
    alone = play(recorded, [LidarPerception(LidarParams())])[LIDAR]
    blank = {"object_class": ObjectClass.UNKNOWN, "class_probability": 0.0, "existence": 1.0}
    renamed = 0
    for message, named in zip(alone, both[1], strict=True):
        objects = read_objects(message)
        assert [str(o.but(**blank)) for o in objects] == [str(o.but(**blank)) for o in named]
        assert all(a.existence <= b.existence for a, b in zip(objects, named, strict=True))
        renamed += sum(
            a.object_class != b.object_class for a, b in zip(objects, named, strict=True)
        )
    assert renamed > 10


def test_the_recordings_camera_is_healthy(both):
    _, _, health = both
    tell(f"calibration: {health['calibration'].values}")
    assert health["calibration"].message == "running"
    assert int(health["calibration"].values["boxes_compared"]) >= 20
    assert health["pictures"].message == "running"


def test_no_picture_is_doubted(recorded, data):
    """All 45 pictures of the recording, driven by far enough to judge cover, and two others."""
    monitor = SightMonitor(SightParams(covered_way=10.0))
    pictures = [m for topic, m, _ in recorded if topic == "/camera/front/image_raw/compressed"]
    for k, message in enumerate(pictures):
        seen = monitor.check(read_image(message), k * 200_000_000, 1.0 * k)
        assert seen == Seen()
    for path in (data / "scans" / "kitti_object" / "image_2").glob("*.png"):
        one, picture = (
            SightMonitor(SightParams(blurred_after=0.0, glare_after=0.0)),
            cv2.imread(str(path)),
        )
        assert one.check(picture, 0) == Seen()


@pytest.mark.parametrize(
    "spoil, words", [("blur", "blurred"), ("sun", "blinded"), ("mud", "covered")]
)
def test_spoilt_pictures_are_doubted(recorded, spoil, words):
    monitor = SightMonitor(SightParams(covered_way=10.0))
    pictures = [m for topic, m, _ in recorded if topic == "/camera/front/image_raw/compressed"]
    said = ""
    for k, message in enumerate(pictures[:16]):
        said = "; ".join(
            monitor.check(spoilt(read_image(message), spoil, k), k * 200_000_000, 1.0 * k).doubts
        )
    assert words in said


def spoilt(picture, how, k):
    """The picture out of focus, with the sun low ahead, or with mud on the lens."""
    if how == "blur":
        return cv2.GaussianBlur(picture, (0, 0), 4.0)
    height, width = picture.shape[:2]
    if how == "mud":
        picture = picture.copy()
        noise = np.random.default_rng(k).integers(0, 3, (height // 2, width // 3, 3))
        picture[height - height // 2 :, : width // 3] = 50 + noise
        return picture
    y, x = np.mgrid[:height, :width]
    away = np.hypot(x - width / 2, y - 0.45 * height) / height
    return np.clip(picture * 0.6 + 700.0 * np.exp(-((away / 0.4) ** 2))[..., None], 0, 255).astype(
        np.uint8
    )


def test_person_of_kitti(data, model):
    folder = data / "scans" / "kitti_object"
    picture = cv2.imread(str(folder / "image_2" / "000000.png"))
    detector = load_detector(model)
    found = detector.detect(picture)
    assert detector.class_of(found.labels[0]) is ObjectClass.PEDESTRIAN
    label = (folder / "label_2" / "000000.txt").read_text().split()
    box = np.array([[float(value) for value in label[4:8]]])
    assert label[0] == "Pedestrian"
    assert iou(found.boxes[:1], box)[0, 0] > 0.8
