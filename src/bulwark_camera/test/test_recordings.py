# SPDX-License-Identifier: Apache-2.0
"""The node on recordings with a small public detector, by configuration alone."""

import csv

import cv2
import numpy as np
import pytest

from bulwark_camera.component import CameraPerception
from bulwark_camera.detections import iou
from bulwark_camera.detector import load_detector
from bulwark_camera.params import CameraParams, ModelParams
from bulwark_core.objects import ObjectClass
from bulwark_core.offline import OfflineHost

pytestmark = pytest.mark.data

FRAMES = 45
# The bag's names and the graph's, in the order in which messages of equal time are handled.
TOPICS = {
    "/tf_static": "/tf_static",
    "/camera/camera_info": "/camera/front/camera_info",
    "/camera/image_raw/compressed": "/camera/front/image_raw/compressed",
}


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
def lead(data, model):
    """For each frame the object straight ahead, or None."""
    host, messages = OfflineHost([CameraPerception(CameraParams(model=model))]), []
    host.on_output(lambda topic, message, ns: messages.append(message))
    for topic, message, ns in read(data / "bags" / "kitti_lead_vehicle"):
        host.deliver(topic, message, ns)
    assert len(messages) == FRAMES
    return [ahead(message) for message in messages]


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


def test_range_of_the_lead_car(lead, data):
    """The reference is the distance of its rear in the lidar's frame, whose x is base_link's."""
    rows = csv.reader((data / "bags" / "kitti_lead_vehicle" / "lead_reference.csv").open())
    reference = np.array([float(row[2]) for row in list(rows)[1:]])
    placed = [i for i, item in enumerate(lead) if item is not None and item.has_position]
    error = np.array([lead[i].position.x - reference[i] for i in placed])
    std = np.array([lead[i].range_std for i in placed])
    assert len(placed) >= 20  # later its wheels are below the picture
    assert np.median(np.abs(error) / reference[placed]) < 0.10
    assert np.mean(np.abs(error) < 2.0 * std) > 0.9


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
