# SPDX-License-Identifier: Apache-2.0
"""Standing obstacles around the car, those included that went out of the lidar's sight.

A phantom here is a false brake. So an obstacle out of sight is forgotten when the car has driven
on too far since, when it is too far away or too old, when the car is fast, when it should be seen
and is not, when it would be inside the car's body, or when its track moves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from bulwark_core.objects import EgoMotion, FloatArray, Motion, TrackedObject
from bulwark_obstacles import echoes
from bulwark_obstacles.belief import evidence, has_votes, learn
from bulwark_obstacles.classify import decide, surer
from bulwark_obstacles.footprints import contains, joined
from bulwark_obstacles.params import StaticObstaclesParams
from bulwark_obstacles.records import NO_TRACK, Record, faded, fading
from bulwark_obstacles.scan import Scan
from bulwark_obstacles.standing import MOVABLE, is_standing
from bulwark_obstacles.table import distances_to_body, make_table
from bulwark_obstacles.ultrasonic import Heard
from bulwark_obstacles.visibility import half_blind, should_be_seen

INSIDE_M = 0.3
"""What has its middle this deep inside the car's body cannot be there [m]."""
Named = tuple[int, float]
"""Number of a class and its probability."""
ECHO_ID = 1 << 30
"""Ids from here on are of obstacles that an ultrasonic sensor found; tracks count from 1."""


