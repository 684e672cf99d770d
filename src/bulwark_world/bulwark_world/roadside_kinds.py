# SPDX-License-Identifier: Apache-2.0
"""The kinds of things that places are furnished with and that no scenario names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bulwark_core.objects import ObjectClass
from bulwark_world.actors import Actor
from bulwark_world.kinds import Kind, kinds
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box, cylinder, merge
from bulwark_world.way import Way

RAIL_PIECE = 2.0
"""Length of a piece of guard rail: post to post [m]."""


def _guard_rail(kind: Kind) -> Mesh:
    """A W-beam of 0.31 m on a post, as in EN 1317 systems."""
    beam = box(kind.length, 0.08, 0.44, kind.height, Material.METAL)
    return merge([beam, box(0.1, 0.1, 0.0, 0.7, Material.METAL)])


def _cone(kind: Kind) -> Mesh:
    """A traffic cone in three steps."""
    foot = box(0.38, 0.38, 0.0, 0.04, Material.RUBBER)
    steps = ((0.14, 0.04, 0.3), (0.1, 0.3, 0.55), (0.06, 0.55, kind.height))
    colours = (Material.PLASTIC_RED, Material.PLASTIC_WHITE, Material.PLASTIC_RED)
    rows = zip(steps, colours, strict=True)
    return merge([foot, *(cylinder(*step, colour, 8) for step, colour in rows)])


def _block(material: Material) -> Kind:
    """A plain block, to be given a size."""
    return Kind(
        "block", ObjectClass.UNKNOWN, 1.0, 1.0, 1.0,
        lambda kind: box(kind.length, kind.width, kind.clearance, kind.height, material),
    )  # fmt: skip


_C = ObjectClass
GUARD_RAIL = Kind("guard_rail", _C.GUARD_RAIL, RAIL_PIECE, 0.1, 0.75, _guard_rail)
SIGN_BOARD = kinds()["sign_board"]
CONE = Kind("traffic_cone", _C.CONE, 0.38, 0.38, 0.75, _cone, round_outline=True)
WALL = replace(_block(Material.CONCRETE), name="concrete_wall", object_class=_C.WALL)
BOOTH = replace(WALL, name="booth", length=3.0, width=1.2, height=2.4)
BARRIER_ALONG = Kind(
    "barrier_along", _C.WATER_BARRIER, 1.8, 0.5, 0.95, _block(Material.PLASTIC_RED).build
)
"""A water barrier that lies along the way."""


def along(
    way: Way, kind: Kind, name: str, stations: Iterable[float], offset: float, turn: float = 0.0
) -> list[Actor]:
    """One of a kind at each of these stations, at an offset [m], turned from the way [rad]."""
    poses = [way.pose(station, offset) for station in stations]
    return [
        Actor(f"{name}_{i}", kind, replace(pose, yaw=pose.yaw + turn))
        for i, pose in enumerate(poses)
    ]


def post(name: str, way: Way, station: float, offset: float, height: float = 5.0) -> Actor:
    """A pole beside the way."""
    kind = replace(kinds()["pole"], height=height)
    return Actor(name, kind, way.pose(station, offset))
