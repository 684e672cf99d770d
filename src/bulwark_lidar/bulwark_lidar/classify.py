# SPDX-License-Identifier: Apache-2.0
"""A modest guess at the class of a thing, from the size of its box and whether it moves.

The class is for people and priors; nothing brakes less for a thing of unknown class.
"""

from __future__ import annotations

from bulwark_core.objects import ObjectClass

_UNKNOWN = (ObjectClass.UNKNOWN, 0.0)


def classify(
    length: float, width: float, height: float, is_piece: bool, speed: float
) -> tuple[ObjectClass, float]:
    """Class and probability from box sides [m] and speed over ground [m/s].

    A thing seen from one side shows one side only, so either side may be the small one.
    """
    if is_piece:
        return _UNKNOWN
    longest, shortest = max(length, width), min(length, width)
    if height > 2.4 and 2.0 < longest <= 13.0 and shortest < 3.2:
        return (ObjectClass.TRUCK, 0.5) if longest > 5.5 or shortest > 1.9 else _UNKNOWN
    if 1.2 <= height <= 2.3 and 1.4 <= longest <= 5.6 and shortest <= 2.3:
        return ObjectClass.CAR, 0.8 if longest > 3.0 and shortest > 1.0 else 0.5
    if 0.8 <= height <= 2.1 and longest <= 1.1:
        return (ObjectClass.PEDESTRIAN, 0.6) if speed > 0.5 else (ObjectClass.PEDESTRIAN, 0.3)
    if 1.2 <= height <= 2.1 and 1.1 < longest <= 2.2 and shortest < 0.9 and speed > 1.0:
        return ObjectClass.CYCLIST, 0.5
    return _UNKNOWN
