# SPDX-License-Identifier: Apache-2.0
"""The own motion and the path predicted from it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from aeb_makers import NOW, S

from bulwark_aeb.ego import Ego, drives_backwards, follow, is_plausible, predict_path
from bulwark_aeb.params import AebParams, PathParams, PlausibleParams
from bulwark_core.objects import EgoMotion
from bulwark_core.vehicle import VehicleParams

PARAMS = AebParams()


def drive(speeds, yaw_rates=None, step=0.02) -> Ego:
    ego = None
    for index, speed in enumerate(speeds):
        rate = 0.0 if yaw_rates is None else yaw_rates[index]
        ego = follow(ego, EgoMotion(NOW + round(index * step * S), speed, rate), PARAMS)
    return ego


def path_of(ego: Ego, angle: float = math.nan, reverse: bool = False):
    return predict_path(ego, angle, reverse, VehicleParams(), PathParams())


def test_steady_driving():
    ego = drive([10.0] * 50, [0.2] * 50)
    assert (ego.speed, ego.acceleration) == (10.0, 0.0)
    assert ego.yaw_rate == pytest.approx(0.2)
    assert ego.yaw_rate_variance == 0.0


def test_deceleration_is_against_the_direction_of_travel():
    braking = drive(np.arange(100) * -0.1 + 20.0)
    assert braking.acceleration == pytest.approx(-5.0, rel=1e-3)
    assert braking.deceleration(False, PlausibleParams()) == pytest.approx(5.0, rel=1e-3)
    assert braking.deceleration(True, PlausibleParams()) == pytest.approx(-5.0, rel=1e-3)


def test_a_deceleration_that_no_car_has_earns_no_credit():
    ego = drive(np.arange(30) * -0.8 + 40.0)
    assert ego.acceleration < -20.0
    assert ego.deceleration(False, PlausibleParams()) == 0.0


def test_a_jump_of_speed_is_distrusted_for_a_while():
    before = drive([10.0] * 20)
    ego = follow(before, EgoMotion(before.stamp_ns + S // 50, 15.1, 0.0), PARAMS)
    assert ego.speed == 15.1
    assert ego.acceleration == before.acceleration
    assert ego.distrusted_until_ns == ego.stamp_ns + S // 5
    edge = follow(before, EgoMotion(before.stamp_ns + S // 50, 15.0, 0.0), PARAMS)
    assert edge.distrusted_until_ns == 0


@pytest.mark.parametrize(
    "speed,rate,good",
    [(80.0, 0.0, True), (-80.0, 1.0, True), (80.1, 0.0, False), (math.nan, 0.0, False),
     (1.0, math.inf, False)],
)  # fmt: skip
def test_plausible_speeds(speed, rate, good):
    assert is_plausible(EgoMotion(0, speed, rate), PlausibleParams()) is good


@pytest.mark.parametrize(
    "speed,gear,backwards",
    [(0.0, True, True), (0.3, True, True), (0.31, True, False), (-0.31, False, True),
     (-0.3, False, False), (0.0, False, False)],
)  # fmt: skip
def test_direction_is_by_sign_when_moving_else_by_gear(speed, gear, backwards):
    assert drives_backwards(speed, gear) is backwards


def test_curvature_from_yaw_rate():
    path = path_of(drive([10.0] * 50, [0.5] * 50))
    assert path.curvature == pytest.approx(0.05, rel=1e-3)
    assert path.deviation < 0.001


def test_curvature_has_the_same_sign_in_reverse():
    forward = path_of(drive([3.0] * 50, [0.3] * 50))
    reverse = path_of(drive([-3.0] * 50, [-0.3] * 50), reverse=True)
    assert reverse.curvature == pytest.approx(forward.curvature)
    assert reverse.reverse


def test_noise_of_the_yaw_rate_widens_the_deviation():
    rng = np.random.default_rng(0)
    noisy = path_of(drive([8.0] * 200, rng.normal(0.0, 0.03, 200)))
    assert 0.0005 < noisy.deviation < 0.003
    assert abs(noisy.curvature) < 3.0 * noisy.deviation


def test_slow_driving_falls_back_to_straight_or_steering():
    rng = np.random.default_rng(0)
    ego = drive([0.1] * 100, rng.normal(0.0, 0.03, 100))
    assert abs(path_of(ego).curvature) < abs(ego.yaw_rate / 0.1)
    turned = path_of(ego, math.atan(0.1 * 2.8))
    assert turned.curvature == pytest.approx(0.1, abs=0.02)


def test_at_standstill_the_path_is_straight():
    assert path_of(drive([0.0] * 5)).curvature == 0.0


def test_agreement_narrows_and_conflict_widens():
    ego = drive([10.0] * 50, [0.2] * 50)
    alone, agreeing = path_of(ego), path_of(ego, math.atan(0.02 * 2.8))
    conflicting = path_of(ego, math.atan(0.06 * 2.8))
    assert agreeing.deviation <= alone.deviation < conflicting.deviation
    assert agreeing.curvature == pytest.approx(0.02, rel=0.01)
    assert conflicting.deviation == pytest.approx(0.02 - 0.003, abs=0.0005)


def test_curvature_is_no_tighter_than_the_wheels_allow():
    path = path_of(drive([1.0] * 50, [3.0] * 50))
    assert path.curvature == pytest.approx(math.tan(0.6) / 2.8)
    assert path_of(drive([1.0] * 50, [-3.0] * 50)).curvature == -path.curvature


def test_mean_speed_of_the_last_moments():
    braking = Ego(NOW, 10.0, acceleration=-6.0)
    assert braking.mean_speed(0.2, PlausibleParams()) == pytest.approx(10.6)
    impossible = Ego(NOW, 10.0, acceleration=-12.1)
    assert impossible.mean_speed(0.2, PlausibleParams()) == 10.0


def test_the_filter_by_hand():
    """A tenth of a second, time constants of 0.2 s (yaw rate) and 0.15 s (acceleration)."""
    before = Ego(NOW, 10.0, -1.0, 0.1, scatter=0.002)
    ego = follow(before, EgoMotion(NOW + S // 10, 9.8, 0.4), PARAMS)
    assert (ego.stamp_ns, ego.speed) == (NOW + S // 10, 9.8)
    assert ego.acceleration == pytest.approx(-1.0 + 0.4 * (-2.0 - -1.0))
    assert ego.yaw_rate == pytest.approx(0.1 + 0.3 / 3.0)
    assert ego.scatter == pytest.approx(0.002 + (0.09 - 0.002) / 3.0)
    assert ego.yaw_rate_variance == pytest.approx(ego.scatter / 3.0 / (2.0 - 1.0 / 3.0))


@pytest.mark.parametrize("acceleration,kept", [(-12.0, 12.0), (-12.001, 0.0), (12.0, -12.0)])
def test_the_limit_of_a_plausible_deceleration_is_inclusive(acceleration, kept):
    assert Ego(NOW, 10.0, acceleration).deceleration(False, PlausibleParams()) == kept


@pytest.mark.parametrize("speed,used,slow", [(8.0, 8.0, 8.0), (-3.0, -3.0, 3.0), (0.2, 0.3, 0.2)])
def test_the_mean_of_the_sources_by_hand(speed, used, slow):
    """Weighted by their inverse variances; where they contradict, half of it widens."""
    rough = PathParams(yaw_rate_floor=0.05, straight_deviation=0.04, steering_deviation=0.02)
    ego, curvature = Ego(NOW, speed, yaw_rate=0.3 * used / 8.0, yaw_rate_variance=0.0004), 0.02
    angle = math.atan(curvature * VehicleParams().wheelbase)
    by_rate, variance = 0.3 / 8.0, (0.0004 + 0.0025) / slow**2
    sources = [(by_rate, variance), (0.0, 0.04**2), (curvature, 0.02**2)]
    for known, given in ((sources, angle), (sources[:2], math.nan)):
        total = sum(1.0 / spread for _, spread in known)
        path = predict_path(ego, given, speed < 0.0, VehicleParams(), rough)
        assert path.curvature == pytest.approx(sum(v / spread for v, spread in known) / total)
        assert path.deviation == pytest.approx(math.sqrt(1.0 / total))
