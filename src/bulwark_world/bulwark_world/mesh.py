# SPDX-License-Identifier: Apache-2.0
"""Triangle meshes from boxes, prisms and cylinders."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_core.geometry import rigid
from bulwark_world.materials import Material


@dataclass(frozen=True)
class Mesh:
    """Triangles: vertices (V, 3) [m], triangles (T, 3) indices, materials (T,) indices."""

    vertices: npt.NDArray[np.float32]
    triangles: npt.NDArray[np.uint32]
    materials: npt.NDArray[np.uint8]

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0, yaw: float = 0.0) -> Mesh:
        """The same mesh turned about z and shifted [m, rad]."""
        matrix = rigid(x, y, z, yaw=yaw)
        vertices = self.vertices @ matrix[:3, :3].T + matrix[:3, 3]
        return Mesh(vertices.astype(np.float32), self.triangles, self.materials)


EMPTY = Mesh(np.empty((0, 3), np.float32), np.empty((0, 3), np.uint32), np.empty(0, np.uint8))


def merge(meshes: Iterable[Mesh]) -> Mesh:
    """All in one."""
    parts = [mesh for mesh in meshes if len(mesh.triangles)]
    if not parts:
        return EMPTY
    offsets = np.cumsum([0] + [len(part.vertices) for part in parts[:-1]])
    shifted = [part.triangles + np.uint32(o) for part, o in zip(parts, offsets, strict=True)]
    return Mesh(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate(shifted).astype(np.uint32),
        np.concatenate([part.materials for part in parts]),
    )


def prism(outline: Sequence[tuple[float, float]], width: float, material: Material) -> Mesh:
    """A convex side view (x, z), counter-clockwise seen from -y, drawn out to both sides."""
    count = len(outline)
    sides = np.array(outline, dtype=np.float32)
    vertices = np.zeros((2 * count, 3), np.float32)
    vertices[:, [0, 2]] = np.tile(sides, (2, 1))
    vertices[:count, 1], vertices[count:, 1] = -width / 2, width / 2
    fan = [(0, i, i + 1) for i in range(1, count - 1)]
    triangles = fan + [(count + a, count + c, count + b) for a, b, c in fan]
    for i in range(count):
        j = (i + 1) % count
        triangles += [(i, count + i, count + j), (i, count + j, j)]
    return _of_one_material(vertices, triangles, material)


def box(length: float, width: float, low: float, high: float, material: Material) -> Mesh:
    """A box centred in x and y, from z = low to z = high."""
    half = length / 2
    return prism([(-half, low), (half, low), (half, high), (-half, high)], width, material)


def sheet(x: tuple[float, float], y: tuple[float, float], z: float, material: Material) -> Mesh:
    """A level rectangle between these x and y, without thickness."""
    vertices = np.array([(x[i], y[j], z) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))], np.float32)
    return _of_one_material(vertices, [(0, 1, 2), (0, 2, 3)], material)


def cylinder(radius: float, low: float, high: float, material: Material, sides: int = 16) -> Mesh:
    """An upright cylinder about z, with lids."""
    angles = np.arange(sides) * (2.0 * math.pi / sides)
    ring = np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)
    vertices = np.zeros((2 * sides, 3), np.float32)
    vertices[:, :2] = np.tile(ring, (2, 1))
    vertices[:sides, 2], vertices[sides:, 2] = low, high
    triangles: list[tuple[int, int, int]] = []
    for i in range(sides):
        j = (i + 1) % sides
        triangles += [(i, j, sides + j), (i, sides + j, sides + i)]
    lids = [(0, i + 1, i) for i in range(1, sides - 1)]
    triangles += lids + [(sides + a, sides + c, sides + b) for a, b, c in lids]
    return _of_one_material(vertices, triangles, material)


def wheel(radius: float, width: float, material: Material = Material.RUBBER) -> Mesh:
    """A cylinder about y that stands on the ground."""
    upright = cylinder(radius, -width / 2, width / 2, material, sides=12)
    x, y, z = upright.vertices.T
    return Mesh(np.stack([x, z, radius - y], axis=1), upright.triangles, upright.materials)


def pipe(radius: float, length: float, material: Material) -> Mesh:
    """A cylinder along x, centred at the origin."""
    upright = cylinder(radius, -length / 2, length / 2, material, sides=8)
    x, y, z = upright.vertices.T
    return Mesh(np.stack([z, x, y], axis=1), upright.triangles, upright.materials)


def _of_one_material(
    vertices: npt.NDArray[np.float32], triangles: list[tuple[int, int, int]], material: Material
) -> Mesh:
    return Mesh(
        vertices,
        np.array(triangles, dtype=np.uint32),
        np.full(len(triangles), material, dtype=np.uint8),
    )
