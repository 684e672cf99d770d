# SPDX-License-Identifier: Apache-2.0
"""Pictures of the world with their true boxes; each follows from a seed, a split and its index."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import rigid
from bulwark_training.labels import Labels, read_labels
from bulwark_training.palette import Palette
from bulwark_training.settings import Setting, draw_setting
from bulwark_training.situation import Situation, fill
from bulwark_training.split import Split
from bulwark_world.camera import Camera
from bulwark_world.scene import Scene

Picture = npt.NDArray[np.uint8]
_AROUND, _LEAST_CONTRAST = 4, 9.0  # of a box [px]; between its dark and its bright parts


@dataclass(frozen=True)
class Shot:
    """A picture (H, W, 3) uint8 BGR, what it shows, and the kind of place."""

    picture: Picture
    labels: Labels
    place: str


def take(seed: int, split: Split, index: int) -> Shot:
    """The picture of this index."""
    rng = split.rng(seed, index)
    setting = draw_setting(rng, split)
    palette = Palette(rng, split, strength=0.0 if rng.random() < 0.2 else 1.0)
    situation = fill(rng, setting, palette, int(rng.integers(2**31)))
    picture, labels = _render(situation, int(rng.integers(2**31)))
    picture = _spoilt(picture, rng)
    return Shot(picture, _without_unseen(picture, labels), setting.place_name)


def _without_unseen(picture: Picture, labels: Labels) -> Labels:
    """Nothing of what darkness or fog swallows counts as visible."""
    smooth = cv2.blur(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (5, 5))
    visible = labels.visible.copy()
    for number, box in enumerate(labels.boxes.astype(int)):
        left, top = np.maximum(box[:2] - _AROUND, 0)
        region = smooth[top : box[3] + _AROUND, left : box[2] + _AROUND]
        low, high = np.percentile(region, (5.0, 95.0))
        if high - low < _LEAST_CONTRAST:
            visible[number] = 0.0
    return replace(labels, visible=visible)


def _render(situation: Situation, seed: int) -> tuple[Picture, Labels]:
    setting, actors = situation.setting, list(situation.actors)
    scene = Scene(setting.place, [], actors)
    scene.place(0.0)
    camera = _camera(setting, seed, situation.palette)
    ego = setting.ego
    base = rigid(ego.x, ego.y, 0.0, yaw=ego.yaw)
    picture, hits = camera.shot(scene, base, 0, setting.moving)
    return picture, read_labels(scene, actors, hits, camera.rays(base), setting.intrinsics.width)


def _camera(setting: Setting, seed: int, palette: Palette) -> Camera:
    return Camera(
        setting.intrinsics, setting.mount, seed, setting.imager, setting.light, setting.weather,
        palette.colours,
    )  # fmt: skip


def _spoilt(picture: Picture, rng: np.random.Generator) -> Picture:
    """What cameras and what sends their pictures do besides: white balance, tone, focus, JPEG."""
    gains = np.exp(rng.normal(0.0, 0.06, 3))
    curve = np.linspace(0.0, 1.0, 256) ** np.exp(rng.normal(0.0, 0.18))
    contrast = np.exp(rng.normal(0.0, 0.12))
    curve = 255.0 * (0.5 + (curve - 0.5) * contrast) + rng.normal(0.0, 6.0)
    table = np.clip(curve[:, None] * gains, 0.0, 255.0).astype(np.uint8)
    picture = cv2.LUT(picture, np.ascontiguousarray(table[None]))
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.2))
    return np.asarray(picture, dtype=np.uint8)
