# SPDX-License-Identifier: Apache-2.0
"""Whether an object is a standing obstacle, with evidence."""

from __future__ import annotations

from bulwark_core.objects import Motion, ObjectClass, TrackedObject
from bulwark_obstacles.params import MovableParams

MOVABLE = frozenset(
    {
        ObjectClass.CAR,
        ObjectClass.TRUCK,
        ObjectClass.PEDESTRIAN,
        ObjectClass.CYCLIST,
        ObjectClass.ANIMAL,
    }
)
"""What may drive or walk off at any time."""


def is_standing(tracked: TrackedObject, params: MovableParams, *, is_known: bool) -> bool:
    """Whether it stands. is_known: it was found standing before, so doubt does not count."""
    if tracked.motion is Motion.MOVING:
        return False
    if tracked.motion is Motion.UNKNOWN:
        return is_known
    if tracked.object_class not in MOVABLE:
        return True
    duration = (tracked.last_seen_ns - tracked.first_seen_ns) * 1e-9
    return tracked.measurements >= params.measurements and duration >= params.duration
