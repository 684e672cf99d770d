# SPDX-License-Identifier: Apache-2.0
"""The kinds of actors and roadside things: class, size, outline on the ground and mesh.

Every mesh stands on z = 0 with its centre at the origin and looks along +x. Road users have the
sizes of the usual test targets: ISO 19206-3 (car), -2 (pedestrian), -4 (bicyclist), -5 (powered
two-wheeler).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import ObjectClass
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box, cylinder, merge, prism, wheel

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Kind:
    """A kind of thing. length, width, height [m]; clearance: free height beneath it [m]."""

    name: str
    object_class: ObjectClass
    length: float
    width: float
    height: float
    build: Callable[[Kind], Mesh]
    round_outline: bool = False
    clearance: float = 0.0

    @cached_property
    def mesh(self) -> Mesh:
        """The triangles in its own frame."""
        return self.build(self)

    @cached_property
    def outline(self) -> FloatArray:
        """The footprint in its own frame: convex, (N, 2) [m], counter-clockwise."""
        if self.round_outline:
            angles = np.arange(16) * (2.0 * math.pi / 16)
            return np.stack([np.cos(angles), np.sin(angles)], axis=1) * (self.length / 2)
        half = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
        return half * (self.length / 2, self.width / 2)


def _car(kind: Kind, paint: Material = Material.PAINT_SILVER) -> Mesh:
    half, wide, high = kind.length / 2, kind.width, kind.height
    body = [
        (-half, 0.35), (-half + 0.1, 0.22), (half - 0.15, 0.22), (half, 0.4),
        (half - 0.05, 0.68), (half - 1.0, 0.92), (-half + 0.1, 0.95),
    ]  # fmt: skip
    cabin = [(-half + 0.25, 0.93), (half - 1.15, 0.93), (half - 1.95, high), (-half + 0.75, high)]
    roof = box(kind.length - 2.7, wide - 0.35, high - 0.03, high + 0.005, paint)
    wheels = [
        wheel(0.32, 0.22).moved(x, y)
        for x in (-half + 0.85, half - 0.85)
        for y in (-wide / 2 + 0.11, wide / 2 - 0.11)
    ]
    lamps = [
        box(0.04, 0.35, z, z + 0.14, lamp).moved(x, y)
        for x, z, lamp in (
            (-half + 0.01, 0.72, Material.LAMP_RED),
            (half - 0.03, 0.54, Material.LAMP_WHITE),
        )
        for y in (-wide / 2 + 0.25, wide / 2 - 0.25)
    ]
    plate = box(0.03, 0.5, 0.45, 0.57, Material.PLASTIC_WHITE).moved(-half + 0.0)
    shell = [prism(body, wide, paint), prism(cabin, wide - 0.3, Material.GLASS)]
    return merge([*shell, roof.moved(-0.6), *wheels, *lamps, plate])


def _truck(kind: Kind) -> Mesh:
    half, wide, high = kind.length / 2, kind.width, kind.height
    cargo = box(kind.length - 2.3, wide, 1.0, high, Material.PAINT_WHITE).moved(-1.15)
    cab = box(2.0, wide - 0.1, 0.45, 2.9, Material.PAINT_BLUE).moved(half - 1.0)
    screen = box(0.04, wide - 0.5, 1.7, 2.6, Material.GLASS).moved(half + 0.0)
    frame = box(kind.length - 1.0, 0.9, 0.75, 1.02, Material.METAL).moved(-0.4)
    guard = box(0.12, wide - 0.2, 0.45, 0.6, Material.METAL).moved(-half + 0.1)
    wheels = [
        wheel(0.5, 0.4).moved(x, y)
        for x in (-half + 1.2, -half + 2.4, half - 1.3)
        for y in (-wide / 2 + 0.25, wide / 2 - 0.25)
    ]
    lamps = [
        box(0.05, 0.3, 0.8, 0.95, Material.LAMP_RED).moved(-half + 0.03, y)
        for y in (-wide / 2 + 0.3, wide / 2 - 0.3)
    ]
    return merge([cargo, cab, screen, frame, guard, *wheels, *lamps])


def _pedestrian(kind: Kind) -> Mesh:
    high = kind.height
    legs = [
        cylinder(0.085, 0.0, 0.48 * high, Material.CLOTH_DARK, 8).moved(x, y)
        for x, y in ((0.16, 0.09), (-0.16, -0.09))
    ]
    torso = box(0.24, 0.4, 0.46 * high, 0.83 * high, Material.CLOTH_BRIGHT)
    arms = [
        cylinder(0.05, 0.45 * high, 0.82 * high, Material.CLOTH_BRIGHT, 8).moved(x, y)
        for x, y in ((-0.12, 0.22), (0.12, -0.22))
    ]
    head = cylinder(0.1, 0.85 * high, high, Material.SKIN, 10)
    return merge([*legs, torso, *arms, head])


def _cyclist(kind: Kind) -> Mesh:
    high = kind.height
    wheels = [wheel(0.34, 0.04).moved(x) for x in (-0.55, 0.55)]
    frame = [
        box(0.6, 0.05, 0.55, 0.62, Material.PAINT_RED),
        box(0.06, 0.05, 0.3, 0.95, Material.PAINT_RED).moved(-0.2),
        box(0.06, 0.05, 0.3, 1.05, Material.PAINT_RED).moved(0.42),
        box(0.06, 0.5, 1.0, 1.05, Material.METAL).moved(0.4),
    ]
    legs = [
        cylinder(0.08, 0.25 + lift, 0.95, Material.CLOTH_DARK, 8).moved(0.0, y)
        for lift, y in ((0.0, 0.12), (0.15, -0.12))
    ]
    torso = prism([(-0.3, 0.9), (-0.05, 0.9), (0.25, 1.5), (0.0, 1.55)], 0.4, Material.CLOTH_BRIGHT)
    head = cylinder(0.11, high - 0.27, high, Material.SKIN, 10).moved(0.18)
    return merge([*wheels, *frame, *legs, torso, head])


def _motorcycle(kind: Kind) -> Mesh:
    high, half = kind.height, kind.length / 2.0
    radius = 0.3
    wheels = [wheel(radius, 0.12).moved(x) for x in (-half + radius, half - radius)]
    body = [
        prism(
            [(-half + 0.3, 0.35), (half - 0.6, 0.35), (half - 0.5, 0.9), (-half + 0.2, 0.85)],
            0.4, Material.PAINT_RED,
        ),
        box(0.1, 0.3, 0.4, 1.1, Material.PLASTIC_WHITE).moved(half - 0.4),
        box(0.06, kind.width, 1.0, 1.06, Material.METAL).moved(half - 0.55),
    ]  # fmt: skip
    legs = [box(0.45, 0.16, 0.4, 0.95, Material.CLOTH_DARK).moved(0.0, y) for y in (0.25, -0.25)]
    torso = prism(
        [(-0.35, 0.85), (-0.05, 0.85), (0.15, 1.45), (-0.15, 1.5)], 0.45, Material.CLOTH_DARK
    )
    head = cylinder(0.14, high - 0.3, high, Material.PAINT_WHITE, 10).moved(0.05)
    lamp = box(0.04, 0.12, 0.8, 0.92, Material.LAMP_RED).moved(-half + 0.2)
    return merge([*wheels, *body, *legs, torso, head, lamp])


def _cone(kind: Kind) -> Mesh:
    """A traffic cone in three steps on its base."""
    high = kind.height
    base = box(kind.length * 0.7, kind.width * 0.7, 0.0, 0.04, Material.RUBBER)
    steps = [(0.14, 0.04, 0.35, Material.PLASTIC_RED), (0.10, 0.35, 0.7, Material.PLASTIC_WHITE)]
    parts = [cylinder(r, low * high, top * high, m, 10) for r, low, top, m in steps]
    return merge([base, *parts, cylinder(0.05, 0.7 * high, high, Material.PLASTIC_RED, 10)])


def _open_tailgate(kind: Kind) -> Mesh:
    """The rear of a lorry's body with the tailgate folded down: a plate at bonnet height."""
    half, plate = kind.length / 2.0, 1.2
    body = box(kind.length - plate, kind.width, 1.0, kind.height, Material.PAINT_WHITE)
    frame = box(kind.length - plate, 0.9, 0.75, 1.02, Material.METAL)
    gate = box(plate, kind.width, 1.0, 1.12, Material.METAL).moved(-half + plate / 2.0)
    wheels = [
        wheel(0.5, 0.4).moved(half - 1.0, y)
        for y in (-kind.width / 2 + 0.25, kind.width / 2 - 0.25)
    ]
    return merge([body.moved(plate / 2.0), frame.moved(plate / 2.0), gate, *wheels])


