# SPDX-License-Identifier: Apache-2.0
"""Barriers, barrels, pillars, walls, cones and guard rails of many sizes, shapes and colours."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from bulwark_core.objects import ObjectClass
from bulwark_training.palette import Palette, recoloured
from bulwark_training.vehicles import ready
from bulwark_world.kinds import Kind, kinds
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box, cylinder, merge, prism
from bulwark_world.roadside_kinds import CONE, GUARD_RAIL, WALL

_M = Material


def water_barrier(rng: np.random.Generator, palette: Palette) -> Kind:
    """Of Jersey profile, across its x axis, in one colour or in two by segments."""
    share = int(rng.choice([1, 1, 2, 2, 2, 3, 4]))
    wide, deep = rng.uniform(1.0, 2.2), rng.uniform(0.35, 0.65)
    high, half = rng.uniform(0.6, 1.15), deep / 2
    neck, knee = rng.uniform(0.25, 0.6), rng.uniform(0.4, 0.65)
    side = [(-half, 0.0), (half, 0.0), (half, 0.18 * high), (neck * half + 0.02, knee * high)]
    outline = [
        *side, (neck * half, high), (-neck * half, high), (-neck * half - 0.02, knee * high),
        (-half, 0.18 * high),
    ]  # fmt: skip
    piece = wide / share
    parts = [
        prism(outline, piece, (_M.PLASTIC_RED, _M.PLASTIC_WHITE)[i % 2]).moved(
            0.0, (i + 0.5) * piece - wide / 2
        )
        for i in range(share)
    ]
    if rng.random() < 0.5:  # holes for a fork lift
        dark = box(deep + 0.02, 0.16 * wide, 0.0, 0.12 * high, _M.RUBBER)
        parts += [dark.moved(0.0, s * 0.25 * wide) for s in (-1.0, 1.0)]
    first = palette.safety("red", "red", "orange", "orange", "yellow", "white", "blue")
    colours = {_M.PLASTIC_RED: first, _M.PLASTIC_WHITE: palette.safety("white", "white", "red")}
    kind = replace(kinds()["water_barrier"], length=deep, width=wide, height=high)
    return ready(kind, recoloured(merge(parts), colours))


def crash_barrel(rng: np.random.Generator, palette: Palette) -> Kind:
    """A drum in bands, with or without a rubber foot and a waist."""
    radius, high = rng.uniform(0.24, 0.48), rng.uniform(0.75, 1.25)
    bands = int(rng.choice([1, 2, 3, 4, 5, 5, 6]))
    edges = np.linspace(0.0, high, bands + 1)
    taper = rng.uniform(0.0, 0.25)
    parts = [
        cylinder(
            radius * (1.0 - taper * (low + top) / (2 * high)), low, top,
            (_M.PLASTIC_YELLOW, _M.PLASTIC_WHITE)[i % 2],
        )
        for i, (low, top) in enumerate(pairwise(edges))
    ]  # fmt: skip
    if rng.random() < 0.4:
        parts.append(cylinder(radius * 1.15, 0.0, 0.07, _M.RUBBER))
    if rng.random() < 0.3:
        parts.append(cylinder(radius * 0.5, high, high + 0.05, _M.RUBBER))
    pairs = (("yellow", "black"), ("orange", "white"), ("red", "white"), ("yellow", "white"))
    one, other = pairs[int(rng.integers(len(pairs)))]
    colours = {_M.PLASTIC_YELLOW: palette.safety(one), _M.PLASTIC_WHITE: palette.safety(other)}
    kind = replace(kinds()["crash_barrel"], length=2 * radius, width=2 * radius, height=high)
    return ready(kind, recoloured(merge(parts), colours))


def pillar(rng: np.random.Generator, palette: Palette) -> Kind:
    """Square, oblong or round, of concrete, brick or painted, often with a signal foot."""
    size, high = rng.uniform(0.25, 0.95), rng.uniform(2.0, 4.2)
    stuff = (_M.CONCRETE, _M.CONCRETE, _M.PLASTIC_WHITE, _M.BRICK)[int(rng.integers(4))]
    is_round = rng.random() < 0.45
    wide = size if is_round else size * rng.uniform(0.6, 1.7)

    def part(grow: float, low: float, top: float, material: Material) -> Mesh:
        if is_round:
            return cylinder(size / 2 + grow, low, top, material)
        return box(size + 2 * grow, wide + 2 * grow, low, top, material)

    parts = [part(0.0, 0.0, high, stuff)]
    if rng.random() < 0.4:
        foot, bands = rng.uniform(0.3, 1.2), int(rng.integers(1, 6))
        edges = np.linspace(0.02, foot, bands + 1)
        parts += [
            part(0.01, low, top, (_M.PLASTIC_YELLOW, _M.PLASTIC_RED)[i % 2])
            for i, (low, top) in enumerate(pairwise(edges))
        ]
    if rng.random() < 0.15:
        parts.append(part(0.08, high - 0.15, high, stuff))
    colours = {_M.PLASTIC_WHITE: palette.plaster(), _M.PLASTIC_RED: palette.safety("black", "red")}
    colours[_M.PLASTIC_YELLOW] = palette.safety("yellow", "white", "orange")
    usual = kinds()["round_pillar" if is_round else "pillar"]
    kind = replace(usual, length=size, width=wide, height=high)
    return ready(kind, recoloured(merge(parts), colours))


def wall(rng: np.random.Generator, palette: Palette) -> Kind:
    """Free-standing, across its x axis: brick, concrete or plaster, some with a cap or a foot."""
    wide, deep = float(np.exp(rng.uniform(np.log(2.0), np.log(14.0)))), rng.uniform(0.15, 0.5)
    high = rng.uniform(1.0, 4.0)
    stuff = (_M.BRICK, _M.BRICK, _M.CONCRETE, _M.PLASTIC_WHITE)[int(rng.integers(4))]
    parts = [box(deep, wide, 0.0, high, stuff)]
    if rng.random() < 0.35:
        parts.append(box(deep + 0.1, wide + 0.06, high - 0.08, high + 0.02, _M.PLASTIC_RED))
    if rng.random() < 0.25:
        parts.append(box(deep + 0.06, wide, 0.0, rng.uniform(0.2, 0.5), _M.PLASTIC_YELLOW))
    if rng.random() < 0.2:  # posts
        post = box(deep + 0.15, 0.4, 0.0, high + 0.05, stuff)
        parts += [post.moved(0.0, y) for y in np.linspace(-wide / 2, wide / 2, 3)]
    names = (_M.PLASTIC_WHITE, _M.PLASTIC_RED, _M.PLASTIC_YELLOW)
    kind = replace(WALL, length=deep, width=wide, height=high)
    return ready(kind, recoloured(merge(parts), {m: palette.plaster() for m in names}))


def cone(rng: np.random.Generator, palette: Palette) -> Kind:
    """In steps on a foot, 0.4 to 1.0 m high."""
    high, radius, steps = rng.uniform(0.4, 1.0), rng.uniform(0.11, 0.2), int(rng.integers(6, 13))
    edges = np.linspace(0.03, high, steps + 1)
    low, top = sorted(rng.uniform(0.25, 0.85, 2))
    parts = [
        cylinder(
            radius * (1.0 - 0.85 * a / high), a, b,
            _M.PLASTIC_WHITE if low < a / high < top else _M.PLASTIC_RED, 10,
        )
        for a, b in pairwise(edges)
    ]  # fmt: skip
    parts.append(box(2.5 * radius, 2.5 * radius, 0.0, 0.04, _M.RUBBER))
    colours = {_M.PLASTIC_RED: palette.safety("red", "orange", "orange", "yellow")}
    colours[_M.PLASTIC_WHITE] = palette.safety("white")
    kind = replace(CONE, length=2.5 * radius, width=2.5 * radius, height=high)
    return ready(kind, recoloured(merge(parts), colours))


def guard_rail(rng: np.random.Generator, palette: Palette) -> Kind:
    """A run along its x axis with one or two beams on posts."""
    long, high = rng.uniform(4.0, 26.0), rng.uniform(0.65, 1.0)
    beams = 1 if rng.random() < 0.75 else 2
    depth = rng.uniform(0.25, 0.34)
    parts = [
        box(long, 0.08, top - depth, top, _M.METAL)
        for top in np.linspace(high, high - 0.42, 2)[:beams]
    ]
    spacing = rng.uniform(1.3, 4.0)
    post = box(0.1, 0.1, 0.0, high - 0.05, _M.METAL)
    offsets = np.arange(-long / 2 + 0.3, long / 2, spacing)
    parts += [post.moved(float(x), 0.07) for x in offsets]
    mesh = merge(parts)
    if rng.random() < 0.35:
        mesh = recoloured(mesh, {_M.METAL: palette.safety("grey", "white", "grey")})
    kind = replace(GUARD_RAIL, object_class=ObjectClass.GUARD_RAIL, length=long, height=high)
    return ready(kind, mesh)
