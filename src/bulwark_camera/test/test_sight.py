# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from bulwark_camera.params import SightParams
from bulwark_camera.sight import Sight, SightMonitor

SHAPE = (120, 160, 3)
MS = 1_000_000


def scene(seed=0, low=0, high=255):
    return np.random.default_rng(seed).integers(low, high, SHAPE, dtype=np.uint8)


@pytest.mark.parametrize(
    "picture, state",
    [
        (scene(), Sight.CLEAR),
        (scene(high=80), Sight.CLEAR),
        (np.zeros(SHAPE, np.uint8), Sight.DARK),
        (scene(high=15), Sight.DARK),
        (np.full(SHAPE, 255, np.uint8), Sight.OVEREXPOSED),
        (scene(low=250), Sight.OVEREXPOSED),
        (np.full(SHAPE, 120, np.uint8), Sight.UNIFORM),
        (scene(low=100, high=110), Sight.UNIFORM),
    ],
)
def test_states(picture, state):
    assert SightMonitor(SightParams()).check(picture, 0).sight is state


def test_lights_at_night_are_not_dark():
    picture = np.zeros(SHAPE, np.uint8)
    picture[40:60, 40:80] = 200
    assert SightMonitor(SightParams()).check(picture, 0).sight is Sight.CLEAR


def test_same_content_is_frozen_after_a_while():
    monitor, picture = SightMonitor(SightParams(frozen_after=0.5)), scene()
    states = [monitor.check(picture.copy(), index * 100 * MS).sight for index in range(7)]
    assert states == [Sight.CLEAR] * 5 + [Sight.FROZEN] * 2
    assert monitor.check(scene(seed=1), 700 * MS).sight is Sight.CLEAR
    assert monitor.check(scene(seed=1), 1100 * MS).sight is Sight.CLEAR


def test_a_changed_size_is_new_content():
    monitor = SightMonitor(SightParams())
    monitor.check(scene(), 0)
    assert monitor.check(scene()[:100], 900 * MS).sight is Sight.CLEAR


def test_freezing_can_be_allowed():
    monitor, picture = SightMonitor(SightParams(frozen_after=0.0)), scene()
    assert {monitor.check(picture, second * 1000 * MS).sight for second in range(9)} == {
        Sight.CLEAR
    }


def test_reset_forgets():
    monitor, picture = SightMonitor(SightParams()), scene()
    monitor.check(picture, 0)
    monitor.reset()
    assert monitor.check(picture, 900 * MS).sight is Sight.CLEAR


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 900, 3)])
def test_tiny_pictures(shape):
    assert SightMonitor(SightParams()).check(np.zeros(shape, np.uint8), 0).sight is Sight.DARK