def _water_barrier(kind: Kind) -> Mesh:
    """A plastic barrier of Jersey profile that lies across the way, in red and white halves."""
    half, high, share = kind.length / 2, kind.height, kind.width / 2
    side = [(-half, 0.0), (half, 0.0), (half, 0.2), (0.35 * half, 0.55), (0.3 * half, high)]
    outline = [*side, (-0.3 * half, high), (-0.35 * half, 0.55), (-half, 0.2)]
    return merge(
        [
            prism(outline, share, Material.PLASTIC_RED).moved(0.0, -share / 2),
            prism(outline, share, Material.PLASTIC_WHITE).moved(0.0, share / 2),
        ]
    )


def _barrel(kind: Kind) -> Mesh:
    """A crash barrel in bands."""
    bands = np.linspace(0.0, kind.height, 6)
    colours = [Material.PLASTIC_YELLOW, Material.RUBBER]
    return merge(
        cylinder(kind.length / 2, low, high, colours[i % 2])
        for i, (low, high) in enumerate(pairwise(bands))
    )


def _plain_box(material: Material) -> Callable[[Kind], Mesh]:
    return lambda kind: box(kind.length, kind.width, kind.clearance, kind.height, material)


def _plain_cylinder(material: Material) -> Callable[[Kind], Mesh]:
    return lambda kind: cylinder(kind.length / 2, kind.clearance, kind.height, material)


