# SPDX-License-Identifier: Apache-2.0
"""Classes from sizes."""

import pytest

from bulwark_core.objects import ObjectClass
from bulwark_lidar.classify import classify


@pytest.mark.parametrize(
    "length, width, height, speed, expected",
    [
        (4.4, 1.8, 1.5, 0.0, ObjectClass.CAR),
        (1.8, 0.3, 1.4, 8.0, ObjectClass.CAR),
        (9.0, 2.5, 3.5, 0.0, ObjectClass.TRUCK),
        (0.6, 0.5, 1.75, 1.4, ObjectClass.PEDESTRIAN),
        (1.8, 0.6, 1.7, 5.0, ObjectClass.CYCLIST),
        (1.8, 0.6, 0.5, 0.0, ObjectClass.UNKNOWN),
        (10.0, 0.4, 1.0, 0.0, ObjectClass.UNKNOWN),
    ],
)
def test_class_from_size(length, width, height, speed, expected):
    assert classify(length, width, height, is_piece=False, speed=speed)[0] is expected
    assert classify(width, length, height, is_piece=False, speed=speed)[0] is expected


def test_a_piece_of_a_wall_has_no_class():
    assert classify(4.0, 1.8, 1.5, is_piece=True, speed=0.0) == (ObjectClass.UNKNOWN, 0.0)
