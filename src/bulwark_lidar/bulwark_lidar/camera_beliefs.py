# SPDX-License-Identifier: Apache-2.0
"""What cameras have called a track so far, and what class and certainty follow from it.

A camera only ever adds: it names what the lidar has found and makes it more certain. No place,
size, speed or motion depends on it, and nothing becomes less certain because of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from bulwark_core.objects import FloatArray, Motion, ObjectClass, TrackedObject
from bulwark_lidar.params import CameraFusionParams

_CLASSES = len(ObjectClass)
_MEMBERS = tuple(ObjectClass)
_FADES = 0.05  # of the votes, with a picture that shows the place and nothing there
_DECIDES = 0.75  # weighted votes from which they count
_MOST_LOG_ODDS = 5.0
_ROAD_USERS = frozenset(
    {
        ObjectClass.CAR,
        ObjectClass.TRUCK,
        ObjectClass.PEDESTRIAN,
        ObjectClass.CYCLIST,
        ObjectClass.ANIMAL,
    }
)
_LARGEST = {  # longest side and height of what can be one of these [m]
    ObjectClass.PEDESTRIAN: (1.6, 2.3),
    ObjectClass.CYCLIST: (2.6, 2.4),
    ObjectClass.ANIMAL: (3.0, 2.4),
    ObjectClass.CAR: (6.5, 2.8),
}


@dataclass
class Belief:
    """Scores smoothed over the pictures.

    votes: (classes,) 0..1. looks: how much the pictures count together, 0..1. seen_ns: stamp of
    the last picture that shows it.
    """

    votes: FloatArray = field(default_factory=lambda: np.zeros(_CLASSES))
    looks: float = 0.0
    seen_ns: int = 0

    def learn(self, kind: ObjectClass, score: float, stamp_ns: int, gain: float) -> None:
        """Take in how a picture calls it."""
        self.votes *= 1.0 - gain
        self.votes[kind] += gain * score
        self.looks += gain * (1.0 - self.looks)
        self.seen_ns = stamp_ns

    def fade(self) -> None:
        """A picture should show it and does not."""
        self.votes *= 1.0 - _FADES


def can_be(tracked: TrackedObject, kind: ObjectClass, *, is_piece: bool) -> bool:
    """Whether a thing of this size may be what a camera calls it.

    A piece of a wall, or anything too big, is no road user whatever a camera says: road users are
    forgotten sooner. A kerb may be driven over, so that is left to those who measure its height.
    """
    if kind in (ObjectClass.UNKNOWN, ObjectClass.KERB):
        return False
    if kind is ObjectClass.TRUCK:
        return not is_piece
    if kind not in _LARGEST:
        return True
    longest, highest = _LARGEST[kind]
    size = max(tracked.length, tracked.width)
    return not is_piece and size <= longest and tracked.height <= highest


def fused(
    tracked: TrackedObject, belief: Belief, stamp_ns: int, params: CameraFusionParams
) -> TrackedObject:
    """The track with the class that lidar and camera together tell, and more certain."""
    kind, probability = _class(tracked, belief, params.weight)
    existence = tracked.existence
    if stamp_ns - belief.seen_ns <= params.timeout * 1e9:
        existence = _surer(existence, params.support * float(belief.votes.sum()))
    return tracked.but(object_class=kind, class_probability=probability, existence=existence)


def _class(tracked: TrackedObject, belief: Belief, weight: float) -> tuple[ObjectClass, float]:
    """The class that has most evidence, and its share of what all evidence could be.

    What stands is a road user only where the lidar takes it for one, and no more surely: what may
    leave is remembered for less long, and a camera must not shorten that.
    """
    own, own_probability = tracked.object_class, tracked.class_probability
    evidence = weight * belief.votes
    if evidence.max() < _DECIDES:
        return own, own_probability
    most = weight * belief.looks
    if own is not ObjectClass.UNKNOWN:
        evidence[own] += own_probability
        most += own_probability
    best = _MEMBERS[int(evidence.argmax())]
    probability = min(float(evidence[best]) / most, 1.0)
    if best in _ROAD_USERS and tracked.motion is not Motion.MOVING:
        if own not in _ROAD_USERS:
            return own, own_probability
        probability = min(probability, own_probability)
    return best, probability


def _surer(existence: float, log_odds: float) -> float:
    """A probability after more evidence for it; never a lower one."""
    if not 0.0 < existence < 1.0 or log_odds <= 0.0:
        return existence
    known = math.log(existence / (1.0 - existence))
    return max(existence, 1.0 / (1.0 + math.exp(-min(known + log_odds, _MOST_LOG_ODDS))))
