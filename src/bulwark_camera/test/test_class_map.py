# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from bulwark_camera.class_map import ClassMap
from bulwark_core.errors import ModelError, ParameterError
from bulwark_core.objects import ObjectClass


def test_coco():
    classes = ClassMap(["COCO"], number=80)
    assert [classes[label] for label in (0, 1, 2, 3, 5, 7)] == [
        ObjectClass.PEDESTRIAN,
        ObjectClass.CYCLIST,
        ObjectClass.CAR,
        ObjectClass.CYCLIST,
        ObjectClass.TRUCK,
        ObjectClass.TRUCK,
    ]
    assert classes.is_listed(np.array([0, 4, 9, 79, 2])).tolist() == [
        True,
        False,
        False,
        False,
        True,
    ]


@pytest.mark.parametrize("entry", ["CAR", "2", "2=BOAT", "=CAR", ""])
def test_entry_that_is_none(entry):
    with pytest.raises(ParameterError, match=r"'model.classes' has the entry .* NUMBER=CLASS"):
        ClassMap(["0=CAR", entry])


def test_class_that_the_model_lacks():
    with pytest.raises(ParameterError, match=r"names class 7, but the model has only 3 classes"):
        ClassMap(["0=CAR", "7=TRUCK"], number=3)
    with pytest.raises(ParameterError, match=r"names class 7, but the model has only 2 classes"):
        ClassMap(["0=CAR", "7=TRUCK"], names={0: "car", 1: "cat"})


def test_entries_by_the_name_that_the_model_gives():
    names = {0: "forklift", 1: "pallet", 2: "car"}
    assert ClassMap(["forklift=TRUCK"], names).classes == {0: ObjectClass.TRUCK}
    with pytest.raises(ParameterError, match="'crane', but the model has forklift, pallet, car"):
        ClassMap(["crane=TRUCK"], names)
    with pytest.raises(ParameterError, match="'crane', but the model has no names in its metadata"):
        ClassMap(["crane=TRUCK"])


def test_what_the_model_says_itself():
    names = {0: "Traffic cone", 1: "background", 2: "water-barrier", 5: "person", 7: "guard_rail"}
    assert ClassMap(names=names, number=8).classes == {
        0: ObjectClass.CONE,
        2: ObjectClass.WATER_BARRIER,
        5: ObjectClass.PEDESTRIAN,
        7: ObjectClass.GUARD_RAIL,
    }


@pytest.mark.parametrize("number, car, person", [(80, 2, 0), (91, 3, 1)])
def test_coco_by_its_number_of_classes(number, car, person):
    classes = ClassMap(number=number)
    assert classes[car] is ObjectClass.CAR
    assert classes[person] is ObjectClass.PEDESTRIAN


def test_set_with_a_change():
    classes = ClassMap(["COCO", "7=UNKNOWN"])
    assert (classes[2], classes[7]) == (ObjectClass.CAR, ObjectClass.UNKNOWN)


@pytest.mark.parametrize(
    "names, number, reason",
    [
        ({}, 3, "has 3 unnamed classes; set model.classes"),
        ({}, None, "does not tell its classes; set model.classes"),
        ({0: "apple", 1: "pear"}, 2, r"no class .* is known here \(apple, pear\)"),
    ],
)
def test_where_nothing_tells_the_classes(names, number, reason):
    with pytest.raises(ModelError, match=reason):
        ClassMap(names=names, number=number)
