# SPDX-License-Identifier: Apache-2.0
"""What the detector tells apart."""

from __future__ import annotations

from bulwark_core.objects import ObjectClass

CLASSES = (
    ObjectClass.CAR,
    ObjectClass.TRUCK,
    ObjectClass.PEDESTRIAN,
    ObjectClass.CYCLIST,
    ObjectClass.WATER_BARRIER,
    ObjectClass.CRASH_BARREL,
    ObjectClass.PILLAR,
    ObjectClass.WALL,
    ObjectClass.CONE,
    ObjectClass.GUARD_RAIL,
)
"""By the model's class number."""

NUMBER = {object_class: number for number, object_class in enumerate(CLASSES)}
"""The model's class number of each."""

BARRIERS = (
    ObjectClass.WATER_BARRIER,
    ObjectClass.CRASH_BARREL,
    ObjectClass.PILLAR,
    ObjectClass.WALL,
)
"""What public models do not know and the acceptance figures name one by one."""
