# SPDX-License-Identifier: Apache-2.0
"""Cars, trucks and people with sizes, shapes and colours by chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bulwark_core.objects import ObjectClass
from bulwark_training.palette import Palette, recoloured
from bulwark_world.kinds import Kind, kinds
from bulwark_world.materials import Material
from bulwark_world.mesh import EMPTY, Mesh, box, cylinder, merge, prism, wheel

_M = Material


def ready(kind: Kind, mesh: Mesh) -> Kind:
    """A kind with this very mesh."""
    return replace(kind, build=lambda _kind: mesh)


def car(rng: np.random.Generator, palette: Palette) -> Kind:
    """A hatchback, saloon, estate, van or off-roader; a fifth is the world's own car."""
    if rng.random() < 0.2:
        kind = _resized(rng, kinds()["car"], 0.08)
        return ready(kind, recoloured(kind.mesh, {_M.PAINT_SILVER: palette.paint()}))
    length, width = rng.uniform(3.5, 5.1), rng.uniform(1.6, 1.98)
    height = rng.uniform(1.38, 1.6) if rng.random() < 0.6 else rng.uniform(1.6, 2.1)
    kind = Kind("car", ObjectClass.CAR, length, width, height, lambda _kind: EMPTY)
    return ready(kind, _car(rng, palette, length, width, height))


def _car(
    rng: np.random.Generator, palette: Palette, length: float, width: float, height: float
) -> Mesh:
    half, belt = length / 2, height * rng.uniform(0.58, 0.66)
    bonnet, boot = rng.uniform(0.7, 1.3), max(0.0, rng.uniform(-0.6, 0.9))
    rake, rear = rng.uniform(0.35, 0.95), rng.uniform(0.05, 0.6)
    inset, paint = rng.uniform(0.12, 0.4), _M.PAINT_SILVER
    body = [
        (-half, 0.38), (-half + 0.12, 0.2), (half - 0.15, 0.2), (half, 0.42),
        (half - 0.06, belt - 0.22), (half - bonnet, belt), (-half + 0.06, belt),
    ]  # fmt: skip
    front, back = half - bonnet, -half + 0.08 + boot
    top_front, top_back = front - rake, back + rear
    glass = [(back, belt), (front, belt), (top_front, height - 0.05), (top_back, height - 0.05)]
    roof = box(top_front - top_back, width - inset - 0.02, height - 0.06, height, paint)
    radius = rng.uniform(0.29, 0.37)
    wheels = [
        wheel(radius, 0.2).moved(x, y)
        for x in (-half + 0.8, half - 0.85)
        for y in (-width / 2 + 0.09, width / 2 - 0.09)
    ]
    posts = [
        box(0.09, 0.05, belt, height - 0.05, paint).moved(x, y)
        for x in np.linspace(top_back + 0.05, top_front - 0.1, int(rng.integers(2, 4)))
        for y in (-(width - inset) / 2, (width - inset) / 2)
    ]
    mesh = merge(
        [
            prism(body, width, paint), prism(glass, width - inset, _M.GLASS), *wheels, *posts,
            roof.moved((top_front + top_back) / 2), *_lights(rng, half, width, belt),
        ]
    )  # fmt: skip
    return recoloured(mesh, {paint: palette.paint(), _M.PLASTIC_YELLOW: palette.safety("black")})


def _lights(rng: np.random.Generator, half: float, width: float, belt: float) -> list[Mesh]:
    """Lamps, number plates, a dark grille and a bumper."""
    high, wide = rng.uniform(0.1, 0.3), rng.uniform(0.18, 0.4)
    y = width / 2 - wide / 2 - 0.03
    rear, front = belt - rng.uniform(0.1, 0.35), belt - rng.uniform(0.3, 0.42)
    rows = ((-half, rear, _M.LAMP_RED, high), (half - 0.04, front, _M.LAMP_WHITE, high * 0.7))
    lamps = [
        box(0.06, wide, z - h, z, lamp).moved(x, side * y)
        for x, z, lamp, h in rows
        for side in (-1.0, 1.0)
    ]
    plates = [box(0.05, 0.5, 0.42, 0.54, _M.PLASTIC_WHITE).moved(x) for x in (-half, half)]
    dark = box(0.05, width * rng.uniform(0.3, 0.9), 0.25, 0.4, _M.PLASTIC_YELLOW)
    return [*lamps, *plates, dark.moved(-half + 0.02), dark.moved(half - 0.01)]


def truck(rng: np.random.Generator, palette: Palette) -> Kind:
    """A lorry, a bus or an open tailgate."""
    draw = rng.random()
    if draw < 0.15:
        return replace(kinds()["open_tailgate"])
    if draw < 0.35:
        return _bus(rng, palette)
    usual = kinds()["truck"]
    kind = replace(
        usual, length=rng.uniform(5.5, 12.0), width=rng.uniform(2.1, 2.55),
        height=rng.uniform(2.95, 4.0),
    )  # fmt: skip
    colours = {_M.PAINT_WHITE: palette.paint(), _M.PAINT_BLUE: palette.paint()}
    if rng.random() < 0.3:
        colours[_M.PAINT_WHITE] = palette.any()
    return ready(kind, recoloured(kind.mesh, colours))


