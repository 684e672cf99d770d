# SPDX-License-Identifier: Apache-2.0
"""The model card, and the line of the manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bulwark_core.errors import BulwarkError
from bulwark_core.model_files import MANIFEST_NAME
from bulwark_training.classes import BARRIERS, CLASSES

_HEAD = "# SHA-256 of the models in this folder; see README.md.\n"


@dataclass(frozen=True)
class Made:
    """How a model was made and what came out.

    figures: as `evaluation.Figures.as_dict` has them. real: rows of text about real pictures.
    """

    command: str
    seed: int
    commit: str
    pictures: int
    views: int
    held_out: int
    parameters: int
    latency: str
    figures: Mapping[str, Any]


def write_card(file: Path, made: Made, more: str = "") -> None:
    """Write a card beside a model; `more`: what people found, kept from the last card or new."""
    _write(
        file, "\n".join([_ABOUT.format(**vars(made)), _tables(made.figures), more]).rstrip() + "\n"
    )


def list_in_manifest(model: Path) -> None:
    """Put the hash of a model into the manifest of its folder. Raises BulwarkError."""
    manifest = model.with_name(MANIFEST_NAME)
    try:
        known = yaml.safe_load(manifest.read_text(encoding="utf-8")) if manifest.is_file() else {}
        digest = hashlib.sha256(model.read_bytes()).hexdigest()
    except (OSError, yaml.YAMLError) as error:
        raise BulwarkError(f"{manifest} cannot be read: {error}") from error
    models = {**((known or {}).get("models") or {}), model.name: {"sha256": digest}}
    _write(manifest, _HEAD + yaml.safe_dump({"models": models}, sort_keys=True))


def _tables(figures: Mapping[str, Any]) -> str:
    near = figures["barriers_within_40m_ap50"]
    rows = [
        f"| {name.name.lower().replace('_', ' ')} | {_shown(figures['ap50'][name.name])} | "
        f"{_shown(near[name.name]) if name in BARRIERS else ''} | {figures['asked'][name.name]} |"
        for name in CLASSES
    ]
    places = ", ".join(f"{k} {v:.2f}" for k, v in figures["map50_by_place"].items())
    total = f"| **all (mAP50)** | **{figures['map50']:.3f}** | | |"
    working = (
        f"By place: {places}.\nAt a score of {figures['score']}: precision "
        f"{figures['precision']:.2f}, recall {figures['recall']:.2f}, "
        f"{figures['false_boxes_per_picture']:.2f} false boxes a picture.\n"
    )
    head = ["| class | AP50 | within 40 m | boxes |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows, total, "", working])


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BulwarkError(f"cannot write {file}: {error.strerror}") from error


_ABOUT = """\
# detector.onnx

**What it is.** A detector of boxes in camera pictures for ten classes: car, truck, pedestrian,
cyclist, water barrier, crash barrel, pillar, wall, cone, guard rail. Plain convolutions at strides
4 to 32, a feature pyramid and a small head like YOLOX's; {parameters:,} parameters.

- Input `images`: float32 1 x 3 x 384 x 640, BGR, 0..255, letterboxed to the top left.
- Output `output`: float32 1 x 5040 x 15, a row for each cell at strides 8, 16, 32: x, y from the
  cell and logarithms of w, h, in strides; objectness; ten class scores (`model.format: yolox`).
- Metadata `names`: the classes by number.

**Where it comes from.** Trained from random weights on {pictures:,} pictures of `bulwark_world`
alone ({views:,} views of them) with places, poses, shapes, colours, light, weather, lens, exposure,
noise and clutter by chance. No real picture and no other model had a part in it. Made by
`{command}`, seed {seed}, at commit {commit}.

**Licence.** Apache-2.0, as the rest of the repository.

**What it costs.** {latency}

**How good it is.** On {held_out} pictures of worlds that were held out: other seeds, other bands of
hue and of the sun's height, and places of which four are in no training picture (construction site,
town, gate, roundabout). A box is asked for where both sides have 8 pixels or more and 35 % or more
of the thing's pixels are seen; detections on what is smaller or more hidden, and on fronts of
houses, count as neither right nor wrong (`bulwark_training/scoring.py`).
"""
