# SPDX-License-Identifier: Apache-2.0
"""What is remembered of one standing obstacle, and how that fades."""

from __future__ import annotations

from typing import NamedTuple

from bulwark_core.objects import EgoMotion, FloatArray, TrackedObject
from bulwark_obstacles.footprints import between, moved
from bulwark_obstacles.params import MemoryParams

EXISTENCE_LOSS = 0.5
"""How much less certain a remembered obstacle is just before it is forgotten."""
NO_TRACK = 0
"""The track of what only ultrasonic sensors know."""


class Record(NamedTuple):
    """A standing obstacle in base_link of `ego`, when it was measured last.

    track_id: its newest track. belief: a row of `belief.py`, None before the first look. way_m:
    what the car had driven by then [m]. may_leave: it is a vehicle, person or animal by its shape,
    and no camera says otherwise: no learned part shortens the memory. misses: successive scans that
    should show it and do not; seen_through: those in which an ultrasonic sensor sees through it.
    """

    obstacle: TrackedObject
    ego: EgoMotion
    track_id: int
    belief: FloatArray | None
    way_m: float
    may_leave: bool = False
    misses: int = 0
    seen_through: int = 0

    def at(self, ego: EgoMotion) -> TrackedObject:
        """The obstacle in base_link of `ego`."""
        return moved(self.obstacle, between(self.ego, ego))

    def measured(self, obstacle: TrackedObject, ego: EgoMotion, way_m: float) -> Record:
        """With a new measurement of its place in base_link of `ego`."""
        return self._replace(obstacle=obstacle, ego=ego, way_m=way_m, misses=0, seen_through=0)


def fading(record: Record, stamp_ns: int, way_m: float, memory: MemoryParams) -> float:
    """How near to being forgotten an obstacle out of sight is: 0 just seen, 1 and more forgotten.

    Of what stands by nature the way counts, since odometry drifts with it, and time hardly: at
    standstill nothing changes. What may drive or walk off is forgotten by the time.
    """
    age = (stamp_ns - record.obstacle.last_seen_ns) * 1e-9
    if record.may_leave:
        return _share(age, memory.max_age_movable)
    return max(_share(age, memory.max_age), _share(way_m - record.way_m, memory.max_way))


def faded(obstacle: TrackedObject, share: float, way_m: float, drift: float) -> TrackedObject:
    """The obstacle as uncertain as its fading (0..1) and the way since then [m] make it."""
    return obstacle.but(
        vx=0.0,
        vy=0.0,
        yaw_rate=0.0,
        existence=obstacle.existence * (1.0 - EXISTENCE_LOSS * min(max(share, 0.0), 1.0)),
        position_variance=obstacle.position_variance + (drift * way_m) ** 2,
    )


def _share(value: float, limit: float) -> float:
    """The value over its limit; at a limit of zero only zero is within it."""
    return value / limit if limit > 0.0 else (0.0 if value <= 0.0 else 2.0)
