# SPDX-License-Identifier: Apache-2.0
"""A detector by configuration: picture in, boxes in the picture out."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_camera.class_map import ClassMap
from bulwark_camera.detections import Detections, suppress
from bulwark_camera.formats import FORMATS
from bulwark_camera.letterbox import Letterbox, Picture, size_of
from bulwark_camera.params import ModelParams
from bulwark_core.errors import ModelError
from bulwark_core.objects import ObjectClass
from bulwark_core.onnx_session import OnnxModel, load_model

_INPUT_TYPES = ("float32", "float16", "uint8")


class Detector:
    """A model with all that its parameters say about it."""

    def __init__(self, model: OnnxModel, params: ModelParams) -> None:
        """Raises ModelError or ParameterError where model and parameters do not fit."""
        self.model = model
        self._params = params
        self._format = FORMATS[params.format]
        self._classes = ClassMap(params.classes)
        self.canvas = _canvas(model, params)
        self._try_out()

    def detect(self, picture: Picture) -> Detections:
        """What is in a picture (H, W, 3) uint8 BGR, best first, boxes in its pixels.

        Only classes that are configured. Raises ModelError where the model fails.
        """
        letterbox = Letterbox.fit(size_of(picture), self.canvas, self._params.letterbox)
        outputs = self.model.run(self._tensor(letterbox.apply(picture)))
        found = self._format.decode(outputs, self.canvas, self._params.min_score)
        found = found.take(self._classes.is_listed(found.labels))
        found = suppress(found, self._params.max_overlap, self._params.max_objects)
        boxes = letterbox.to_picture(found.boxes)
        is_seen = np.min(boxes[:, 2:] - boxes[:, :2], axis=1) >= 1.0
        return Detections(boxes, found.scores, found.labels).take(is_seen)

    def class_of(self, label: int) -> ObjectClass:
        """The class of the stack for a label of the model that is configured."""
        return self._classes[label]

    def _tensor(self, canvas: Picture) -> npt.NDArray[Any]:
        """The model's input (1, 3, H, W) from a canvas (H, W, 3) BGR."""
        if self._params.channel_order == "rgb":
            canvas = canvas[:, :, ::-1]
        planes = np.ascontiguousarray(canvas.transpose(2, 0, 1)[None])
        dtype = self.model.inputs[0].dtype
        if dtype == "uint8" and self._params.scale == 1.0:
            return planes
        scaled = planes.astype(np.float32) * np.float32(self._params.scale)
        return scaled.astype(dtype, copy=False)

    def _try_out(self) -> None:
        """Run once, so that an output of another format is found now and not on the road."""
        outputs = self.model.run(self._tensor(np.zeros((*self.canvas, 3), dtype=np.uint8)))
        try:
            self._classes.check(self._format.classes([output.shape for output in outputs]))
            self._format.decode(outputs, self.canvas, self._params.min_score)
        except ModelError as error:
            raise ModelError(
                f"model {self.model.path} is not of model.format '{self._params.format}': {error}"
            ) from error


def load_detector(params: ModelParams) -> Detector:
    """The detector that the parameters name, warm.

    Raises ModelError where there is none to be had, ParameterError where a parameter is wrong.
    """
    ClassMap(params.classes)
    if not params.path:
        raise ModelError("model.path is empty; set it to an ONNX detector")
    model = load_model(params.path, params.device, params.threads, params.sha256 or None)
    detector = Detector(model, params)
    model.warm_up(shapes=[(1, 3, *detector.canvas)])
    return detector


def _canvas(model: OnnxModel, params: ModelParams) -> tuple[int, int]:
    """The model's input (height, width) [px]."""
    spec = model.inputs[0]
    if len(model.inputs) != 1 or len(spec.shape) != 4 or spec.shape[1] not in (None, 3):
        listed = ", ".join(map(str, model.inputs))
        raise ModelError(f"model {model.path} takes {listed}, not one picture 1 x 3 x H x W")
    if spec.shape[0] not in (None, 1) or spec.dtype not in _INPUT_TYPES:
        raise ModelError(
            f"model {model.path} takes {spec}, not 1 x 3 x H x W of {', '.join(_INPUT_TYPES)}"
        )
    height, width = spec.shape[2] or params.input_height, spec.shape[3] or params.input_width
    if not height or not width:
        raise ModelError(
            f"model {model.path} leaves its input size free ({spec}); set model.input_height and "
            "model.input_width"
        )
    return height, width
