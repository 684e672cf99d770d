# SPDX-License-Identifier: Apache-2.0
"""What can be seen from a place: lines of sight past other things, with their heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import TrackedObject

FloatArray = npt.NDArray[np.float64]

IN_SIGHT = 0.5
"""The share of a thing that must be in view for it to count as seen."""
_SAMPLES = 9


@dataclass(frozen=True)
class Standing:
    """Something upright: outline (N, 2) [m], convex; from `low` to `high` above the ground [m]."""

    outline: FloatArray
    low: float
    high: float


def shares_in_sight(
    eye: FloatArray, things: Sequence[Standing], which: Sequence[int] | None = None
) -> FloatArray:
    """The share 0..1 of each thing's width of which the top can be seen past the others.

    eye: x, y and height [m], (3,). which: the things that are asked for, None for all: (W,).
    """
    asked = range(len(things)) if which is None else which
    if len(things) < 2:
        return np.ones(len(asked))
    points = np.concatenate([_across(eye[:2], things[i].outline) for i in asked])
    tops = np.repeat([things[i].high for i in asked], _SAMPLES)
    owners = np.repeat(np.array(list(asked)), _SAMPLES)
    hidden = _hidden(eye, points, tops, owners, things)
    return np.asarray(1.0 - hidden.reshape(-1, _SAMPLES).mean(axis=1))


def in_view(objects: list[TrackedObject], eye: FloatArray) -> list[TrackedObject]:
    """The objects that are not hidden behind others; eye in the objects' frame, (3,) [m]."""
    if len(objects) < 2:
        return objects
    things = [
        Standing(thing.footprint(), thing.z - thing.height / 2.0, thing.z + thing.height / 2.0)
        for thing in objects
    ]
    shares = shares_in_sight(eye, things)
    return [item for item, share in zip(objects, shares, strict=True) if share >= IN_SIGHT]


def _across(eye: FloatArray, outline: FloatArray) -> FloatArray:
    """Points between the two corners that limit the outline's view from the eye: (S, 2)."""
    middle = outline.mean(axis=0) - eye
    left = np.array([-middle[1], middle[0]])
    to = outline - eye
    angle = np.arctan2(to @ left, to @ middle)
    ends = outline[[int(angle.argmin()), int(angle.argmax())]]
    share = np.linspace(0.02, 0.98, _SAMPLES)[:, None]
    return np.asarray(ends[0] + share * (ends[1] - ends[0]))


def _hidden(
    eye: FloatArray,
    points: FloatArray,
    tops: FloatArray,
    owners: npt.NDArray[np.intp],
    things: Sequence[Standing],
) -> npt.NDArray[np.bool_]:
    """Which lines from the eye to points (P, 2) at heights `tops` meet another thing: (P,)."""
    start = np.concatenate([thing.outline for thing in things])
    ends = np.concatenate([np.roll(thing.outline, -1, axis=0) for thing in things])
    sides = [len(thing.outline) for thing in things]
    holder = np.repeat(np.arange(len(things)), sides)
    low, high = (np.repeat([getattr(t, name) for t in things], sides) for name in ("low", "high"))
    ray, edge = points[:, None, :] - eye[:2], (ends - start)[None, :, :]
    offset = (start - eye[:2])[None, :, :]
    cross = _cross(ray, edge)
    safe = np.where(np.abs(cross) < 1e-12, np.inf, cross)
    along, across = _cross(offset, edge) / safe, _cross(offset, ray) / safe
    height = eye[2] + along * (tops[:, None] - eye[2])
    meets = (along > 0.0) & (along < 1.0) & (across >= 0.0) & (across <= 1.0)
    meets &= (height > low) & (height < high) & (holder != owners[:, None])
    return np.asarray(meets.any(axis=1))


def _cross(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])