def _bus(rng: np.random.Generator, palette: Palette) -> Kind:
    length, width, height = rng.uniform(7.0, 12.5), rng.uniform(2.3, 2.55), rng.uniform(2.8, 3.4)
    low, high = rng.uniform(1.1, 1.4), height - rng.uniform(0.35, 0.6)
    shell = box(length, width, 0.35, height, _M.PAINT_RED)
    side = box(length - 0.8, width + 0.03, low, high, _M.GLASS)
    ends = box(length + 0.04, width - 0.3, low, high, _M.GLASS)
    lamps = [
        box(0.06, 0.2, 0.7, 0.9, lamp).moved(x, y)
        for x, lamp in ((-length / 2, _M.LAMP_RED), (length / 2, _M.LAMP_WHITE))
        for y in (-width / 2 + 0.25, width / 2 - 0.25)
    ]
    wheels = [
        wheel(0.48, 0.35).moved(x, y)
        for x in (-length / 2 + 2.0, length / 2 - 2.2)
        for y in (-width / 2 + 0.15, width / 2 - 0.15)
    ]
    mesh = merge([shell, side, ends, *lamps, *wheels])
    kind = replace(kinds()["truck"], name="bus", length=length, width=width, height=height)
    return ready(kind, recoloured(mesh, {_M.PAINT_RED: palette.paint()}))


def pedestrian(rng: np.random.Generator, palette: Palette) -> Kind:
    """Somebody of 1.0 to 1.95 m who walks or stands, sometimes in a coat, with a hat or a bag."""
    high = rng.uniform(1.5, 1.95) if rng.random() < 0.75 else rng.uniform(1.0, 1.5)
    share, step = high / 1.75, rng.uniform(0.0, 0.3)
    hip, shoulder = 0.48 * high, 0.83 * high
    wide = rng.uniform(0.3, 0.48) * share
    legs = [
        cylinder(rng.uniform(0.07, 0.1) * share, 0.0, hip, _M.CLOTH_DARK, 8).moved(side * step, y)
        for side, y in ((1.0, 0.09 * share), (-1.0, -0.09 * share))
    ]
    low = hip - 0.02 if rng.random() < 0.65 else rng.uniform(0.25, 0.45) * high
    torso = box(rng.uniform(0.2, 0.34) * share, wide, low, shoulder, _M.CLOTH_BRIGHT)
    arms = [
        cylinder(0.05 * share, rng.uniform(0.42, 0.6) * high, shoulder, _M.CLOTH_BRIGHT, 8).moved(
            side * rng.uniform(-0.2, 0.2), side * (wide / 2 + 0.04)
        )
        for side in (-1.0, 1.0)
    ]
    head = cylinder(0.1 * share, 0.86 * high, high, _M.SKIN, 10)
    more = []
    if rng.random() < 0.5:  # hair or a hat
        more.append(cylinder(0.108 * share, 0.94 * high, high + 0.02, _M.PLASTIC_RED, 10))
    if rng.random() < 0.25:
        bag = box(0.18, 0.3, 0.0, 0.42, _M.PLASTIC_YELLOW)
        more.append(bag.moved(-0.2, 0.0, 0.5 * high) if rng.random() < 0.5 else bag.moved(0.0, 0.4))
    mesh = merge([*legs, torso, *arms, head, *more])
    colours = {m: palette.cloth() for m in (_M.CLOTH_DARK, _M.CLOTH_BRIGHT, _M.PLASTIC_RED)}
    colours[_M.PLASTIC_YELLOW] = palette.any()
    tone = rng.uniform(0.3, 1.15)
    colours[_M.SKIN] = palette.add((140.0 * tone, 165.0 * tone, 205.0 * tone))
    kind = replace(kinds()["pedestrian"], length=0.5, width=0.6, height=high)
    return ready(kind, recoloured(mesh, colours))


def cyclist(rng: np.random.Generator, palette: Palette) -> Kind:
    """On a bicycle, a motorcycle or a scooter."""
    name = str(rng.choice(["cyclist", "cyclist", "cyclist", "motorcycle", "scooter"]))
    kind = _resized(rng, kinds()[name], 0.08)
    colours = {m: palette.cloth() for m in (_M.CLOTH_DARK, _M.CLOTH_BRIGHT)}
    colours |= {m: palette.any() for m in (_M.PAINT_RED, _M.PAINT_WHITE)}
    if rng.random() < 0.5:  # a helmet
        colours[_M.SKIN] = palette.any()
    return ready(kind, recoloured(kind.mesh, colours))


def _resized(rng: np.random.Generator, kind: Kind, spread: float) -> Kind:
    scale = rng.uniform(1.0 - spread, 1.0 + spread, 3)
    return replace(
        kind, length=kind.length * scale[0], width=kind.width * scale[1],
        height=kind.height * scale[2],
    )  # fmt: skip
