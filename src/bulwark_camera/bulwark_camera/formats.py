# SPDX-License-Identifier: Apache-2.0
"""The kinds of detector output that can be read; a new one is a function and a line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bulwark_camera import detr, nms_outputs, yolo, yolox
from bulwark_camera import preprocessing as usual
from bulwark_camera.detections import Detections
from bulwark_camera.preprocessing import Preprocessing
from bulwark_camera.tensors import Layout, Outputs

AUTO = "auto"


class Decoder(Protocol):
    """Reads a model's outputs."""

    def __call__(self, outputs: Outputs, layout: Layout, min_score: float) -> Detections:
        """Detections of at least this score, in pixels of the model's input.

        Raises ModelError where the outputs are not of this format.
        """


@dataclass(frozen=True)
class Format:
    """How to read outputs.

    classes: how many classes outputs tell of, None where they do not; raises ModelError where they
    are not of this format. usual: what such a model wants of a picture. expected: the outputs in
    words.
    """

    decode: Decoder
    classes: Callable[[Outputs, Layout], int | None]
    usual: Preprocessing
    expected: str


FORMATS: dict[str, Format] = {
    "yolox": Format(yolox.decode, yolox.number_of_classes, usual.YOLOX, yolox.EXPECTED),
    "yolox_decoded": Format(
        yolox.read_decoded, yolox.number_of_classes, usual.YOLOX, f"{yolox.EXPECTED}, in pixels"
    ),
    "yolov5": Format(yolo.decode_v5, yolo.v5_classes, usual.ULTRALYTICS, yolo.V5_EXPECTED),
    "yolov8": Format(yolo.decode_v8, yolo.v8_classes, usual.ULTRALYTICS, yolo.V8_EXPECTED),
    "nms": Format(
        nms_outputs.decode_rows,
        nms_outputs.unknown_classes,
        usual.ULTRALYTICS,
        nms_outputs.ROWS_EXPECTED,
    ),
    "nms_parts": Format(
        nms_outputs.decode_parts,
        nms_outputs.unknown_classes,
        usual.ULTRALYTICS,
        nms_outputs.PARTS_EXPECTED,
    ),
    "rtdetr": Format(detr.decode_sigmoid, detr.sigmoid_classes, usual.RT_DETR, detr.EXPECTED),
    "rtdetr_rows": Format(
        yolo.decode_queries, yolo.query_classes, usual.RT_DETR, yolo.QUERIES_EXPECTED
    ),
    "rtdetr_top": Format(
        nms_outputs.decode_top,
        nms_outputs.unknown_classes,
        usual.RT_DETR,
        nms_outputs.TOP_EXPECTED,
    ),
    "detr": Format(detr.decode_softmax, detr.softmax_classes, usual.DETR, detr.DETR_EXPECTED),
}
