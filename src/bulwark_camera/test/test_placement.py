# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from bulwark_camera.params import GroundParams
from bulwark_camera.placement import NoPlacement, Placement
from bulwark_core.camera_model import CameraModel
from bulwark_core.geometry import rigid
from bulwark_core.objects import ObjectClass

OPTICAL = np.array([[0.0, 0, 1, 0], [-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 0, 1]])
K = np.array([[500.0, 0, 500], [0, 500.0, 300], [0, 0, 1]])
SIZE = (600, 1000)
# 1.5 m above the ground, 2 m before the axle: row 350 is 15 m ahead of the camera.
POSE = rigid(2.0, 0.0, 1.5) @ OPTICAL


def placement(pose=POSE, **params):
    made = Placement(GroundParams(**params), "base_link")
    made.camera = CameraModel(SIZE, "plumb_bob", K, np.zeros(5), "camera")
    made.transforms.add("base_link", "camera", pose)
    return made


def place(box, one, **params):
    view = placement(**params).view("camera", SIZE)
    return view.place(np.array([box], dtype=float), [one])


def test_person_stands_where_the_box_ends():
    points = place((490, 250, 510, 350), ObjectClass.PEDESTRIAN)
    assert points.is_known.tolist() == [True]
    assert points.xyz[0] == pytest.approx([17.0, 0.0, 0.0])


@pytest.mark.parametrize("one", [ObjectClass.CAR, ObjectClass.TRUCK])
def test_vehicle_ends_before_its_wheels(one):
    points = place((450, 290, 550, 350), one, overhang=0.8)
    assert points.xyz[0] == pytest.approx([16.2, 0.0, 0.0])


def test_overhang_points_along_the_ray():
    points = place((750, 290, 850, 350), ObjectClass.CAR, overhang=1.0)
    touch = np.array([15.0, -9.0])
    near = touch * (1.0 - 1.0 / np.linalg.norm(touch)) + (2.0, 0.0)
    assert points.xyz[0, :2] == pytest.approx(near)


def test_overhang_never_reaches_behind_the_camera():
    points = place((480, 0, 520, 580), ObjectClass.CAR, overhang=3.0)
    assert points.xyz[0] == pytest.approx([2.0, 0.0, 0.0])


def test_a_taller_box_has_a_less_certain_edge():
    stds = [place((490, top, 510, 350), ObjectClass.PEDESTRIAN).range_std[0] for top in (300, 50)]
    assert stds[0] < stds[1]


@pytest.mark.parametrize("bottom, known", [(587, True), (589, False), (600, False)])
def test_box_cut_by_the_lower_edge_has_no_place(bottom, known):
    points = place((400, 100, 600, bottom), ObjectClass.CAR, edge_margin=0.02)
    assert points.is_known.tolist() == [known]


def test_beyond_the_range_there_is_no_place():
    box = (499, 300, 501, 310)  # 75 m ahead of the camera
    assert place(box, ObjectClass.PEDESTRIAN, max_range=78.0).is_known.tolist() == [True]
    assert place(box, ObjectClass.PEDESTRIAN, max_range=76.0).is_known.tolist() == [False]


def test_no_boxes():
    points = placement().view("camera", SIZE).place(np.empty((0, 4)), [])
    assert len(points.xyz) == 0


def test_frame_of_camera_info_stands_in_for_an_empty_one():
    assert placement().view("", SIZE)


def test_reasons_are_named():
    with pytest.raises(NoPlacement, match="no camera_info received"):
        Placement(GroundParams(), "base_link").view("camera", SIZE)
    with pytest.raises(
        NoPlacement, match="picture is 640 x 480, but camera_info is for 1000 x 600"
    ):
        placement().view("camera", (480, 640))
    with pytest.raises(NoPlacement, match="no transform from 'other' to 'base_link'"):
        placement().view("other", SIZE)


@pytest.mark.parametrize(
    "pose, reason",
    [
        (rigid(2.0, 0.0, 0.0) @ OPTICAL, "0.00 m above 'base_link'"),
        (rigid(2.0, 0.0, 1.5), "point up; the frame of a picture must be optical"),
        (rigid(2.0, 0.0, 1.5, roll=np.pi), "point down"),
    ],
)
def test_mounting_that_cannot_be(pose, reason):
    with pytest.raises(NoPlacement, match=reason):
        placement(pose).view("camera", SIZE)
