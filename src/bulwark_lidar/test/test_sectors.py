# SPDX-License-Identifier: Apache-2.0
"""Sectors: where they lie, how they are named, and what counts as a beam that points down."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_core.geometry import rigid
from bulwark_core.vehicle import VehicleParams
from bulwark_lidar.cloud import SECTORS, usable_points
from bulwark_lidar.sectors import EDGES, MIDDLES, WIDTHS, in_words, sector, steep_returns


def between(low, high):
    """The sectors whose middle lies between two bearings [deg], counter-clockwise."""
    return (np.degrees(MIDDLES) - low) % 360.0 < high - low


@given(st.floats(-math.pi, math.pi), st.floats(0.5, 80.0))
def test_a_bearing_lies_in_its_sector(bearing, reach):
    k = sector(reach * math.cos(bearing), reach * math.sin(bearing))
    assert EDGES[k] - 1e-6 <= bearing <= EDGES[k + 1] + 1e-6 or abs(bearing) == math.pi


@given(st.floats(-3.1, 3.1))
def test_it_is_the_sector_in_which_returns_are_counted(bearing):
    point = np.array([[20.0 * math.cos(bearing), 20.0 * math.sin(bearing), 0.0]], np.float32)
    counts = usable_points(point, rigid(), VehicleParams(), 80.0, 0.3, 0.5).sectors
    x, y = float(point[0, 0]), float(point[0, 1])
    at = sector(x, y)
    assert counts.sum() == 1
    assert counts[[at - 1, at, (at + 1) % SECTORS]].sum() == 1


def test_the_sectors_fill_the_circle():
    assert len(WIDTHS) == SECTORS
    assert (WIDTHS > 0.0).all()
    assert WIDTHS.sum() == pytest.approx(2.0 * math.pi)


@pytest.mark.parametrize(
    "low, high, yaw_deg, words",
    [
        (20, 45, 0, "from 21 to 45 degrees left of ahead"),
        (-45, -20, 0, "from 21 to 45 degrees right of ahead"),
        (-10, 15, 0, "from 11 degrees right to 16 degrees left of ahead"),
        (170, 190, 0, "from 169 degrees left to 169 degrees right of ahead, across the rear"),
        (20, 45, 90, "from 111 to 135 degrees left of ahead"),
        (20, 45, 180, "from 135 to 159 degrees right of ahead"),
        (0, 360, 0, "all around"),
        (-10, 340, 0, "from 11 degrees right to 21 degrees right of ahead, across the rear"),
    ],
)
def test_a_range_is_named_as_the_driver_sees_it(low, high, yaw_deg, words):
    assert in_words(between(low, high), math.radians(yaw_deg)) == words


def test_several_ranges_are_named_widest_first():
    chosen = between(20, 30) | between(-90, -60) | between(100, 105) | between(140, 150)
    words = in_words(chosen, 0.0)
    assert words.startswith("from 58 to 90 degrees right of ahead and ")
    assert words.endswith(" and elsewhere")


@given(st.lists(st.booleans(), min_size=SECTORS, max_size=SECTORS), st.floats(-4.0, 4.0))
def test_any_choice_can_be_named(chosen, yaw):
    words = in_words(np.array(chosen), yaw)
    assert bool(words) is any(chosen)


def test_steep_returns_do_not_depend_on_what_the_beams_meet(scan, solid):
    mount = rigid(0.0, 0.0, 1.73)

    def steep(solids):
        cloud = scan(solids) + np.array([0.0, 0.0, 1.73], np.float32)
        return steep_returns(cloud.astype(np.float32), mount)

    field, street = steep([]), steep([solid(5.0, 6.0, 60.0, 0.3, 4.0), solid(9.0, 0, 4, 2, 1.5)])
    assert field.min() > 50
    assert np.abs(street - field).max() <= 0.04 * field.max()


def test_steep_is_meant_in_the_lidar_s_own_sectors():
    mount = rigid(1.0, 2.0, 1.5, yaw=math.pi / 2)
    ahead_of_lidar = np.array([[1.0, 7.0, 0.0]], np.float32)  # +x of the lidar is +y of the car
    counts = steep_returns(ahead_of_lidar, mount)
    assert counts[sector(5.0, 0.0)] == counts.sum() == 1
