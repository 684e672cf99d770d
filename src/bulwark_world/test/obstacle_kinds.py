# SPDX-License-Identifier: Apache-2.0
"""Which class each kind of thing gets in the world, by beam table and distance, from one scan.

    python src/bulwark_world/test/obstacle_kinds.py

prints the tables of the README.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from bulwark_core.geometry import rigid
from bulwark_core.objects import ObjectClass
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline
from bulwark_obstacles.classify import classified
from bulwark_obstacles.params import ClassificationParams
from bulwark_world.actors import Actor
from bulwark_world.beams import LIDAR_MODELS
from bulwark_world.kinds import Kind, kinds
from bulwark_world.lidar import Lidar
from bulwark_world.materials import Material
from bulwark_world.mesh import box, cylinder
from bulwark_world.motion import Pose
from bulwark_world.road import Road
from bulwark_world.scene import Scene

DISTANCES = (3.0, 5.0, 8.0, 12.0, 20.0, 30.0)
"""From the lidar to the middle of the near face [m]."""
YAWS = (0.0, 0.5, 1.0)
"""Headings that each thing is shown at [rad]."""
MOUNTS = {
    "hdl64e": rigid(1.0, 0.0, 1.73),
    "os1_128": rigid(1.0, 0.0, 1.73),
    "vlp16": rigid(3.6, 0.0, 0.6),
}
_C = ObjectClass
OWN = (
    Kind(
        "guard_rail", _C.GUARD_RAIL, 8.0, 0.1, 0.75,
        lambda kind: box(8.0, 0.1, 0.45, 0.75, Material.METAL),
    ),
    Kind(
        "low_wall", _C.WALL, 0.3, 4.0, 1.2,
        lambda kind: box(0.3, 4.0, 0.0, 1.2, Material.BRICK),
    ),
    Kind(
        "bollard", _C.POLE, 0.2, 0.2, 1.0,
        lambda kind: cylinder(0.1, 0.0, 1.0, Material.CONCRETE), True,
    ),
    Kind(
        "cone", _C.CONE, 0.36, 0.36, 0.75,
        lambda kind: cylinder(0.16, 0.0, 0.75, Material.PLASTIC_RED), True,
    ),
)  # fmt: skip
SHOWN = (
    "pillar", "round_pillar", "pole", "wall", "house", "water_barrier", "crash_barrel", "tree",
)  # fmt: skip
KINDS = {name: kinds()[name] for name in SHOWN} | {kind.name: kind for kind in OWN}
MAY_BE = {
    "pole": {_C.POLE, _C.PILLAR},
    "pillar": {_C.PILLAR, _C.POLE},
    "round_pillar": {_C.PILLAR, _C.POLE},
    "bollard": {_C.POLE, _C.PILLAR},
    "tree": {_C.POLE, _C.PILLAR, _C.VEGETATION},
    "wall": {_C.WALL, _C.GUARD_RAIL},
    "house": {_C.WALL, _C.GUARD_RAIL},
    "low_wall": {_C.WALL, _C.GUARD_RAIL},
    "guard_rail": {_C.WALL, _C.GUARD_RAIL},
}
"""What counts as right: thin and tall, long and thin; a tree may show its trunk or its crown."""


def seen_classes(kind: Kind, model: str, distance: float, yaw: float) -> list[ObjectClass]:
    """The class of every object that one scan shows of a thing; empty where it is not found."""
    mount = MOUNTS[model]
    local = Pose(yaw=yaw).to_world(kind.outline)
    x = mount[0, 3] + distance - float(local[:, 0].min())
    actor = Actor("thing", kind, Pose(x, 0.0, yaw))
    scene = Scene(Road(roadside=False, kerbs=False), (), (actor,))
    scene.place(0.0)
    scan = Lidar(LIDAR_MODELS[model], mount, 1).scan(scene, np.eye(4), 1_000_000_000, 0)
    found = LidarPipeline(LidarParams()).update(scan.xyz, None, scan.stamp_ns, mount).objects
    low, high = np.array([x - 0.5, -0.5]) + local.min(axis=0), np.array([x + 0.5, 0.5])
    high = high + local.max(axis=0)
    near = [item for item in found if low[0] < item.x < high[0] and low[1] < item.y < high[1]]
    named = classified(near, ClassificationParams().min_probability, (mount[0, 3], mount[1, 3]))
    largest = sorted(named, key=lambda item: -item.length * item.height - item.width * item.height)
    return [item.object_class for item in largest]


def table(model: str) -> dict[tuple[str, float], list[ObjectClass | None]]:
    """For each kind and distance the class of its largest object, by heading; None: not found."""
    found = {}
    for (name, kind), distance in itertools.product(KINDS.items(), DISTANCES):
        classes = [seen_classes(kind, model, distance, yaw) for yaw in YAWS]
        found[name, distance] = [one[0] if one else None for one in classes]
    return found


def is_right(name: str, found: ObjectClass | None) -> bool:
    """Whether a class is right for a kind, with what counts as the same."""
    return found in MAY_BE.get(name, {KINDS[name].object_class})


def report() -> Iterator[str]:
    """Lines of the tables: what is right by kind, beams and distance; what is taken for what."""
    tables = {model: table(model) for model in MOUNTS}
    at = ", ".join(f"{distance:g}" for distance in DISTANCES)
    yield f"Of {len(YAWS)} headings the number that is right, at {at} m; -: none is found\n"
    yield _row("kind", MOUNTS)
    yield _row("---", ("---" for _ in MOUNTS))
    for name in KINDS:
        cells = (
            " ".join(_cell(name, rows[name, d]) for d in DISTANCES) for rows in tables.values()
        )
        yield _row(name, cells)
    confusion: Counter[tuple[str, str]] = Counter()
    for rows in tables.values():
        for (name, _), classes in rows.items():
            confusion.update((name, "-" if one is None else one.name.lower()) for one in classes)
    columns = sorted({found for _, found in confusion})
    yield "\nAll of them by the class that was found; -: not found\n"
    yield _row("kind", columns)
    yield _row("---", ("---" for _ in columns))
    for name in KINDS:
        yield _row(name, (str(confusion[name, column] or "") for column in columns))


def _cell(name: str, classes: Sequence[ObjectClass | None]) -> str:
    seen = [one for one in classes if one is not None]
    return str(sum(is_right(name, one) for one in seen)) if seen else "-"


def _row(first: str, cells: Iterable[str]) -> str:
    return "| " + " | ".join([first, *cells]) + " |"


if __name__ == "__main__":
    sys.stdout.writelines(line + "\n" for line in report())
