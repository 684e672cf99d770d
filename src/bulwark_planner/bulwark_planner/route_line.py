# SPDX-License-Identifier: Apache-2.0
"""The line to follow: arc length, offset, curvature."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import Akima1DInterpolator, make_interp_spline

from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import Matrix
from bulwark_core.objects import FloatArray
from bulwark_planner.ego_frames import move

SPACING = 1.0
"""Distance between the points of a line [m]."""
MAX_LENGTH = 400.0
"""What lies farther along the line is not needed [m]."""
EXTENSION = 30.0
"""How far beyond its ends the line is taken to go on straight [m]."""
CURVATURE_WINDOW = 3
"""Points on each side over which the heading's change is taken as curvature."""


@dataclass(frozen=True)
class RouteLine:
    """A polyline with points (N >= 2, 2) [m], about `SPACING` apart, in one frame.

    arc: (N,) distance along the line from its first point [m].
    """

    points: FloatArray
    arc: FloatArray

    @classmethod
    def through(cls, xy: FloatArray) -> RouteLine:
        """The smooth line through these points (N, 2), resampled evenly.

        Raises BadMessageError where they are not finite or no two of them differ.
        """
        if not np.isfinite(xy).all():
            raise BadMessageError("route has a point that is not a finite number")
        steps = np.hypot(*np.diff(xy, axis=0).T) if len(xy) > 1 else np.empty(0)
        xy = xy[np.concatenate([[True], steps > 1e-3])] if len(xy) else xy
        if len(xy) < 2:
            raise BadMessageError(f"route has {len(xy)} distinct points; it needs at least two")
        arc = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        length = min(arc[-1], MAX_LENGTH)
        even = np.linspace(0.0, length, max(2, round(length / SPACING) + 1))
        # Akima (1970): smooth between sparse points, yet a straight before a bend stays straight.
        smooth = Akima1DInterpolator(arc, xy) if len(xy) > 2 else make_interp_spline(arc, xy, k=1)
        return cls(np.asarray(smooth(even)), even)

    @property
    def length(self) -> float:
        """From the first to the last point [m]."""
        return float(self.arc[-1])

    def moved(self, matrix: Matrix) -> RouteLine:
        """The same line in another frame."""
        return RouteLine(move(matrix, self.points), self.arc)

    def directions(self) -> FloatArray:
        """Unit vectors along the segments: (N - 1, 2)."""
        steps = np.diff(self.points, axis=0)
        return np.asarray(steps / np.maximum(np.hypot(*steps.T), 1e-9)[:, None])

    def curvature(self) -> FloatArray:
        """At each point, left positive: (N,) [1/m]."""
        heading = np.unwrap(np.arctan2(*self.directions().T[::-1]))
        middle = (self.arc[1:] + self.arc[:-1]) / 2.0
        first = np.maximum(np.arange(len(self.arc)) - CURVATURE_WINDOW, 0)
        last = np.minimum(np.arange(len(self.arc)) + CURVATURE_WINDOW - 1, len(heading) - 1)
        first = np.minimum(first, last)
        return np.asarray(
            (heading[last] - heading[first]) / np.maximum(middle[last] - middle[first], SPACING)
        )

    def project(self, xy: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Arc length and offset (left positive) of the nearest place on the line: (K,), (K,) [m].

        Beyond its ends the line goes on straight.
        """
        nearest = self._nearest_point(xy)
        before = self._on_segment(xy, np.maximum(nearest - 1, 0))
        after = self._on_segment(xy, np.minimum(nearest, len(self.points) - 2))
        arc, offset = np.where(np.abs(before[1]) < np.abs(after[1]), before, after)
        return arc, offset

    def _nearest_point(self, xy: FloatArray) -> npt.NDArray[np.intp]:
        from_first = self.points - self.points[0]  # keeps the squares small and so exact
        squares = np.einsum("ni,ni->n", from_first, from_first)
        away = squares - 2.0 * (xy - self.points[0]) @ from_first.T
        return np.asarray(np.argmin(away, axis=1))

    def _on_segment(self, xy: FloatArray, index: npt.NDArray[np.intp]) -> FloatArray:
        """Arc length and offset on one segment for each point: (2, K) [m]."""
        start, step = self.points[index], self.points[index + 1] - self.points[index]
        length = self.arc[index + 1] - self.arc[index]
        unit = step / np.maximum(np.hypot(*step.T), 1e-9)[:, None]
        low = np.where(index == 0, -EXTENSION, 0.0)
        high = np.where(index == len(self.points) - 2, length + EXTENSION, length)
        away = xy - start
        along = np.clip(np.einsum("ki,ki->k", away, unit), low, high)
        foot = away - along[:, None] * unit
        side = unit[:, 0] * foot[:, 1] - unit[:, 1] * foot[:, 0]
        return np.stack([self.arc[index] + along, np.copysign(np.hypot(*foot.T), side)])

    def at(self, arc: float) -> FloatArray:
        """The point (2,) at an arc length; beyond its ends the line goes on straight."""
        inside = min(max(arc, 0.0), self.length)
        index = int(np.clip(np.searchsorted(self.arc, inside) - 1, 0, len(self.arc) - 2))
        return np.asarray(self.points[index] + (arc - self.arc[index]) * self.direction_at(arc))

    def direction_at(self, arc: float) -> FloatArray:
        """The unit vector (2,) along the line at an arc length."""
        index = int(np.clip(np.searchsorted(self.arc, arc) - 1, 0, len(self.arc) - 2))
        step = self.points[index + 1] - self.points[index]
        return np.asarray(step / max(float(np.hypot(*step)), 1e-9))
