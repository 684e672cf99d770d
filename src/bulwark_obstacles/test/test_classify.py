# SPDX-License-Identifier: Apache-2.0
"""Made boxes get the class that their shape says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.objects import ObjectClass as Kind
from bulwark_core.objects import TrackedObject
from bulwark_obstacles.classify import CERTAINTY, decide, fits


def box(length, width, height, z=None, yaw=0.0):
    return TrackedObject(1, 8.0, 1.0, height / 2.0 if z is None else z, yaw, length, width, height)


def class_of(*size):
    return decide(fits(box(*size)), 0.4)[0]


@pytest.mark.parametrize(
    "size, kind",
    [
        ((0.6, 0.6, 2.5), Kind.PILLAR),
        ((0.5, 0.2, 2.0), Kind.PILLAR),  # only its front was seen
        ((0.12, 0.12, 3.0), Kind.POLE),
        ((4.0, 0.2, 2.0), Kind.WALL),
        ((4.0, 1.0, 2.8), Kind.WALL),
        ((1.6, 0.5, 0.9), Kind.WATER_BARRIER),
        ((1.9, 0.25, 0.8), Kind.WATER_BARRIER),
        ((0.6, 0.6, 0.95), Kind.CRASH_BARREL),
        ((0.6, 0.3, 1.0), Kind.CRASH_BARREL),
        ((6.0, 0.2, 0.75), Kind.GUARD_RAIL),
        ((5.0, 0.3, 0.15), Kind.KERB),
        ((0.3, 0.3, 0.5), Kind.CONE),
        ((4.5, 1.8, 1.5), Kind.UNKNOWN),  # a car
        ((12.0, 2.5, 3.5), Kind.UNKNOWN),  # a lorry
        ((3.0, 3.0, 2.0), Kind.UNKNOWN),  # a bush
        ((0.0, 0.0, 0.0), Kind.UNKNOWN),
    ],
)
def test_typical_boxes(size, kind):
    assert class_of(*size) is kind


@given(st.floats(0.0, 12.0), st.floats(0.0, 12.0), st.floats(0.0, 5.0), st.floats(-3.1, 3.1))
def test_which_side_is_called_length_and_yaw_do_not_matter(length, width, height, yaw):
    assert (fits(box(length, width, height)) == fits(box(width, length, height, yaw=yaw))).all()


@given(st.floats(0.0, 12.0), st.floats(0.0, 12.0), st.floats(0.0, 5.0))
def test_probability_is_graded_and_never_certain(length, width, height):
    found = fits(box(length, width, height))
    assert ((found >= 0.0) & (found <= 1.0)).all()
    kind, probability = decide(found, 0.4)
    assert 0.0 <= probability <= CERTAINTY
    assert (kind is Kind.UNKNOWN) == (probability < 0.4)


@given(st.floats(0.65, 1.3), st.floats(0.0, 0.3))
def test_farther_from_the_core_is_never_more_certain(height, more):
    """Heights around a crash barrel's, from its core outwards."""
    outwards = more if height > 0.95 else -more
    near, far = fits(box(0.6, 0.6, height)), fits(box(0.6, 0.6, height + outwards))
    assert far[Kind.CRASH_BARREL] <= near[Kind.CRASH_BARREL] + 1e-9


@pytest.mark.parametrize(
    "size, kind",
    [
        ((1.0, 0.5, 2.0), Kind.PILLAR),
        ((0.6, 0.6, 1.2), Kind.PILLAR),
        ((0.35, 0.1, 2.0), Kind.POLE),
        ((2.0, 0.2, 2.0), Kind.WALL),
        ((4.0, 0.2, 1.0), Kind.WALL),
        ((1.5, 0.5, 0.6), Kind.WATER_BARRIER),
        ((1.5, 0.5, 1.2), Kind.WATER_BARRIER),
        ((0.8, 0.5, 0.9), Kind.WATER_BARRIER),
        ((2.5, 0.5, 0.9), Kind.WATER_BARRIER),
        ((1.5, 0.8, 0.9), Kind.WATER_BARRIER),
        ((0.4, 0.4, 0.9), Kind.CRASH_BARREL),
        ((0.8, 0.8, 0.9), Kind.CRASH_BARREL),
        ((0.6, 0.6, 0.7), Kind.CRASH_BARREL),
        ((0.6, 0.6, 1.2), Kind.CRASH_BARREL),
    ],
)
def test_half_a_fit_at_the_documented_thresholds(size, kind):
    assert fits(box(*size))[kind] == pytest.approx(0.5)


def test_a_foot_taken_for_ground_counts_to_the_height():
    cut = box(0.6, 0.6, 0.7, z=0.3 + 0.35)  # measured from 0.3 m to 1.0 m
    assert fits(cut)[Kind.CRASH_BARREL] == pytest.approx(1.0)
