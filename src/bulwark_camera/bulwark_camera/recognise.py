# SPDX-License-Identifier: Apache-2.0
"""Which format a model's outputs are of, as far as names, shapes and metadata tell."""

from __future__ import annotations

from bulwark_camera.formats import AUTO, FORMATS, Format
from bulwark_camera.model_notes import ModelNotes
from bulwark_camera.tensors import Layout, Outputs, describe, require_finite
from bulwark_camera.yolox import looks_raw
from bulwark_core.errors import ModelError


def find_format(asked: str, outputs: Outputs, layout: Layout, notes: ModelNotes) -> str:
    """The format's name: what is asked for, checked, or for `auto` the only one that fits.

    outputs: of a run on any picture. Raises ModelError where none fits or several do.
    """
    if notes.task not in ("", "detect"):
        raise ModelError(f"is for the task '{notes.task}', not for detection")
    if asked != AUTO:
        _check(asked, outputs, layout)
        return asked
    fitting = [name for name in FORMATS if _fits(name, outputs, layout)]
    fitting = _likeliest(fitting, outputs, layout, notes)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise ModelError(
            f"has outputs that may be {' or '.join(fitting)}: {describe(outputs)}; set model.format"
        )
    require_finite(*outputs.values())
    known = "; ".join(f"{name}: {one.expected}" for name, one in FORMATS.items())
    raise ModelError(f"has outputs of no known format: {describe(outputs)}. Known are {known}")


def _check(asked: str, outputs: Outputs, layout: Layout) -> None:
    try:
        _read(FORMATS[asked], outputs, layout)
    except ModelError as error:
        raise ModelError(f"is not of model.format '{asked}': {error}") from error


def _fits(name: str, outputs: Outputs, layout: Layout) -> bool:
    try:
        _read(FORMATS[name], outputs, layout)
    except ModelError:
        return False
    return True


def _read(one: Format, outputs: Outputs, layout: Layout) -> None:
    one.classes(outputs, layout)
    one.decode(outputs, layout, 1.0)


def _likeliest(
    fitting: list[str], outputs: Outputs, layout: Layout, notes: ModelNotes
) -> list[str]:
    """Without those that only fit because another format has such outputs too."""
    if notes.names:
        counts = {name: FORMATS[name].classes(outputs, layout) for name in fitting}
        fitting = [name for name in fitting if counts[name] in (None, len(notes.names))]
    if "yolox" in fitting:
        return ["yolox" if looks_raw(outputs, layout) else "yolox_decoded"]
    if "rtdetr_top" in fitting and notes.has_top_of_rtdetr:
        return ["rtdetr_top"]
    if "rtdetr_rows" in fitting and notes.is_rtdetr:
        return ["rtdetr_rows"]
    for first in ("yolov8", "yolov5", "nms"):  # each could be read as rows of queries
        if first in fitting:
            return [first]
    return fitting