class ObstacleMemory:
    """Call `update` once a scan."""

    def __init__(self, params: StaticObstaclesParams) -> None:
        self._params = params
        self._records: dict[int, Record] = {}
        self._ego: EgoMotion | None = None
        self._way_m = 0.0
        self._echo_ids = 0

    def clear(self) -> None:
        """Forget everything: odometry was lost, or time jumped."""
        self._records = {}
        self._ego = None

    def update(
        self, scan: Scan, votes: FloatArray | None = None, heard: Sequence[Heard] = ()
    ) -> list[TrackedObject]:
        """Take in a scan; what stands around the car, in base_link of its `ego`, by id.

        Vehicles and people only near the car: farther away the lidar's objects have them.
        votes: what a new picture calls the scan's objects (N, CLASSES). heard: fresh readings of
        ultrasonic sensors. What is out of sight has a `last_seen_ns` before the scan's stamp.
        """
        self._drive(scan.ego)
        present = {tracked.id for tracked in scan.table.objects}
        unseen = {k: r for k, r in self._records.items() if r.track_id not in present}
        places = {key: record.at(scan.ego) for key, record in self._worth(unseen, scan.ego).items()}
        keys = self._keys(scan, places)
        seen = self._seen(scan, keys, votes)
        places = {key: place for key, place in places.items() if key not in seen}
        kept = self._kept(places, scan)
        records = {key: self._records[key] for key in kept} | seen
        if heard:
            kept, records = self._listen(kept, records, scan, heard)
        self._records = dict(sorted(records.items()))
        far = self._far(list(seen.values()))
        return [
            self._faded(kept[key], record) if key in kept else record.obstacle
            for key, record in self._records.items()
            if key not in far
        ]

    def _drive(self, ego: EgoMotion) -> None:
        if self._ego is not None:
            self._way_m += math.hypot(ego.x - self._ego.x, ego.y - self._ego.y)
        self._ego = ego

    # What the scan shows.

    def _seen(
        self, scan: Scan, keys: Mapping[int, int], votes: FloatArray | None
    ) -> dict[int, Record]:
        """The records of the scan's rows that stand."""
        rows = np.array(list(keys), dtype=np.int64)
        known = [self._records.get(key) for key in keys.values()]
        params, blind = self._params.classification, half_blind(scan.table, scan.lidar)
        beliefs = learn(
            [None if record is None else record.belief for record in known],
            scan.fits[rows],
            scan.measures[rows],
            np.zeros_like(scan.fits[rows]) if votes is None else votes[rows],
            np.where(blind[rows], 0.0, params.smoothing),
            params.smoothing,
        )
        called, shaped = self._classes(beliefs)
        records = {}
        for place, (row, key) in enumerate(keys.items()):
            old, tracked = known[place], scan.table.objects[row]
            if blind[row]:
                tracked = self._whole(tracked, old, scan.ego)
            kind, probability = surer(tracked, *called[place])
            is_seen = old is None or tracked.last_seen_ns > old.obstacle.last_seen_ns
            records[key] = Record(
                tracked.but(id=key, object_class=kind, class_probability=probability),
                scan.ego,
                tracked.id,
                beliefs[place],
                self._way_m if old is None or is_seen else old.way_m,
                kind in MOVABLE and surer(tracked, *shaped[place])[0] in MOVABLE,
            )
        return records

    def _classes(self, beliefs: FloatArray) -> tuple[list[Named], list[Named]]:
        """Class and probability of each belief: with what cameras say, and by shape alone."""
        params = self._params.classification
        called = _named(evidence(beliefs, params.camera_weight), params.min_probability)
        if not has_votes(beliefs):
            return called, called
        return called, _named(evidence(beliefs, 0.0), params.min_probability)

    def _whole(self, tracked: TrackedObject, old: Record | None, ego: EgoMotion) -> TrackedObject:
        """What stands near the blind zone, with what was seen of it before.

        There the near side of a low thing goes out of sight first: it would seem farther away.
        """
        if old is None or old.may_leave:
            return tracked
        place = old.at(ego)
        return joined(tracked, place) if _overlap(tracked, place) else tracked

    def _keys(self, scan: Scan, places: Mapping[int, TrackedObject]) -> dict[int, int]:
        """For each row of the scan that stands the key of its record: the old one, else its id."""
        by_track = {record.track_id: key for key, record in self._records.items()}
        free, keys = dict(places), {}
        for row, tracked in enumerate(scan.table.objects):
            key = by_track.get(tracked.id)
            if not is_standing(tracked, self._params.movable, is_known=key is not None):
                continue
            if key is None:
                key = _same_place(tracked, free)
            if key is None:
                key = tracked.id
            free.pop(key, None)
            keys[row] = key
        return keys

    def _far(self, records: Sequence[Record]) -> set[int]:
        """Vehicles and people of the scan that are not near the car."""
        movable = [r.obstacle for r in records if r.obstacle.object_class in MOVABLE]
        distances = distances_to_body(make_table(movable), self._params.vehicle)
        is_far = distances > self._params.memory.radius
        return {movable[row].id for row in np.flatnonzero(is_far)}

    # What the scan does not show.

    def _worth(self, unseen: Mapping[int, Record], ego: EgoMotion) -> dict[int, Record]:
        """Of the obstacles out of sight, those that have not faded."""
        memory = self._params.memory
        if abs(ego.speed) > memory.max_speed:
            return {}
        return {
            key: record
            for key, record in unseen.items()
            if fading(record, ego.stamp_ns, self._way_m, memory) <= 1.0
        }

    def _kept(self, places: Mapping[int, TrackedObject], scan: Scan) -> dict[int, TrackedObject]:
        """Of the obstacles out of sight, those near the car that need not be in view."""
        if not places:
            return {}
        table, memory = make_table(list(places.values())), self._params.memory
        near = distances_to_body(table, self._params.vehicle) <= memory.radius
        expected = should_be_seen(table, scan.skyline, scan.lidar)
        # Something whose motion is not known yet stands there: most likely this, as a new track.
        undecided = [one for one in scan.near.objects if one.motion is Motion.UNKNOWN]
        kept = {}
        for row, (key, place) in enumerate(places.items()):
            record = self._records[key]
            is_missed = bool(expected[row]) and record.track_id != NO_TRACK
            is_missed = is_missed and not any(_overlap(one, place) for one in undecided)
            misses = record.misses + 1 if is_missed else 0
            self._records[key] = record._replace(misses=misses)
            if near[row] and misses < memory.max_misses and not self._is_inside(place):
                kept[key] = place
        return kept

    def _is_inside(self, place: TrackedObject) -> bool:
        body = self._params.vehicle
        depth = min(place.x - body.rear, body.front - place.x, body.width / 2.0 - abs(place.y))
        return depth > INSIDE_M

    def _faded(self, place: TrackedObject, record: Record) -> TrackedObject:
        assert self._ego is not None
        memory = self._params.memory
        share = fading(record, self._ego.stamp_ns, self._way_m, memory)
        return faded(place, share, self._way_m - record.way_m, memory.drift)

    # What ultrasonic sensors hear.

    def _listen(
        self,
        kept: dict[int, TrackedObject],
        records: dict[int, Record],
        scan: Scan,
        heard: Sequence[Heard],
    ) -> tuple[dict[int, TrackedObject], dict[int, Record]]:
        params = self._params.ultrasonic
        told = echoes.judge(list(kept.values()), scan.near, heard, params)
        for key, is_through, place in zip(
            list(kept), told.seen_through, told.confirmed, strict=True
        ):
            record = records[key]
            through = record.seen_through + 1 if is_through else 0
            records[key] = record._replace(seen_through=through)
            if place is not None:
                records[key] = record.measured(place, scan.ego, self._way_m)
                kept[key] = place
            elif through >= params.max_misses:
                del kept[key], records[key]
        if abs(scan.ego.speed) <= params.max_speed:
            for place in told.found:
                self._echo_ids += 1
                key = ECHO_ID + self._echo_ids
                records[key] = Record(place.but(id=key), scan.ego, NO_TRACK, None, self._way_m)
                kept[key] = records[key].obstacle
        return kept, records


def _named(found: FloatArray, min_probability: float) -> list[Named]:
    kinds, probabilities = decide(found, min_probability)
    return list(zip(kinds.tolist(), probabilities.tolist(), strict=True))


def _same_place(tracked: TrackedObject, places: Mapping[int, TrackedObject]) -> int | None:
    """The obstacle out of sight that this new track is, if any."""
    return next((key for key, old in places.items() if _overlap(tracked, old)), None)


def _overlap(tracked: TrackedObject, old: TrackedObject) -> bool:
    """Whether one of two things holds the middle of the other."""
    reach = tracked.length + tracked.width + old.length + old.width
    if math.hypot(old.x - tracked.x, old.y - tracked.y) > reach:
        return False
    return contains(tracked.footprint(), np.array([old.x, old.y])) or contains(
        old.footprint(), np.array([tracked.x, tracked.y])
    )
