# SPDX-License-Identifier: Apache-2.0
"""What a camera calls an obstacle: matched by bearing and range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bulwark_core.geometry import Matrix
from bulwark_core.objects import FloatArray, ObjectClass
from bulwark_obstacles.classify import CLASSES
from bulwark_obstacles.table import ObjectTable


@dataclass(frozen=True)
class Sighting:
    """A camera's object: class, score 0..1, and its nearest end on the ground in base_link [m].

    range_std: one standard deviation of its range [m].
    """

    object_class: ObjectClass
    score: float
    x: float
    y: float
    range_std: float


def votes(
    table: ObjectTable, sightings: Sequence[Sighting], camera: FloatArray, gate: float
) -> FloatArray:
    """For each of N objects the score of each class that a camera gave it: (N, CLASSES).

    camera: its place in base_link (2,). gate: how far beside or before an object it may be [m].
    Each sighting counts for the object that fits it best.
    """
    found = np.zeros((len(table), CLASSES))
    if len(table) == 0:
        return found
    for sighting in sightings:
        misfit = _misfits(table, sighting, camera, gate)
        best = int(np.argmin(misfit))
        if misfit[best] <= 1.0:
            kind = int(sighting.object_class)
            found[best, kind] = max(found[best, kind], sighting.score)
    return found


def _misfits(table: ObjectTable, sighting: Sighting, camera: FloatArray, gate: float) -> FloatArray:
    """How far each object is from a sighting, 1 at the gate: the worse of bearing and range."""
    sight = np.array([sighting.x, sighting.y]) - camera
    reach = max(float(np.hypot(*sight)), 1e-6)
    ahead = sight / reach
    corners = table.corners - camera
    along, across = corners @ ahead, corners @ np.array([-ahead[1], ahead[0]])
    left, right = (f.reduceat(across, table.first) for f in (np.maximum, np.minimum))
    beside = np.maximum(np.maximum(right, -left), 0.0)
    before = np.abs(np.minimum.reduceat(along, table.first) - reach)
    return np.asarray(np.maximum(beside / gate, before / max(gate, 2.0 * sighting.range_std)))


def moved(sighting: Sighting, matrix: Matrix) -> Sighting:
    """The sighting in another frame of the plane."""
    x, y = matrix[:2, :2] @ (sighting.x, sighting.y) + matrix[:2, 3]
    return Sighting(sighting.object_class, sighting.score, float(x), float(y), sighting.range_std)