def _tree(kind: Kind) -> Mesh:
    trunk = cylinder(0.15, 0.0, 0.4 * kind.height, Material.BRICK, 8)
    crown = cylinder(kind.length / 2, 0.4 * kind.height, kind.height, Material.FOLIAGE, 10)
    return merge([trunk, crown])


def _sign_board(kind: Kind) -> Mesh:
    """A board on two legs that faces backwards."""
    board = box(0.04, kind.width, 0.7, kind.height, Material.PLASTIC_YELLOW)
    leg = box(0.05, 0.05, 0.0, 0.7, Material.METAL)
    return merge([board, *(leg.moved(0.0, side * (kind.width / 2 - 0.1)) for side in (-1, 1))])


_C = ObjectClass
_ALL = (
    Kind("car", _C.CAR, 4.3, 1.8, 1.45, _car),
    Kind("truck", _C.TRUCK, 8.0, 2.5, 3.4, _truck),
    Kind("pedestrian", _C.PEDESTRIAN, 0.5, 0.55, 1.8, _pedestrian),
    Kind("child", _C.PEDESTRIAN, 0.4, 0.5, 1.2, _pedestrian),
    Kind("cyclist", _C.CYCLIST, 1.8, 0.5, 1.85, _cyclist),
    Kind("motorcycle", _C.CYCLIST, 2.1, 0.8, 1.75, _motorcycle),
    Kind("scooter", _C.CYCLIST, 1.85, 0.7, 1.75, _motorcycle),
    Kind("open_tailgate", _C.TRUCK, 5.0, 2.4, 3.4, _open_tailgate),
    Kind("cone", _C.CONE, 0.4, 0.4, 0.75, _cone, True),
    Kind("pillar", _C.PILLAR, 0.6, 0.6, 2.8, _plain_box(Material.CONCRETE)),
    Kind("round_pillar", _C.PILLAR, 0.6, 0.6, 2.8, _plain_cylinder(Material.CONCRETE), True),
    Kind("pole", _C.POLE, 0.16, 0.16, 5.0, _plain_cylinder(Material.METAL), True),
    Kind("water_barrier", _C.WATER_BARRIER, 0.5, 1.8, 0.95, _water_barrier),
    Kind("crash_barrel", _C.CRASH_BARREL, 0.8, 0.8, 1.0, _barrel, True),
    Kind("wall", _C.WALL, 0.3, 8.0, 2.5, _plain_box(Material.BRICK)),
    Kind("house", _C.WALL, 8.0, 12.0, 6.0, _plain_box(Material.BRICK)),
    Kind("tree", _C.VEGETATION, 2.6, 2.6, 5.5, _tree, True),
    Kind("sign_board", _C.UNKNOWN, 0.1, 0.9, 1.6, _sign_board),
    Kind("gantry", _C.UNKNOWN, 0.6, 14.0, 6.5, _plain_box(Material.METAL), clearance=5.0),
)


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """All kinds by name."""
    return {kind.name: kind for kind in _ALL}
