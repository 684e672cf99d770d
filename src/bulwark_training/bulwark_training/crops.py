# SPDX-License-Identifier: Apache-2.0
"""What the network is shown of a picture: a part at some scale, mirrored, in other colours."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from bulwark_camera.letterbox import PAD_GREY
from bulwark_training.labels import OPEN, Float32Array, IntArray, Labels
from bulwark_training.scoring import MIN_SIDE, MIN_VISIBLE
from bulwark_training.shots import Picture

_WHOLE_SHARE = 0.35
_LEAST_LEFT = 0.3  # of a box that the view cuts; less is left open
_SMALLEST = 0.7 * MIN_SIDE


@dataclass(frozen=True)
class View:
    """picture: (H, W, 3) uint8 BGR. boxes: (N, 4) float32 [px]; classes: (N,), OPEN for regions
    in which nothing is right or wrong.
    """

    picture: Picture
    boxes: Float32Array
    classes: IntArray


def view_of(
    picture: Picture, labels: Labels, size: tuple[int, int], rng: np.random.Generator
) -> View:
    """A view of this (height, width): the whole picture, or a part with something in it."""
    labels = asked_for(labels)
    least = min(size[0] / picture.shape[0], size[1] / picture.shape[1])
    if rng.random() < _WHOLE_SHARE or not (labels.classes >= 0).any():
        scale, corner = least * rng.uniform(0.92, 1.08), (0.0, 0.0)
    else:
        scale, corner = _around_something(labels, size, least, rng)
    view = _cut(picture, labels, size, scale, corner)
    if rng.random() < 0.5:
        view = _mirrored(view)
    return replace(view, picture=_tinted(view.picture, rng))


def asked_for(labels: Labels) -> Labels:
    """The same, with everything too small or too hidden to be asked for left open."""
    sides = (labels.boxes[:, 2:] - labels.boxes[:, :2]).min(axis=1, initial=np.inf)
    is_hard = (labels.visible < MIN_VISIBLE) | (sides < _SMALLEST)
    return replace(labels, classes=np.where(is_hard, OPEN, labels.classes))


def _around_something(
    labels: Labels, size: tuple[int, int], least: float, rng: np.random.Generator
) -> tuple[float, tuple[float, float]]:
    """Scale and upper left corner in the scaled picture of a view in which a thing lies whole or
    fills most; every class that is there has the same chance.
    """
    wanted = rng.choice(np.unique(labels.classes[labels.classes >= 0]))
    box = labels.boxes[rng.choice(np.flatnonzero(labels.classes == wanted))].astype(float)
    fits = float(min(size[1] / (box[2] - box[0]), size[0] / (box[3] - box[1])))
    low, high = math.log(least * 0.9), math.log(max(min(1.4, fits), least))
    scale = math.exp(rng.uniform(low, high))
    corner = []
    for axis, length in ((0, size[1]), (1, size[0])):
        first, last = box[axis] * scale, box[axis + 2] * scale
        slack = sorted((last - length, first))
        corner.append(rng.uniform(*slack))
    return scale, (corner[0], corner[1])


def _cut(
    picture: Picture, labels: Labels, size: tuple[int, int], scale: float,
    corner: tuple[float, float],
) -> View:  # fmt: skip
    height, width = size
    left = _within(corner[0], picture.shape[1] * scale - width)
    top = _within(corner[1], picture.shape[0] * scale - height)
    shift = 0.5 * scale - 0.5  # pixels' middles are at whole numbers for warpAffine
    matrix = np.array([[scale, 0.0, shift - left], [0.0, scale, shift - top]])
    if scale < 0.8:  # against aliasing
        picture = np.asarray(cv2.blur(picture, (2, 2)), dtype=np.uint8)
    seen = cv2.warpAffine(
        picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(PAD_GREY,) * 3
    )
    moved = labels.boxes * scale - np.array([left, top] * 2)
    limit = np.array([width, height] * 2)
    boxes = np.clip(moved, 0.0, limit).astype(np.float32)
    whole = (moved[:, 2:] - moved[:, :2]).prod(axis=1)
    sides = boxes[:, 2:] - boxes[:, :2]
    is_there = sides.min(axis=1, initial=np.inf) > 1.0
    is_cut = (sides.prod(axis=1) < _LEAST_LEFT * whole) & (
        sides.prod(axis=1) < 0.2 * limit[:2].prod()
    )
    is_small = sides.min(axis=1, initial=np.inf) < _SMALLEST
    classes = np.where(is_cut | is_small, OPEN, labels.classes)
    return View(np.asarray(seen, dtype=np.uint8), boxes[is_there], classes[is_there])


def _within(corner: float, spare: float) -> float:
    """A corner for which the view stays in the picture, or the picture in the view."""
    return min(max(corner, min(0.0, spare)), max(0.0, spare))


def _mirrored(view: View) -> View:
    width = view.picture.shape[1]
    boxes = view.boxes.copy()
    boxes[:, [0, 2]] = width - view.boxes[:, [2, 0]]
    return replace(view, picture=np.ascontiguousarray(view.picture[:, ::-1]), boxes=boxes)


def _tinted(picture: Picture, rng: np.random.Generator) -> Picture:
    """Other brightness, contrast and white balance."""
    gains = np.exp(rng.normal(0.0, 0.15)) * np.exp(rng.normal(0.0, 0.05, 3))
    table = np.arange(256.0)[:, None] * gains + rng.normal(0.0, 8.0)
    table = np.clip(table, 0.0, 255.0).astype(np.uint8)
    tinted = cv2.LUT(picture, np.ascontiguousarray(table[None]))
    if rng.random() < 0.04:
        grey = cv2.cvtColor(tinted, cv2.COLOR_BGR2GRAY)
        tinted = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    return np.asarray(tinted, dtype=np.uint8)


def stack(views: list[View]) -> npt.NDArray[np.uint8]:
    """Pictures of one size as a batch (B, H, W, 3)."""
    return np.stack([view.picture for view in views])
