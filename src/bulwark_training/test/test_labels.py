# SPDX-License-Identifier: Apache-2.0
"""True boxes from pixels, in scenes of which one knows what is seen."""

import numpy as np
import pytest

from bulwark_core.geometry import rigid
from bulwark_core.objects import ObjectClass
from bulwark_training.classes import NUMBER
from bulwark_training.labels import OPEN, Labels, read_labels
from bulwark_world.actors import Actor
from bulwark_world.camera import Camera, Intrinsics
from bulwark_world.kinds import kinds
from bulwark_world.motion import Pose
from bulwark_world.road import Road
from bulwark_world.roadside_kinds import GUARD_RAIL
from bulwark_world.scene import Scene

INTRINSICS = Intrinsics.from_field_of_view(320, 192, 70.0)
EYE = 1.35


def actor(kind, x, y=0.0, name="a"):
    return Actor(name, kinds()[kind] if isinstance(kind, str) else kind, Pose(x, y))


def labels_of(*actors):
    scene = Scene(Road(kerbs=False, roadside=False), [], actors)
    scene.place(0.0)
    camera = Camera(INTRINSICS, rigid(0.0, 0.0, EYE), 1)
    _, hits = camera.shot(scene, rigid(), 0)
    return read_labels(scene, actors, hits, camera.rays(rigid()), INTRINSICS.width)


def test_box_of_a_barrel_follows_from_the_pinhole():
    labels = labels_of(actor("crash_barrel", 10.0))
    barrel, focal, (cx, cy) = kinds()["crash_barrel"], INTRINSICS.focal, INTRINSICS.centre
    half = focal * barrel.width / 2 / 10.0
    near = 10.0 - barrel.length / 2
    expected = (
        cx - half,
        cy + focal * (EYE - barrel.height) / 10.0,
        cx + half,
        cy + focal * EYE / near,
    )
    np.testing.assert_allclose(labels.boxes[0], expected, atol=1.5)
    assert labels.classes.tolist() == [NUMBER[ObjectClass.CRASH_BARREL]]
    assert labels.visible[0] == pytest.approx(1.0)
    assert labels.distance[0] == pytest.approx(near, abs=0.3)


def test_half_hidden():
    """A wall of which a truck's side hides all to the right of the middle."""
    wall = actor("wall", 20.0)
    front = actor("truck", 12.0, -1.25 * 1.0, "b")
    labels = labels_of(wall, front)
    behind = labels.take(labels.classes == NUMBER[ObjectClass.WALL])
    assert 0.4 < behind.visible[0] < 0.75
    assert labels.take(labels.classes == NUMBER[ObjectClass.TRUCK]).visible[0] == pytest.approx(1.0)


def test_wholly_hidden_things_have_no_box():
    labels = labels_of(actor("wall", 8.0), actor("cone", 20.0, name="b"))
    assert labels.classes.tolist() == [NUMBER[ObjectClass.WALL]]


def test_pieces_of_a_rail_are_one():
    rails = [actor(GUARD_RAIL, 8.0 + 2.0 * k, 2.0, f"rail_{k}") for k in range(5)]
    labels = labels_of(*rails)
    assert labels.classes.tolist() == [NUMBER[ObjectClass.GUARD_RAIL]]
    assert labels.visible[0] > 0.95


def test_houses_are_left_open_and_trees_are_background():
    labels = labels_of(actor("house", 30.0), actor("tree", 12.0, 3.0, "b"))
    assert labels.classes.tolist() == [OPEN]


def test_rows_and_back():
    labels = labels_of(actor("car", 10.0), actor("pedestrian", 8.0, 2.0, "b"))
    back = Labels.from_rows(labels.as_rows())
    assert np.array_equal(back.boxes, labels.boxes)
    assert np.array_equal(back.classes, labels.classes)
    assert len(back) == 2
