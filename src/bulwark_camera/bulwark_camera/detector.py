# SPDX-License-Identifier: Apache-2.0
"""A detector by configuration: picture in, boxes in the picture out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_camera.class_map import ClassMap, check_entry
from bulwark_camera.detections import Detections, suppress
from bulwark_camera.formats import FORMATS
from bulwark_camera.letterbox import Letterbox, Picture, size_of
from bulwark_camera.model_input import ModelInput, read_input
from bulwark_camera.model_notes import ModelNotes, read_notes
from bulwark_camera.params import ModelParams
from bulwark_camera.preprocessing import RT_DETR, Preprocessing
from bulwark_camera.recognise import find_format
from bulwark_camera.tensors import Layout, Outputs
from bulwark_core.errors import ModelError, ParameterError
from bulwark_core.objects import ObjectClass
from bulwark_core.onnx_session import OnnxModel, load_model


class Detector:
    """A model with all that its parameters and its file say about it.

    format: how its outputs are read. canvas: its input (height, width) [px]. preprocessing: what
    becomes of a picture.
    """

    def __init__(self, model: OnnxModel, params: ModelParams, prefix: str = "model") -> None:
        """Runs the model once, so that wrong outputs are found now and not on the road.

        prefix: the name of the group of parameters, for messages. Raises ModelError or
        ParameterError where model and parameters do not fit.
        """
        self.model = model
        self._params = params
        notes = self._notes()
        wanted = params.input_height, params.input_width
        self._input = read_input(model, wanted, notes.size)
        self._layout = Layout(self.canvas, params.boxes)
        outputs = self._run(np.zeros((1, 3, *self.canvas), dtype=self._input.dtype))
        self.format = self._find_format(outputs, notes)
        self._reader = FORMATS[self.format]
        self.preprocessing = _preprocessing(params, self._reader.usual, self._input, prefix)
        self._classes = self._find_classes(outputs, notes, f"{prefix}.classes")

    @property
    def canvas(self) -> tuple[int, int]:
        """The model's input (height, width) [px]."""
        return self._input.canvas

    @property
    def classes(self) -> dict[int, ObjectClass]:
        """The model's class numbers that are reported, and what they are."""
        return self._classes.classes

    def detect(self, picture: Picture) -> Detections:
        """What is in a picture (H, W, 3) uint8 BGR, best first, boxes in its pixels.

        Only classes that are configured. Raises ModelError where the model fails.
        """
        letterbox, tensor = self.prepare(picture)
        return self.read(self.infer(tensor), letterbox)

    def prepare(self, picture: Picture) -> tuple[Letterbox, npt.NDArray[Any]]:
        """Where a picture lies in the model's input, and that input (1, 3, H, W)."""
        letterbox = Letterbox.fit(size_of(picture), self.canvas, self.preprocessing.letterbox)
        canvas = letterbox.apply(picture)
        return letterbox, self.preprocessing.tensor(canvas, self._input.dtype)

    def infer(self, tensor: npt.NDArray[Any]) -> Outputs:
        """The model's outputs by name. Raises ModelError where the model fails."""
        return self._run(tensor)

    def read(self, outputs: Outputs, letterbox: Letterbox) -> Detections:
        """What outputs mean. Raises ModelError where they are not of the model's format."""
        found = self._reader.decode(outputs, self._layout, self._params.min_score)
        found = found.take(self._classes.is_listed(found.labels))
        found = suppress(found, self._params.max_overlap, self._params.max_objects)
        boxes = letterbox.to_picture(found.boxes)
        is_seen = np.min(boxes[:, 2:] - boxes[:, :2], axis=1) >= 1.0
        return Detections(boxes, found.scores, found.labels).take(is_seen)

    def class_of(self, label: int) -> ObjectClass:
        """The class of the stack for a label of the model that is configured."""
        return self._classes[label]

    def warm_up(self) -> None:
        """Run until the latency is steady; the model keeps it."""
        self.model.warm_up(shapes=self._input.shapes())

    def describe(self) -> dict[str, str]:
        """What `/diagnostics` shows: file, hash, device, latency, format and input."""
        height, width = self.canvas
        own = {"format": self.format, "input": f"{width} x {height} {self._input.dtype}"}
        return {**self.model.describe(), **own}

    def _run(self, tensor: npt.NDArray[Any]) -> Outputs:
        arrays = self.model.run(*self._input.arrays(tensor))
        return dict(zip((spec.name for spec in self.model.outputs), arrays, strict=True))

    def _notes(self) -> ModelNotes:
        try:
            return read_notes(self.model.metadata)
        except ModelError as error:
            raise ModelError(f"model {self.model.path}: {error}") from error

    def _find_format(self, outputs: Outputs, notes: ModelNotes) -> str:
        try:
            return find_format(self._params.format, outputs, self._layout, notes)
        except ModelError as error:
            raise ModelError(f"model {self.model.path} {error}") from error

    def _find_classes(self, outputs: Outputs, notes: ModelNotes, parameter: str) -> ClassMap:
        number = self._reader.classes(outputs, self._layout)
        if notes.names and number is not None and number != len(notes.names):
            raise ModelError(
                f"model {self.model.path} names {len(notes.names)} classes in its metadata, but "
                f"read as '{self.format}' it has {number}"
            )
        try:
            return ClassMap(self._params.classes, notes.names, number, parameter)
        except ModelError as error:
            raise ModelError(f"model {self.model.path}: {error}") from error


def load_detector(params: ModelParams, prefix: str = "model") -> Detector:
    """The detector that the parameters name, warm.

    prefix: the name of the group of parameters, for messages. Raises ModelError where there is
    none to be had, ParameterError where a parameter is wrong.
    """
    for entry in params.classes:
        check_entry(entry, f"{prefix}.classes")
    if not params.path:
        raise ModelError(f"{prefix}.path is empty; set it to an ONNX detector")
    model = load_model(params.path, params.device, params.threads, params.sha256 or None)
    detector = Detector(model, params, prefix)
    detector.warm_up()
    return detector


def _preprocessing(
    params: ModelParams, usual: Preprocessing, model_input: ModelInput, prefix: str
) -> Preprocessing:
    """What is usual for the format, but for what the parameters say."""
    if model_input.size_dtype:
        usual = RT_DETR
    if model_input.dtype == "uint8":  # such a model scales colours itself
        usual = replace(usual, scale=1.0, mean=(), std=())
    for name in ("mean", "std"):
        if len(getattr(params, name)) not in (0, 3):
            raise ParameterError(f"parameter '{prefix}.{name}' needs three values, one a channel")
    if 0.0 in params.std:
        raise ParameterError(f"parameter '{prefix}.std' has a 0")
    return Preprocessing(
        usual.letterbox if params.letterbox == "auto" else params.letterbox,
        usual.channel_order if params.channel_order == "auto" else params.channel_order,
        params.scale or usual.scale,
        params.mean or usual.mean,
        params.std or usual.std,
    )
