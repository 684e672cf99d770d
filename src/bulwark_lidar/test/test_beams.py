# SPDX-License-Identifier: Apache-2.0
"""Beam spacing is found whatever the sensor and the order of the points."""

import numpy as np
import pytest

from bulwark_lidar.beams import BeamSteps, BeamWatch, measure_steps


@pytest.mark.parametrize("beams, columns", [(16, 1800), (32, 1080), (48, 900), (64, 2000)])
def test_steps_are_measured(scan, solid, beams, columns):
    cloud = scan([solid(15.0, 2.0, 4.0, 2.0, 1.5)], beams=beams, columns=columns)
    cloud = np.random.default_rng(1).permutation(cloud)
    steps = measure_steps(cloud)
    assert steps is not None
    assert np.degrees(steps.azimuth) == pytest.approx(360 / columns, rel=0.05)
    assert np.degrees(steps.elevation) == pytest.approx(26.8 / (beams - 1), rel=0.05)


@pytest.mark.parametrize("count", [0, 1, 7])
def test_too_few_points_tell_nothing(count):
    assert measure_steps(np.full((count, 3), 5.0, np.float32)) is None
    assert measure_steps(np.full((count, 3), np.nan, np.float32)) is None


def learned_from(watch, clouds):
    for cloud in clouds:
        watch.update(cloud, len(cloud))
    return watch.steps


def test_the_first_scans_decide(scan):
    watch = BeamWatch(BeamSteps(0.01, 0.02))
    assert learned_from(watch, [np.empty((0, 3), np.float32)]) == BeamSteps(0.01, 0.02)
    learned = learned_from(watch, [scan([], seed=seed) for seed in range(5)])
    assert np.degrees(learned.azimuth) == pytest.approx(0.4, rel=0.05)
    assert learned_from(watch, [scan([], columns=450)]) == learned


def test_clouds_that_show_much_more_decide_anew(scan):
    watch = BeamWatch(BeamSteps(0.01, 0.02))
    little = [scan([], seed=seed, beams=20, columns=300) for seed in range(5)]
    assert np.degrees(learned_from(watch, little).azimuth) == pytest.approx(1.2, rel=0.05)
    learned = learned_from(watch, [scan([], seed=seed) for seed in range(5)])
    assert np.degrees(learned.azimuth) == pytest.approx(0.4, rel=0.05)
    assert learned_from(watch, little) == learned
