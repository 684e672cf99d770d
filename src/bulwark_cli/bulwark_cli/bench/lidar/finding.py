# SPDX-License-Identifier: Apache-2.0
"""What was found and what was made up, beside the truth of a world cloud.

Obstacles are compared by their convex outlines on the ground, which the chain and every clustering
have alike; 0.1 m are added all round. Those of the chain are the ones that it saw in this scan, not
those that it only remembers.

- A thing *can be found* where its middle is within 40 m of base_link and at least ten returns are
  in its upright box, between 0.25 m and 2.0 m above the ground. It *is found* where more than half
  of them lie in obstacles.
- An obstacle is *made of ground* where its middle is within 40 m and nothing true is within 0.3 m.
  A kerb is ground.
- An obstacle is *merged* where it holds ten or more of those returns of each of several things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from scipy.spatial import ConvexHull

from bulwark_cli.bench.lidar.frames import Frame
from bulwark_core.geometry import Matrix, transform_points
from bulwark_core.objects import TrackedObject
from bulwark_world.footprint import gap

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_NEAR = 40.0
_LOW, _HIGH = 0.25, 2.0
_FEWEST = 10
_MARGIN = 0.1
_APART = 0.3
_SQUARE = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]])


@dataclass(frozen=True)
class Found:
    """Counts over scans: things that could be found and were, and obstacles by what they are."""

    scans: int = 0
    things: int = 0
    found: int = 0
    obstacles: int = 0
    of_ground: int = 0
    merged: int = 0

    def __add__(self, other: Found) -> Found:
        names = [field.name for field in fields(self)]
        return Found(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def recall(self) -> float:
        """Share of the things that was found; NaN where there was none."""
        return self.found / self.things if self.things else float("nan")


def compare(frame: Frame, mount: Matrix, spans: Sequence[FloatArray]) -> Found:
    """Obstacles, each given by points that span it (N, 2) in base_link [m], beside the truth."""
    outlines = [outline for outline in map(_outline, spans) if _is_near(outline.mean(axis=0))]
    returns = [xy for xy in _returns(frame, mount) if len(xy) >= _FEWEST]
    inside = [[_inside(xy, outline) for outline in outlines] for xy in returns]
    found = [bool(outlines) and np.any(rows, axis=0).mean() > 0.5 for rows in inside]
    held = np.array([[row.sum() >= _FEWEST for row in rows] for rows in inside], bool)
    holds = held.reshape(len(returns), len(outlines)).sum(axis=0)
    true = [thing.corners() for thing in frame.truth]
    ground = [all(gap(outline, corners) > _APART for corners in true) for outline in outlines]
    return Found(
        1, len(returns), int(sum(found)), len(outlines), sum(ground), int((holds > 1).sum())
    )


def _returns(frame: Frame, mount: Matrix) -> list[FloatArray]:
    """The returns (N, 2) of each thing that is near, in base_link [m]."""
    xyz = np.asarray(transform_points(mount, frame.xyz), np.float64)
    upright = xyz[(xyz[:, 2] > _LOW) & (xyz[:, 2] < _HIGH)]
    return [_in_box(upright, t) for t in frame.truth if _is_near(np.array([t.x, t.y]))]


def _in_box(xyz: FloatArray, thing: TrackedObject) -> FloatArray:
    cos, sin = np.cos(thing.yaw), np.sin(thing.yaw)
    own = (xyz[:, :2] - (thing.x, thing.y)) @ np.array([[cos, -sin], [sin, cos]])
    half = np.array([thing.length, thing.width]) / 2.0 + _MARGIN
    bottom = thing.z - thing.height / 2.0 - _MARGIN
    return np.asarray(xyz[(np.abs(own) < half).all(axis=1) & (xyz[:, 2] > bottom), :2])


def _is_near(xy: FloatArray) -> bool:
    return bool(np.hypot(*xy) <= _NEAR)


def _outline(span: FloatArray) -> FloatArray:
    """The convex outline with the margin round it: no line or point, which have no inside."""
    corners = (span[:, None, :] + _MARGIN * _SQUARE).reshape(-1, 2)
    return np.asarray(corners[ConvexHull(corners).vertices])


def _inside(xy: FloatArray, outline: FloatArray) -> BoolArray:
    """Which points are inside a convex outline that runs counter-clockwise."""
    edges = np.roll(outline, -1, axis=0) - outline
    offsets = xy[:, None, :] - outline[None, :, :]
    return np.asarray((edges[:, 0] * offsets[..., 1] >= edges[:, 1] * offsets[..., 0]).all(axis=1))
