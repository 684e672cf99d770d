# SPDX-License-Identifier: Apache-2.0
"""Up to half a metre before a thing, in the world, with ray-cast scans and noisy odometry."""

import numpy as np
import pytest
from obstacle_approach import GAP, approach

pytest.importorskip("open3d")

PLACE_ERROR = 0.15


def assert_known_to_the_end(moments, final_gap=GAP + 0.15):
    """From 3 m on it is always reported, at its place, and the car did come near and stand."""
    near = [moment for moment in moments if moment.gap <= 3.0]
    assert near[-1].gap <= final_gap
    assert near[-1].speed == pytest.approx(0.0, abs=0.01)
    assert not any(np.isnan(moment.reported) for moment in near)
    assert max(abs(moment.reported - moment.gap) for moment in near) <= PLACE_ERROR


@pytest.mark.parametrize(
    "kind, model",
    [
        ("bollard", "hdl64e"),
        ("crash_barrel", "os1_128"),
        ("low_wall", "vlp16"),
        ("bollard", "vlp16"),
        ("pillar", "hdl64e"),
    ],
)
def test_forward_to_half_a_metre_and_standing_there(kind, model):
    assert_known_to_the_end(approach(kind, model))


def test_it_is_the_memory_that_knows_a_bollard_in_the_blind_zone():
    moments = approach("bollard", "os1_128", stand_s=1.0)
    assert not moments[-1].is_seen
    assert_known_to_the_end(moments)


@pytest.mark.parametrize("kind", ["water_barrier", "bollard"])
def test_in_reverse(kind):
    assert_known_to_the_end(approach(kind, reverse=True))


@pytest.mark.parametrize("kind", ["low_wall", "bollard"])
def test_with_a_turn_at_the_end(kind):
    moments = approach(kind, lateral=0.5, steering=0.3)
    assert_known_to_the_end(moments)
