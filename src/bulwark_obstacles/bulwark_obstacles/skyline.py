# SPDX-License-Identifier: Apache-2.0
"""How far it is to the nearest outline at each bearing, seen from one place."""

from __future__ import annotations

import math

import numpy as np

from bulwark_core.objects import FloatArray
from bulwark_obstacles.table import IntArray

SECTORS = 180
"""Of bearings, counter-clockwise from the x axis."""
STEP = 2.0 * math.pi / SECTORS
_TINY = 1e-12


def skyline(starts: FloatArray, ends: FloatArray, place: FloatArray) -> FloatArray:
    """The nearest part of all edges in each sector: (SECTORS,), inf where there is none [m].

    starts, ends: (E, 2) of the edges of convex counter-clockwise outlines; place: (2,), from where
    it is looked. An outline around that place is left out.
    """
    start, end = starts - place, ends - place
    faces = start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0] <= 0.0
    start, end = end[faces], start[faces]  # the side that is seen, counter-clockwise
    bearing = np.arctan2(start[:, 1], start[:, 0])
    turn = (np.arctan2(end[:, 1], end[:, 0]) - bearing) % (2.0 * math.pi)
    first = np.floor(bearing / STEP).astype(np.int64)
    counts = np.floor((bearing + turn) / STEP).astype(np.int64) - first + 1
    edge = np.repeat(np.arange(len(start)), counts)
    place_in_edge = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    sector, start, step = first[edge] + place_in_edge, start[edge], (end - start)[edge]
    enters = np.where(place_in_edge == 0, 0.0, _crossings(start, step, sector))
    leaves = np.where(place_in_edge == counts[edge] - 1, 1.0, _crossings(start, step, sector + 1))
    foot = -(start * step).sum(axis=1) / np.maximum((step**2).sum(axis=1), _TINY)
    nearest = start + np.clip(foot, enters, np.maximum(enters, leaves))[:, None] * step
    found = np.full(SECTORS, math.inf)
    np.minimum.at(found, sector % SECTORS, np.hypot(nearest[:, 0], nearest[:, 1]))
    return found


def sectors(points: FloatArray, place: FloatArray) -> tuple[IntArray, FloatArray]:
    """The sector of each point (..., 2) and how far it is [m], seen from a place (2,)."""
    dx, dy = points[..., 0] - place[0], points[..., 1] - place[1]
    sector = np.floor(np.arctan2(dy, dx) / STEP).astype(np.int64) % SECTORS
    return sector, np.hypot(dx, dy)


def _crossings(start: FloatArray, step: FloatArray, border: IntArray) -> FloatArray:
    """Where along edges (P, 2) + share * (P, 2) the border of a sector is: (P,) 0..1."""
    cos, sin = np.cos(border * STEP), np.sin(border * STEP)
    across = step[:, 0] * sin - step[:, 1] * cos
    share = (start[:, 1] * cos - start[:, 0] * sin) / np.where(across == 0.0, _TINY, across)
    return np.asarray(np.clip(share, 0.0, 1.0))
