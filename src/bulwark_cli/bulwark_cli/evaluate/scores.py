# SPDX-License-Identifier: Apache-2.0
"""The figures of one labelled scan, and of many."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bulwark_cli.evaluate.labelled_scans import Kind, LabelledScan
from bulwark_cli.evaluate.outlines import nearest_outline
from bulwark_cli.evaluate.segments import Segment, segments
from bulwark_cli.evaluate.shown import BoolArray, Shown
from bulwark_core.objects import ObjectClass

NEAR, FAR = 20.0, 40.0
"""Within these distances things have to be found [m]."""
FOUND_SHARE = 0.5
"""A thing is found where this share of its points lies in or near obstacles."""
MARGIN = 0.3
"""What is so near to an obstacle's outline belongs to it [m]."""
GHOST_SHARE = 0.8
"""An obstacle is a ghost where this share of its points is labelled ground."""
CORRIDOR = 1.5
"""Half the width of the corridor ahead [m]."""
SHAPE_POINTS = 30
"""Fewest points of a thing whose shape has to be told."""

_WALL_KINDS, _PILLAR_KINDS = (Kind.BUILDING, Kind.FENCE), (Kind.POLE, Kind.TRUNK)
_WALL_LIKE = {ObjectClass.WALL, ObjectClass.GUARD_RAIL}
_PILLAR_LIKE = {ObjectClass.PILLAR, ObjectClass.POLE}


@dataclass
class Share:
    """So many of so many."""

    hits: int = 0
    total: int = 0

    def add(self, hits: int, total: int) -> None:
        self.hits += hits
        self.total += total

    @property
    def value(self) -> float | None:
        """The share, None of nothing."""
        return self.hits / self.total if self.total else None


@dataclass
class GroundScore:
    """Points labelled ground against points found to be ground, as counts."""

    true: int = 0
    found: int = 0
    both: int = 0
    found_vegetation: int = 0

    def add(self, scan: LabelledScan, is_ground: BoolArray) -> None:
        """Take in a scan; points whose label is unknown do not count."""
        truth, found = scan.kinds == Kind.GROUND, is_ground & (scan.kinds != Kind.UNKNOWN)
        self.true += int(truth.sum())
        self.found += int(found.sum())
        self.both += int((found & truth).sum())
        self.found_vegetation += int((found & (scan.kinds == Kind.VEGETATION)).sum())

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        return 2.0 * self.both / (self.true + self.found) if self.true + self.found else None

    def as_dict(self) -> dict[str, float | None]:
        return {
            "precision": Share(self.both, self.found).value,
            "recall": Share(self.both, self.true).value,
            "f1": self.f1,
            "precision_no_vegetation": Share(self.both, self.found - self.found_vegetation).value,
        }


@dataclass(frozen=True)
class Miss:
    """A thing that was not found or not told: where to look."""

    folder: str
    name: str
    what: str
    kind: str
    x: float
    y: float
    points: int
    share: float


@dataclass
class Score:
    """Sums over scans; see `as_dict` for what they mean."""

    scans: int = 0
    ground: GroundScore = field(default_factory=GroundScore)
    peer: GroundScore = field(default_factory=GroundScore)
    near: Share = field(default_factory=Share)
    far: Share = field(default_factory=Share)
    by_kind: dict[Kind, Share] = field(default_factory=dict)
    shape: Share = field(default_factory=Share)
    ghosts: int = 0
    corridor_ghosts: int = 0
    misses: list[Miss] = field(default_factory=list)

    def add(self, scan: LabelledScan, shown: Shown, peer_ground: BoolArray | None) -> None:
        """Take in what was shown of a scan, and what the peer calls its ground."""
        self.scans += 1
        if scan.has_terrain:
            self.ground.add(scan, shown.is_ground)
            if peer_ground is not None:
                self.peer.add(scan, peer_ground)
        owner = nearest_outline(shown.xy, [o.footprint() for o in shown.obstacles], MARGIN)
        near, far = segments(scan, NEAR), segments(scan, FAR)
        self.near.add(sum(self._is_found(scan, owner, segment) for segment in near), len(near))
        for segment in far:
            found = self._is_found(scan, owner, segment, note=True)
            self.far.add(found, 1)
            self.by_kind.setdefault(segment.kind, Share()).add(found, 1)
            self._shape(scan, shown, owner, segment)
        self._ghosts(scan, shown, owner)

    def _is_found(
        self, scan: LabelledScan, owner: Any, segment: Segment, *, note: bool = False
    ) -> bool:
        share = float((owner[segment.points] >= 0).mean())
        if note and share < FOUND_SHARE:
            self._note(scan, "missed", segment, share)
        return share >= FOUND_SHARE

    def _shape(self, scan: LabelledScan, shown: Shown, owner: Any, segment: Segment) -> None:
        """Whether walls are told from pillars; what has no class is not told."""
        if segment.kind not in _WALL_KINDS + _PILLAR_KINDS or len(segment.points) < SHAPE_POINTS:
            return
        if not scan.has_shapes:
            return
        owners = owner[segment.points]
        if not (owners >= 0).any():
            return
        classes = Counter(shown.obstacles[number].object_class for number in owners[owners >= 0])
        wall = sum(classes[kind] for kind in _WALL_LIKE)
        pillar = sum(classes[kind] for kind in _PILLAR_LIKE)
        right = wall > pillar if segment.kind in _WALL_KINDS else pillar > wall
        self.shape.add(right, 1)
        if not right:
            told = ", ".join(f"{kind.name.lower()} {n}" for kind, n in classes.most_common(2))
            self._note(scan, f"told as {told}", segment, (wall + pillar) / len(owners))

    def _ghosts(self, scan: LabelledScan, shown: Shown, owner: Any) -> None:
        for number, obstacle in enumerate(shown.obstacles):
            own = np.flatnonzero(shown.is_obstacle_point & (owner == number))
            if len(own) == 0 or (scan.kinds[own] == Kind.GROUND).mean() < GHOST_SHARE:
                continue
            self.ghosts += 1
            outline = obstacle.footprint()
            ahead = (outline[:, 0].max() > 0.0) & (outline[:, 0].min() < FAR)
            beside = (outline[:, 1].min() > CORRIDOR) | (outline[:, 1].max() < -CORRIDOR)
            self.corridor_ghosts += bool(ahead & ~beside)
            self._note(scan, "ghost", Segment(Kind.GROUND, own), 1.0)

    def _note(self, scan: LabelledScan, what: str, segment: Segment, share: float) -> None:
        x, y, _ = scan.xyz[segment.points].mean(axis=0).tolist()
        self.misses.append(
            Miss(
                scan.folder, scan.name, what, segment.kind.name.lower(),
                round(x, 1), round(y, 1), len(segment.points), round(share, 2),
            )
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """As the JSON file has it; None where the scans have no labels for a figure."""
        by_kind = sorted(self.by_kind.items())
        return {
            "scans": self.scans,
            "ground": {**self.ground.as_dict(), "f1_pypatchworkpp": self.peer.f1},
            "recall_20m": self.near.value,
            "recall_40m": self.far.value,
            "recall_by_class": {kind.name.lower(): share.value for kind, share in by_kind},
            "things_by_class": {kind.name.lower(): share.total for kind, share in by_kind},
            "ghosts_corridor_per_scan": self.corridor_ghosts / max(self.scans, 1),
            "ghosts_per_scan": self.ghosts / max(self.scans, 1),
            "wall_pillar_accuracy": self.shape.value,
            "walls_and_pillars": self.shape.total,
        }
