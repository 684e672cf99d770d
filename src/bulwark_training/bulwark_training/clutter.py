# SPDX-License-Identifier: Apache-2.0
"""What a detector shall not report: bins, posts, hedges, boards, trees, and a skyline far off."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from bulwark_core.objects import ObjectClass
from bulwark_training.palette import Palette, recoloured
from bulwark_training.vehicles import ready
from bulwark_world.kinds import Kind, kinds
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box, cylinder, merge

_M = Material
_NOTHING = replace(kinds()["sign_board"], name="clutter", object_class=ObjectClass.UNKNOWN)


def clutter(rng: np.random.Generator, palette: Palette) -> Kind:
    """Something beside the way that is none of the classes."""
    makers = (_bin, _post, _hedge, _board, _tree, _low, _frame)
    length, width, height, mesh = makers[int(rng.integers(len(makers)))](rng)
    colours = {_M.PLASTIC_RED: palette.any(), _M.PLASTIC_WHITE: palette.any()}
    kind = replace(_NOTHING, length=length, width=width, height=height)
    return ready(kind, recoloured(mesh, colours))


Made = tuple[float, float, float, Mesh]


def _bin(rng: np.random.Generator) -> Made:
    size, high = rng.uniform(0.35, 0.6), rng.uniform(0.8, 1.15)
    body = box(size, size, 0.05, high, _M.PLASTIC_RED)
    lid = box(size + 0.08, size + 0.06, high, high + 0.08, _M.PLASTIC_WHITE)
    return size, size, high, merge([body, lid])


def _post(rng: np.random.Generator) -> Made:
    high, radius = rng.uniform(0.7, 7.0), rng.uniform(0.03, 0.09)
    parts = [cylinder(radius, 0.0, high, _M.METAL, 8)]
    if rng.random() < 0.7:
        plate = rng.uniform(0.3, 0.9)
        parts.append(box(0.05, plate, high - plate, high, _M.PLASTIC_RED))
    return 0.5, 0.5, high, merge(parts)


def _hedge(rng: np.random.Generator) -> Made:
    length, width, high = rng.uniform(1.0, 8.0), rng.uniform(0.5, 1.2), rng.uniform(0.4, 2.2)
    return length, width, high, box(length, width, 0.0, high, _M.FOLIAGE)


def _board(rng: np.random.Generator) -> Made:
    wide, low, high = rng.uniform(0.5, 3.5), rng.uniform(0.8, 2.5), rng.uniform(0.5, 1.5)
    legs = [
        box(0.06, 0.06, 0.0, low, _M.METAL).moved(0.0, side * 0.4 * wide) for side in (-1.0, 1.0)
    ]
    board = box(0.06, wide, low, low + high, _M.PLASTIC_RED)
    stripe = box(0.08, wide * 0.7, low + 0.3 * high, low + 0.5 * high, _M.PLASTIC_WHITE)
    return 0.2, wide, low + high, merge([board, stripe, *legs])


def _tree(rng: np.random.Generator) -> Made:
    high, wide = rng.uniform(2.5, 9.0), rng.uniform(0.8, 2.2)
    bare = rng.uniform(0.2, 0.5) * high
    trunk = cylinder(rng.uniform(0.07, 0.2), 0.0, bare, _M.BRICK, 8)
    steps = np.linspace(bare, high, 4)
    crowns = [
        cylinder(wide * rng.uniform(0.5, 1.0), a, b, _M.FOLIAGE, 10) for a, b in pairwise(steps)
    ]
    return 1.0, 1.0, high, merge([trunk, *crowns])


def _low(rng: np.random.Generator) -> Made:
    length, width, high = rng.uniform(0.2, 1.5), rng.uniform(0.2, 1.5), rng.uniform(0.08, 0.45)
    return length, width, high, box(length, width, 0.0, high, _M.PLASTIC_RED)


def _frame(rng: np.random.Generator) -> Made:
    """A bench, a bicycle stand, a trolley: bars and a plate."""
    wide, high = rng.uniform(0.6, 2.0), rng.uniform(0.5, 1.3)
    bars = [
        box(0.05, 0.05, 0.0, high, _M.METAL).moved(x, y)
        for x in (-0.3, 0.3)
        for y in (-wide / 2, wide / 2)
    ]
    level = rng.uniform(0.3, 0.9) * high
    return 0.6, wide, high, merge([*bars, box(0.6, wide, level, level + 0.06, _M.PLASTIC_RED)])


def skyline(rng: np.random.Generator, palette: Palette) -> Kind:
    """A block or a row of trees, to be put far away."""
    length, width, high = rng.uniform(4.0, 15.0), rng.uniform(5.0, 30.0), rng.uniform(3.0, 20.0)
    stuff = (_M.BRICK, _M.PLASTIC_RED, _M.PLASTIC_WHITE, _M.FOLIAGE)[int(rng.integers(4))]
    parts = [box(length, width, 0.0, high, stuff)]
    if stuff != _M.FOLIAGE:
        storeys = np.arange(1.2, high - 1.5, rng.uniform(2.6, 3.4)).tolist()
        parts += [box(length + 0.1, width * 0.9, z, z + 1.2, _M.GLASS) for z in storeys]
    colours = {_M.PLASTIC_RED: palette.plaster(), _M.PLASTIC_WHITE: palette.any()}
    kind = replace(_NOTHING, name="skyline", length=length, width=width, height=high)
    return ready(kind, recoloured(merge(parts), colours))
