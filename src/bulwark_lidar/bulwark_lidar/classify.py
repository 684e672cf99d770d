# SPDX-License-Identifier: Apache-2.0
"""A modest guess at the class of a thing, from the size of its box and whether it moves.

The class is for people and priors; nothing brakes less for a thing of unknown class.
"""

from __future__ import annotations

from bulwark_core.objects import ObjectClass

_UNKNOWN = (ObjectClass.UNKNOWN, 0.0)


def classify(
    sides: tuple[float, float], height: float, speed: float, *, is_piece: bool, goes_along: bool
) -> tuple[ObjectClass, float]:
    """Class and probability from box sides and height [m] and speed over ground [m/s].

    A thing seen from one side shows one side only, so either side may be the small one.
    goes_along: it moves along its longer side, as cyclists do and the rear of a car does not.
    """
    if is_piece:
        return _UNKNOWN
    longest, shortest = max(sides), min(sides)
    if height > 2.4 and 2.0 < longest <= 13.0 and shortest < 3.2:
        return (ObjectClass.TRUCK, 0.5) if longest > 5.5 or shortest > 1.9 else _UNKNOWN
    is_slim = shortest < 0.9 and 1.1 < longest <= 2.2
    if is_slim and goes_along and speed > 1.0 and 1.2 <= height <= 2.1:
        return ObjectClass.CYCLIST, 0.5
    if 1.2 <= height <= 2.3 and 1.4 <= longest <= 5.6 and shortest <= 2.3:
        return ObjectClass.CAR, 0.8 if longest > 3.0 and shortest > 1.0 else 0.5
    if 0.8 <= height <= 2.1 and longest <= 1.1:
        return ObjectClass.PEDESTRIAN, 0.6 if speed > 0.5 else 0.3
    return _UNKNOWN
