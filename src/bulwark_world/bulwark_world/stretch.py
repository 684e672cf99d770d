# SPDX-License-Identifier: Apache-2.0
"""A stretch of road along a way: lanes, markings, kerbs and verge as triangles."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, merge
from bulwark_world.place import Ground
from bulwark_world.relief import Profile, Relief
from bulwark_world.sweep import Bed, block, stripes, sweep
from bulwark_world.way import Way

KERB_HEIGHT, KERB_WIDTH = 0.12, 0.15
_STRIPE = 0.12
_DASH, _DASH_PERIOD = 6.0, 18.0
_ASPHALT = 0.002
"""How far above the plane the road lies, so that rays meet it first [m]."""
_VERGE, _INNER = 60.0, 0.8  # to each side [m], but at most this share of the way's radius
_EVERYWHERE = 1e5


@dataclass(frozen=True)
class Stretch:
    """The own lane's centre line is the way; other lanes lie to its left.

    right: lanes to the right of the own one. shoulder: beside the outer lane lines [m]. profile:
    how the whole ground rises along the way, None for the plane. paved: whether it is asphalt as
    far as one sees, as in a yard. marked: whether it has lane lines.
    """

    way: Way
    lanes: int = 2
    right: int = 0
    lane_width: float = 3.5
    shoulder: float = 1.0
    kerbs: bool = False
    profile: Profile | None = None
    paved: bool = False
    marked: bool = True

    @property
    def bed(self) -> Bed:
        """What everything is swept along."""
        return Bed(self.way, self.relief)

    @property
    def relief(self) -> Relief | None:
        """The surface; None for the plane."""
        return None if self.profile is None else Relief(self.way, self.profile)

    @property
    def span(self) -> tuple[float, float]:
        """The first and the last station [m]."""
        return self.way.start, self.way.end

    @property
    def lane_lines(self) -> tuple[float, ...]:
        """Offsets of the markings, from right to left [m]."""
        return tuple((i - self.right - 0.5) * self.lane_width for i in range(self.lanes + 1))

    @property
    def right_edge(self) -> float:
        """Offset of the road's right edge [m]."""
        return self.lane_lines[0] - self.shoulder

    @property
    def left_edge(self) -> float:
        """Offset of the road's left edge [m]."""
        return self.lane_lines[-1] + self.shoulder

    def longer(self, before: float) -> Stretch:
        """The same that begins so much earlier [m]."""
        return replace(self, way=self.way.longer(before))

    def mesh(self) -> Mesh:
        """Road, paint, kerbs, and the verge where the ground is no plane."""
        bed, (start, end) = self.bed, self.span
        parts = []
        if not self.paved:
            outline = [(self.left_edge, _ASPHALT), (self.right_edge, _ASPHALT)]
            parts.append(sweep(bed, outline, start, end, Material.ASPHALT))
        if self.marked:
            parts += [
                stripes(bed, y, _STRIPE, _DASH if inner else 0.0, _DASH_PERIOD, start, end)
                for y, inner in self._lines()
            ]
        if self.kerbs:
            half = KERB_WIDTH / 2.0
            parts += [
                block(bed, y, KERB_WIDTH, 0.0, KERB_HEIGHT, start, end, Material.CONCRETE)
                for y in (self.right_edge - half, self.left_edge + half)
            ]
        if self.profile is not None:
            verge = min(_VERGE, _INNER * self._least_radius)
            outline = [(verge, 0.0), (-verge, 0.0)]
            parts.append(sweep(bed, outline, start, end, Material.GRASS))
        return merge(parts)

    def ground(self) -> Ground:
        """The plane: grass or asphalt; open everywhere where the ground is no plane."""
        far = np.array([-_EVERYWHERE, _EVERYWHERE, -_EVERYWHERE, _EVERYWHERE], np.float32)
        if self.profile is not None:
            return Ground(far, holes=far.reshape(1, 4))
        return Ground(far if self.paved else np.zeros(4, np.float32))

    @property
    def _least_radius(self) -> float:
        sections = self.way.sections
        bends = [max(abs(p.start_curvature), abs(p.end_curvature)) for p in sections]
        return 1.0 / max([*bends, 1e-9])

    def _lines(self) -> list[tuple[float, bool]]:
        last = len(self.lane_lines) - 1
        return [(y, 0 < i < last) for i, y in enumerate(self.lane_lines)]
