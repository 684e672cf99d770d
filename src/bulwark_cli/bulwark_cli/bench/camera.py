# SPDX-License-Identifier: Apache-2.0
"""How long the camera node takes for a picture, step by step, beside what else would be used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from sensor_msgs.msg import CompressedImage

from bulwark_camera.component import CameraPerception
from bulwark_camera.detector import Detector
from bulwark_camera.letterbox import Picture
from bulwark_camera.params import CameraParams, ModelParams
from bulwark_cli.bench.lidar.one_core import Times
from bulwark_core.component import Now
from bulwark_core.convert.clouds import as_bytes
from bulwark_core.convert.images import read_image
from bulwark_core.convert.stamps import make_header
from bulwark_core.errors import ModelError

PERIOD_NS = 100_000_000
WARM_UP = 5
"""Pictures that are not counted."""
_JPEG_QUALITY = 90


@dataclass
class Steps:
    """Times of the steps of one way, in order; `note` where a step cannot be taken."""

    name: str
    times: dict[str, Times] = field(default_factory=dict)
    note: str = ""

    def of(self, step: str) -> Times:
        """The times of a step."""
        return self.times.setdefault(step, Times())

    def start_over(self) -> None:
        """Forget what was measured while warming up."""
        self.times.clear()

    def as_dict(self) -> dict[str, Any]:
        """For JSON; times in [ms]."""
        steps = {
            step: {"cpu_ms": times.spread(), "wall_ms": times.wall_spread()}
            for step, times in self.times.items()
        }
        return {"name": self.name, "note": self.note, "steps": steps}


def make_pictures(count: int, width: int, height: int, seed: int = 1) -> list[Picture]:
    """Soft random scenes with grain, which compress about as a street does."""
    rng = np.random.default_rng(seed)
    pictures = []
    for _ in range(count):
        coarse = rng.integers(0, 256, (height // 24 + 1, width // 24 + 1, 3), dtype=np.uint8)
        soft = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        grain = rng.normal(0.0, 4.0, (height, width, 1))
        pictures.append(np.clip(soft + grain, 0, 255).astype(np.uint8))
    return pictures


def compress(pictures: Sequence[Picture]) -> list[CompressedImage]:
    """Messages as a camera driver sends them."""
    messages = []
    for index, picture in enumerate(pictures):
        data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1]
        header = make_header((index + 1) * PERIOD_NS, "camera")
        messages.append(CompressedImage(header=header, format="jpeg", data=as_bytes(data)))
    return messages


def measure_ours(params: ModelParams, messages: Sequence[CompressedImage]) -> Steps:
    """The node's steps one by one, then the node as a whole. Raises ModelError."""
    steps = Steps("bulwark")
    component = CameraPerception(CameraParams(model=params))
    if not component.detectors.working:
        raise ModelError(component.detectors.statuses()[0].message)
    detector = component.detectors.working[0]
    for index, message in enumerate(messages):
        if index == WARM_UP:
            steps.start_over()
        _one_by_one(steps, detector, message)
    _whole_node(steps, component, detector, messages)
    return steps


def _one_by_one(steps: Steps, detector: Detector, message: CompressedImage) -> None:
    picture = steps.of("decode").measure(read_image, message)
    letterbox, tensor = steps.of("letterbox").measure(detector.prepare, picture)
    outputs = steps.of("inference").measure(detector.infer, tensor)
    steps.of("output").measure(detector.read, outputs, letterbox)


def _whole_node(
    steps: Steps,
    component: CameraPerception,
    detector: Detector,
    messages: Sequence[CompressedImage],
) -> None:
    """Message in, message out; the overhead is all of it but the inference within."""
    node, inner, infer = steps.of("whole node"), Times(), detector.infer
    vars(detector)["infer"] = lambda tensor: inner.measure(infer, tensor)
    handler = component.handlers()["compressed"]
    for index, message in enumerate(messages):
        now = Now((index + 1) * PERIOD_NS, (index + 1) * PERIOD_NS)
        times = node if index >= WARM_UP else Times()
        times.measure(handler, message, now)
    del vars(detector)["infer"]
    used = slice(len(inner.cpu) - len(node.cpu), None)
    overhead = steps.of("node without inference")
    overhead.cpu = [a - b for a, b in zip(node.cpu, inner.cpu[used], strict=True)]
    overhead.wall = [a - b for a, b in zip(node.wall, inner.wall[used], strict=True)]


def measure_opencv(detector: Detector, messages: Sequence[CompressedImage], threads: int) -> Steps:
    """OpenCV's own DNN module on the same file, with its own way of making a tensor."""
    steps, before = Steps("OpenCV DNN"), cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        net = cv2.dnn.readNetFromONNX(str(detector.model.path))

        def forward(blob: Any) -> Any:
            net.setInput(blob)
            return net.forward(net.getUnconnectedOutLayersNames())

        _measure_peer(steps, detector, messages, forward)
    except cv2.error as error:
        reason = " ".join(str(error).rsplit("error:", 1)[-1].split())
        steps.note = f"cannot run this model: {reason[:120]}"
        steps.times.clear()
    finally:
        cv2.setNumThreads(before)
    return steps


def measure_runtime(detector: Detector, messages: Sequence[CompressedImage]) -> Steps:
    """ONNX Runtime as it comes: as many threads as cores, which spin while they wait."""
    import onnxruntime

    steps = Steps("ONNX Runtime as it comes")
    session = onnxruntime.InferenceSession(
        str(detector.model.path), providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    _measure_peer(steps, detector, messages, lambda blob: session.run(None, {name: blob}))
    return steps


def _measure_peer(
    steps: Steps,
    detector: Detector,
    messages: Sequence[CompressedImage],
    forward: Callable[[Any], Any],
) -> None:
    """As cv_bridge and OpenCV do it; the outputs are read by nobody."""
    height, width = detector.canvas
    rgb, scale = detector.preprocessing.channel_order == "rgb", detector.preprocessing.scale

    def blob_of(picture: Picture) -> Any:
        return cv2.dnn.blobFromImage(picture, scale, (width, height), swapRB=rgb)

    for index, message in enumerate(messages):
        if index == WARM_UP:
            steps.start_over()
        data = np.frombuffer(message.data, dtype=np.uint8)
        picture: Any = steps.of("decode").measure(cv2.imdecode, data, cv2.IMREAD_COLOR)
        blob = steps.of("letterbox").measure(blob_of, picture)
        steps.of("inference").measure(forward, blob)
