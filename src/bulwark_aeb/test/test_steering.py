# SPDX-License-Identifier: Apache-2.0
"""What a turning wheel announces for the path."""

from __future__ import annotations

import math

import numpy as np
import pytest
from aeb_makers import NOW, S
from hypothesis import given
from hypothesis import strategies as st

from bulwark_aeb.path import Path
from bulwark_aeb.steering import AHEAD, TURNS_FROM, Steering, follow_wheel, steered
from bulwark_core.vehicle import VehicleParams

CAR = VehicleParams()


def wheel(angles, step=0.02) -> Steering | None:
    known = None
    for index, angle in enumerate(angles):
        known = follow_wheel(known, angle, NOW + round(index * step * S))
    return known


@pytest.mark.parametrize("step", [0.01, 0.02, 0.05])
def test_a_steady_turn_is_found_at_any_rate_of_messages(step):
    known = wheel(np.arange(0.0, 1.0, step) * 0.2, step)
    assert known is not None
    assert known.rate == pytest.approx(0.2, rel=0.01)


def test_nothing_is_known_of_the_rate_at_first_after_a_gap_or_when_time_goes_back():
    known = Steering(NOW, 0.1, 0.3)
    assert follow_wheel(None, 0.1, NOW) == Steering(NOW, 0.1)
    assert follow_wheel(known, 0.2, NOW + S) == Steering(NOW + S, 0.2)
    assert follow_wheel(known, 0.2, NOW - 1) == Steering(NOW - 1, 0.2)
    assert follow_wheel(known, 0.2, NOW) is known
    assert follow_wheel(known, math.nan, NOW + 1) is None


def test_a_wheel_that_is_held_or_unknown_changes_nothing():
    path = Path(0.01, 0.001)
    assert steered(path, None, CAR) is path
    assert steered(path, Steering(NOW, 0.03, TURNS_FROM * 0.99), CAR) is path
    assert steered(path, Steering(NOW, 0.03, TURNS_FROM), CAR) is not path


def test_the_path_lies_between_a_wheel_that_stops_and_one_that_goes_on():
    """Compared with the place after `AHEAD`, driven step by step."""
    speed, angle, rate = 10.0, 0.02, 0.1
    now = math.tan(angle) / CAR.wheelbase
    path = steered(Path(now), Steering(NOW, angle, rate), CAR)
    x = y = yaw = 0.0
    for k in range(10_000):
        time = (k + 0.5) * AHEAD / 10_000
        yaw += speed * AHEAD / 10_000 * math.tan(angle + rate * time) / CAR.wheelbase
        x += speed * AHEAD / 10_000 * math.cos(yaw)
        y += speed * AHEAD / 10_000 * math.sin(yaw)
    goes_on = 2.0 * y / (x * x + y * y)
    assert path.curvature == pytest.approx((now + goes_on) / 2.0, rel=0.05)
    assert path.deviation * math.sqrt(12.0) == pytest.approx(goes_on - now, rel=0.1)


@given(st.floats(-0.3, 0.3), st.floats(-0.6, 0.6), st.floats(-0.1, 0.1))
def test_left_and_right_are_alike_and_no_wheel_turns_beyond_its_stop(angle, rate, curvature):
    path = steered(Path(curvature), Steering(NOW, angle, rate), CAR)
    other = steered(Path(-curvature), Steering(NOW, -angle, -rate), CAR)
    assert other.curvature == pytest.approx(-path.curvature)
    assert other.deviation == pytest.approx(path.deviation)
    stop = math.tan(CAR.max_steering_angle) / CAR.wheelbase
    most = (stop + abs(math.tan(angle)) / CAR.wheelbase) / 6.0
    assert abs(path.curvature - curvature) <= most + 1e-9
