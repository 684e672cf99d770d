# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from bulwark_camera.class_map import COCO, ClassMap
from bulwark_core.errors import ParameterError
from bulwark_core.objects import ObjectClass


def test_coco():
    classes = ClassMap(COCO)
    classes.check(80)
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


@pytest.mark.parametrize("entry", ["CAR", "2", "2=BOAT", "two=CAR", "-1=CAR", "=CAR", ""])
def test_entry_that_is_none(entry):
    with pytest.raises(ParameterError, match=r"'model.classes' has the entry .* NUMBER=CLASS"):
        ClassMap(["0=CAR", entry])


def test_class_that_the_model_lacks():
    with pytest.raises(ParameterError, match=r"names class 7, but the model has only 3 classes"):
        ClassMap(["0=CAR", "7=TRUCK"]).check(3)


def test_empty():
    with pytest.raises(ParameterError, match="nothing would be reported"):
        ClassMap([])
