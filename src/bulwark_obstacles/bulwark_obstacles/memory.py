# SPDX-License-Identifier: Apache-2.0
"""Standing obstacles around the car, those included that just went out of the lidar's sight.

A phantom here is a false brake. So an obstacle out of sight is forgotten when it is too old, too
far away, when the car is fast, when it should be seen and is not, or when its track moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bulwark_core.geometry import Matrix
from bulwark_core.objects import EgoMotion, FloatArray, ObjectClass, TrackedObject
from bulwark_obstacles.classify import decide, fits
from bulwark_obstacles.footprints import (
    contains,
    distance_to_body,
    edge_samples,
    moved,
    to_base,
    to_odom,
)
from bulwark_obstacles.params import StaticObstaclesParams
from bulwark_obstacles.standing import MOVABLE, is_standing
from bulwark_obstacles.visibility import should_be_seen

EXISTENCE_LOSS = 0.5
"""How much less certain a remembered obstacle is at its greatest age."""


@dataclass(frozen=True)
class Record:
    """A standing obstacle in odom.

    track_id: its newest track. misses: successive scans that should show it and do not.
    """

    obstacle: TrackedObject
    track_id: int
    evidence: FloatArray
    misses: int = 0


class ObstacleMemory:
    """Call `update` once a scan."""

    def __init__(self, params: StaticObstaclesParams) -> None:
        self._params = params
        self._records: dict[int, Record] = {}

    def clear(self) -> None:
        """Forget everything: odometry was lost, or time jumped."""
        self._records = {}

    def update(self, objects: Sequence[TrackedObject], ego: EgoMotion) -> list[TrackedObject]:
        """Take a scan's objects in base_link of `ego`; what stands around the car, by id.

        What is out of sight has a `last_seen_ns` before the scan's stamp.
        """
        present = {tracked.id for tracked in objects}
        unseen = {k: r for k, r in self._records.items() if r.track_id not in present}
        records = self._seen(objects, unseen, to_odom(ego))
        edges = [edge_samples(tracked.footprint()) for tracked in objects]
        for key, record in unseen.items():
            kept = None if key in records else self._kept(record, edges, ego)
            if kept is not None:
                records[key] = kept
        self._records = dict(sorted(records.items()))
        return [
            self._shown(record, ego)
            for record in self._records.values()
            if self._is_shown(record, ego)
        ]

    def _seen(
        self, objects: Sequence[TrackedObject], unseen: dict[int, Record], matrix: Matrix
    ) -> dict[int, Record]:
        by_track = {record.track_id: key for key, record in self._records.items()}
        records: dict[int, Record] = {}
        for tracked in objects:
            in_odom = moved(tracked, matrix)
            key = by_track.get(tracked.id)
            if not is_standing(tracked, self._params.movable, is_known=key is not None):
                continue
            if key is None:
                taken = records.keys()
                key = _same_place(in_odom, {k: r for k, r in unseen.items() if k not in taken})
            key = in_odom.id if key is None else key
            records[key] = self._recorded(in_odom, self._records.get(key), key)
        return records

    def _recorded(self, in_odom: TrackedObject, old: Record | None, key: int) -> Record:
        evidence = fits(in_odom)
        if old is not None:
            evidence = old.evidence + self._params.classification.smoothing * (
                evidence - old.evidence
            )
        kind, probability = decide(evidence, self._params.classification.min_probability)
        if in_odom.object_class is ObjectClass.UNKNOWN or in_odom.class_probability < probability:
            in_odom = replace(in_odom, object_class=kind, class_probability=probability)
        return Record(replace(in_odom, id=key), in_odom.id, evidence)

    def _kept(self, record: Record, edges: Sequence[FloatArray], ego: EgoMotion) -> Record | None:
        """The record of an obstacle out of sight, or None where it is to be forgotten."""
        memory, obstacle = self._params.memory, moved(record.obstacle, to_base(ego))
        edge = edge_samples(obstacle.footprint())
        if (
            _age(obstacle, ego) > self._max_age(obstacle)
            or abs(ego.speed) > memory.max_speed
            or distance_to_body(edge, self._params.vehicle) > memory.radius
        ):
            return None
        top = obstacle.z + obstacle.height / 2.0
        if not should_be_seen(edge, top, edges, self._params.lidar):
            return replace(record, misses=0)
        misses = record.misses + 1
        return None if misses >= memory.max_misses else replace(record, misses=misses)

    def _max_age(self, obstacle: TrackedObject) -> float:
        memory = self._params.memory
        return memory.max_age_movable if obstacle.object_class in MOVABLE else memory.max_age

    def _is_shown(self, record: Record, ego: EgoMotion) -> bool:
        """Vehicles and people only near the car; farther away the lidar's objects have them."""
        if record.obstacle.object_class not in MOVABLE:
            return True
        edge = edge_samples(moved(record.obstacle, to_base(ego)).footprint())
        return distance_to_body(edge, self._params.vehicle) <= self._params.memory.radius

    def _shown(self, record: Record, ego: EgoMotion) -> TrackedObject:
        shown, age = moved(record.obstacle, to_base(ego)), _age(record.obstacle, ego)
        if age <= 0.0:
            return shown
        memory = self._params.memory
        faded = EXISTENCE_LOSS * min(age / max(self._max_age(shown), 1e-9), 1.0)
        return replace(
            shown,
            vx=0.0,
            vy=0.0,
            yaw_rate=0.0,
            existence=shown.existence * (1.0 - faded),
            position_variance=shown.position_variance + (memory.drift * age) ** 2,
        )


def _age(obstacle: TrackedObject, ego: EgoMotion) -> float:
    return (ego.stamp_ns - obstacle.last_seen_ns) * 1e-9


def _same_place(tracked: TrackedObject, unseen: dict[int, Record]) -> int | None:
    """The record of an obstacle out of sight that this new track is, if any."""
    centre, footprint = np.array([tracked.x, tracked.y]), tracked.footprint()
    for key, record in unseen.items():
        old = record.obstacle
        if contains(footprint, np.array([old.x, old.y])) or contains(old.footprint(), centre):
            return key
    return None
