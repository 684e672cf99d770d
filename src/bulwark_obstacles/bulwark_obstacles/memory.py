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
        present = {tracked.id: tracked for tracked in objects}
        unseen = {k: r for k, r in self._records.items() if r.track_id not in present}
        records = self._seen(objects, unseen, to_odom(ego))
        lost = {key: record for key, record in unseen.items() if key not in records}
        records.update(self._kept(lost, objects, ego))
        self._records = dict(sorted(records.items()))
        matrix, shown = to_base(ego), []
        for record in self._records.values():
            seen = present.get(record.track_id)
            in_base = moved(record.obstacle, matrix) if seen is None else _named(seen, record)
            if self._is_shown(in_base):
                shown.append(self._faded(in_base, _age(in_base, ego)))
        return shown

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

    def _kept(
        self, lost: dict[int, Record], objects: Sequence[TrackedObject], ego: EgoMotion
    ) -> dict[int, Record]:
        """Of the obstacles out of sight, those that are not to be forgotten."""
        matrix, kept = to_base(ego), {}
        near = {key: moved(record.obstacle, matrix) for key, record in lost.items()}
        near = {key: obstacle for key, obstacle in near.items() if self._is_worth(obstacle, ego)}
        edges = [edge_samples(tracked.footprint()) for tracked in objects] if near else []
        for key, obstacle in near.items():
            edge, top = edge_samples(obstacle.footprint()), obstacle.z + obstacle.height / 2.0
            expected = should_be_seen(edge, top, edges, self._params.lidar)
            misses = lost[key].misses + 1 if expected else 0
            if misses < self._params.memory.max_misses:
                kept[key] = replace(lost[key], misses=misses)
        return kept

    def _is_worth(self, obstacle: TrackedObject, ego: EgoMotion) -> bool:
        """Whether an obstacle out of sight, in base_link, is young and near, and the car slow."""
        return (
            _age(obstacle, ego) <= self._max_age(obstacle)
            and abs(ego.speed) <= self._params.memory.max_speed
            and self._is_near(obstacle)
        )

    def _is_near(self, obstacle: TrackedObject) -> bool:
        edge = edge_samples(obstacle.footprint())
        return distance_to_body(edge, self._params.vehicle) <= self._params.memory.radius

    def _max_age(self, obstacle: TrackedObject) -> float:
        memory = self._params.memory
        return memory.max_age_movable if obstacle.object_class in MOVABLE else memory.max_age

    def _is_shown(self, obstacle: TrackedObject) -> bool:
        """Vehicles and people only near the car; farther away the lidar's objects have them."""
        return obstacle.object_class not in MOVABLE or self._is_near(obstacle)

    def _faded(self, obstacle: TrackedObject, age: float) -> TrackedObject:
        """The obstacle as uncertain as its age [s] makes it."""
        if age <= 0.0:
            return obstacle
        faded = EXISTENCE_LOSS * min(age / max(self._max_age(obstacle), 1e-9), 1.0)
        drift = self._params.memory.drift * age
        return replace(
            obstacle,
            vx=0.0,
            vy=0.0,
            yaw_rate=0.0,
            existence=obstacle.existence * (1.0 - faded),
            position_variance=obstacle.position_variance + drift**2,
        )


def _named(seen: TrackedObject, record: Record) -> TrackedObject:
    """What the scan shows, with the id and class of its record."""
    known = record.obstacle
    return replace(
        seen,
        id=known.id,
        object_class=known.object_class,
        class_probability=known.class_probability,
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
