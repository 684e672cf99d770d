# SPDX-License-Identifier: Apache-2.0
"""`bulwark detect` from the outside, with a model that always finds the same car and cone."""

import json

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from rclpy.serialization import serialize_message
from sensor_msgs.msg import CameraInfo, CompressedImage

from bulwark_cli.detect.bag_topics import find_camera
from bulwark_cli.detect.cli import detect
from bulwark_core.convert.clouds import as_bytes
from bulwark_core.convert.stamps import make_header
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.errors import BagError, BulwarkError, ModelError, ParameterError
from bulwark_core.geometry import rigid
from bulwark_replay.bag_writer import BagWriter
from bulwark_replay.bags import BagTopic

MS = 1_000_000
OPTICAL = np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
PICTURES, INFO = "/cam/image_raw/compressed", "/cam/camera_info"


@pytest.fixture
def picture(tmp_path):
    cv2.imwrite(str(tmp_path / "street.png"), noise(0))
    return tmp_path / "street.png"


@pytest.fixture
def bag(tmp_path):
    """Five pictures with their camera 1.5 m above the road; the third is broken off."""
    k = [50.0, 0.0, 32.0, 0.0, 50.0, 32.0, 0.0, 0.0, 1.0]
    mounting = [("base_link", "cam", rigid(0.0, 0.0, 1.5) @ OPTICAL)]
    with BagWriter(tmp_path / "drive") as writer:
        write(writer, "/tf_static", "tf2_msgs/msg/TFMessage", make_transforms(mounting), 0)
        for index in range(5):
            header = make_header((index + 1) * 100 * MS, "cam")
            info = CameraInfo(header=header, width=64, height=64, k=k, d=[0.0] * 5)
            info.distortion_model = "plumb_bob"
            write(writer, INFO, "sensor_msgs/msg/CameraInfo", info, index)
            data = cv2.imencode(".jpg", noise(index))[1]
            data = data[: len(data) // 2] if index == 2 else data
            message = CompressedImage(header=header, format="jpeg", data=as_bytes(data))
            write(writer, PICTURES, "sensor_msgs/msg/CompressedImage", message, index)
    return tmp_path / "drive"


def write(writer, topic, kind, message, index):
    writer.write(topic, kind, (index + 1) * 100 * MS, serialize_message(message))


def noise(seed):
    return np.random.default_rng(seed).integers(0, 255, (64, 64, 3), dtype=np.uint8)


def call(*arguments):
    words = [str(argument) for argument in arguments]
    return CliRunner().invoke(detect, words, standalone_mode=False, catch_exceptions=False)


def run(tmp_path, *arguments):
    """The exit code, and the JSON."""
    ended = call(*arguments, "--out", tmp_path / "drawn", "--json", tmp_path / "found.json")
    return ended.return_value, json.loads((tmp_path / "found.json").read_text())


def test_a_picture(model, picture, tmp_path):
    code, result = run(tmp_path, "--model", model, "--image", picture)
    assert code == 0
    assert result["models"][0]["format"] == "nms"
    assert result["models"][0]["classes"] == ["CAR", "CONE"]
    (shown,) = result["pictures"]
    assert (shown["name"], shown["width"], shown["height"]) == ("street.png", 64, 64)
    assert shown["objects"][0] == {"class": "CAR", "score": 0.9, "box": [24.0, 34.0, 40.0, 42.0]}
    drawn = cv2.imread(str(tmp_path / "drawn" / "street.jpg")).astype(int)
    assert np.ptp(drawn[24:34, 25:40].reshape(-1, 3).mean(axis=0)) > 50  # the plate of the label


def test_only_one_class_and_no_drawings(model, picture, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = call("--model", model, "--image", picture, "--only", "cone", "--no-drawings")
    assert ended.return_value == 0
    assert "street.png: cone 0.60" in ended.output
    assert not (tmp_path / "reports").exists()


def test_what_is_no_picture_is_told_and_the_others_are_looked_at(model, picture, tmp_path):
    folder = tmp_path / "frames"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"no picture")
    (folder / "b.png").write_bytes(picture.read_bytes())
    code, result = run(tmp_path, "--model", model, "--image", folder)
    assert code == 1
    assert [one["problem"] for one in result["pictures"]] == ["is no picture, or a broken one", ""]
    assert result["summary"]["CAR"]["boxes"] == 1


def test_pictures_of_one_name_are_kept_apart(model, picture, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / picture.name).write_bytes(picture.read_bytes())
    run(tmp_path, "--model", model, "--image", picture, "--image", other)
    names = [file.name for file in (tmp_path / "drawn").iterdir()]
    assert len(names) == 2
    assert "other_street.jpg" in names


def test_a_bag_has_ids_and_ranges(model, bag, tmp_path):
    code, result = run(tmp_path, "--model", model, "--bag", bag)
    assert code == 1
    problems = [one["problem"] for one in result["pictures"]]
    assert ["truncated" in problem or "broken" in problem for problem in problems] == [
        False, False, True, False, False
    ]  # fmt: skip
    first, last = result["pictures"][0]["objects"][0], result["pictures"][4]["objects"][0]
    assert first["id"] == last["id"]
    assert first["range_m"] == pytest.approx(1.5 / (10 / 50) - 0.8, abs=1e-3)
    assert first["range_std_m"] > 0.0


def test_each_second_picture_of_a_bag_the_same_twice(model, bag, tmp_path):
    _, result = run(tmp_path, "--model", model, "--bag", bag, "--every", 2)
    assert [one["name"] for one in result["pictures"]] == ["000000", "000002", "000004"]
    assert run(tmp_path, "--model", model, "--bag", bag, "--every", 2)[1] == result


def test_a_parameter_file_and_single_values(model, picture, tmp_path):
    config = tmp_path / "camera.yaml"
    config.write_text(
        f"camera_perception:\n  ros__parameters:\n    model: {{path: {model}, min_score: 0.7}}\n"
    )
    _, result = run(tmp_path, "--config", config, "--image", picture)
    assert list(result["summary"]) == ["CAR"]
    _, result = run(
        tmp_path, "--config", config, "--image", picture, "--set", "model.min_score=0.5"
    )
    assert list(result["summary"]) == ["CAR", "CONE"]


def test_two_detectors(model, picture, tmp_path):
    _, result = run(tmp_path, "--model", model, "--image", picture, "--set", f"second.path={model}")
    assert len(result["models"]) == 2
    assert result["summary"]["CAR"]["boxes"] == 1


@pytest.mark.parametrize(
    "arguments, kind, words",
    [
        (["--image", "no.png"], BulwarkError, "no.png: there is no such file"),
        (["--image", "."], BulwarkError, "holds no picture"),
        (["--bag", "no"], BagError, "no: there is no such file"),
        (["--image", "x", "--only", "LORRY"], ParameterError, "LORRY: there is no such class"),
        (["--image", "x", "--set", "model.scor=1"], ParameterError, "did you mean 'model.min_sco"),
    ],
)
def test_what_is_wrong_is_one_line(model, tmp_path, monkeypatch, arguments, kind, words):
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    with pytest.raises(kind, match=words) as caught:
        call("--model", model, *arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"no model"])
