# SPDX-License-Identifier: Apache-2.0
"""What the classes of public data sets are to the stack, by name and by number."""

from __future__ import annotations

from bulwark_core.objects import ObjectClass

# A bus or train is as long and slow to avoid as a truck; bicycles and motorcycles stand for their
# riders. Birds are left out.
_SYNONYMS = {
    ObjectClass.PEDESTRIAN: "person people person_sitting",
    ObjectClass.CYCLIST: "bicycle motorcycle motorbike rider bike bicyclist motorcyclist",
    ObjectClass.CAR: "van",
    ObjectClass.TRUCK: "bus train trailer tram",
    ObjectClass.ANIMAL: "cat dog horse sheep cow elephant bear zebra giraffe",
    ObjectClass.CONE: "traffic_cone",
    ObjectClass.CRASH_BARREL: "barrel traffic_barrel",
    ObjectClass.KERB: "curb",
}

_BY_NAME = {one.name.lower(): one for one in ObjectClass if one.value}
_BY_NAME |= {word: one for one, words in _SYNONYMS.items() for word in words.split()}

_COCO_80 = {
    0: "person", 1: "bicycle", 2: "car", 3: "motorcycle", 5: "bus", 6: "train", 7: "truck",
    15: "cat", 16: "dog", 17: "horse", 18: "sheep", 19: "cow", 20: "elephant",
    21: "bear", 22: "zebra", 23: "giraffe",
}  # fmt: skip
_COCO_91 = {
    1: "person", 2: "bicycle", 3: "car", 4: "motorcycle", 6: "bus", 7: "train", 8: "truck",
    17: "cat", 18: "dog", 19: "horse", 20: "sheep", 21: "cow", 22: "elephant",
    23: "bear", 24: "zebra", 25: "giraffe",
}  # fmt: skip


def class_of_name(name: str) -> ObjectClass | None:
    """The class that a name of COCO, KITTI, VOC, BDD100K or our own stands for; None for none."""
    return _BY_NAME.get("_".join(name.strip().lower().replace("-", " ").split()))


SETS: dict[str, dict[int, ObjectClass]] = {
    "COCO": {number: _BY_NAME[name] for number, name in _COCO_80.items()},
    "COCO91": {number: _BY_NAME[name] for number, name in _COCO_91.items()},
}
"""COCO as YOLO models number it, and as DETR and TensorFlow do."""
SIZES = {80: "COCO", 91: "COCO91"}
