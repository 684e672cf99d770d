# SPDX-License-Identifier: Apache-2.0
"""Classes from sizes."""

import pytest

from bulwark_core.objects import ObjectClass
from bulwark_lidar.classify import classify


@pytest.mark.parametrize(
    "sides, height, speed, goes_along, expected",
    [
        ((4.4, 1.8), 1.5, 0.0, False, ObjectClass.CAR),
        ((1.8, 0.3), 1.4, 8.0, False, ObjectClass.CAR),
        ((9.0, 2.5), 3.5, 0.0, False, ObjectClass.TRUCK),
        ((0.6, 0.5), 1.75, 1.4, True, ObjectClass.PEDESTRIAN),
        ((1.8, 0.6), 1.7, 5.0, True, ObjectClass.CYCLIST),
        ((1.8, 0.6), 0.5, 0.0, False, ObjectClass.UNKNOWN),
        ((10.0, 0.4), 1.0, 0.0, False, ObjectClass.UNKNOWN),
    ],
)
def test_class_from_size(sides, height, speed, goes_along, expected):
    for either in (sides, sides[::-1]):
        kind, probability = classify(either, height, speed, is_piece=False, goes_along=goes_along)
        assert kind is expected
        assert (probability > 0.0) == (expected is not ObjectClass.UNKNOWN)


def test_a_piece_of_a_wall_has_no_class():
    guess = classify((4.0, 1.8), 1.5, 0.0, is_piece=True, goes_along=False)
    assert guess == (ObjectClass.UNKNOWN, 0.0)