def test_what_is_no_model(picture, tmp_path, content):
    if content is not None:
        (tmp_path / "m.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=r"m\.onnx .*(does not exist|not an ONNX model)"):
        call("--model", tmp_path / "m.onnx", "--image", picture)
    with pytest.raises(ModelError, match="give --model"):
        call("--image", picture)


def topic(name, kind="Image", count=5):
    return BagTopic(name, f"sensor_msgs/msg/{kind}", count)


def test_the_camera_ahead_is_taken_with_its_own_calibration():
    topics = [
        topic("/cam_left/image_raw"),
        topic("/cam_front/image_raw"),
        topic("/cam_front/depth/image_raw"),
        topic("/cam_front/image_raw/compressed", "CompressedImage", 0),
        topic("/cam_left/camera_info", "CameraInfo"),
        topic("/cam_front/camera_info", "CameraInfo"),
    ]
    chosen = [link.source.name for link in find_camera(topics, None, "bag").links]
    assert chosen == ["/cam_front/image_raw", "/cam_front/camera_info"]
    asked = find_camera(topics, "/cam_left/image_raw", "bag")
    assert asked.links[1].source.name == "/cam_left/camera_info"


def test_a_bag_without_pictures_says_what_it_has():
    with pytest.raises(
        BagError, match=r"no topic with pictures; it has /a \(sensor_msgs/msg/Imu\)"
    ):
        find_camera([topic("/a", "Imu")], None, "bag")
    with pytest.raises(BagError, match="has no pictures there; it has /b"):
        find_camera([topic("/b")], "/a", "bag")
