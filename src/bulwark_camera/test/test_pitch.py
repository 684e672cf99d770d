# SPDX-License-Identifier: Apache-2.0
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_camera.params import PitchParams
from bulwark_camera.pitch import PitchFilter

MS = 1_000_000
USUAL = 0.005


def followed(samples, std=0.006, **params):
    """The filter after one sample every 100 ms; None: a picture without any."""
    one = PitchFilter(PitchParams(**params), USUAL)
    for k, sample in enumerate(samples):
        one.predict(k * 100 * MS)
        if sample is not None:
            one.update(np.atleast_1d(sample), np.full(np.size(sample), std))
    return one


def test_without_measurements_it_is_the_mounting():
    one = followed([None] * 5)
    assert (one.angle, one.std) == (0.0, USUAL)


def test_a_pitch_that_stays_is_mostly_found():
    assert followed([0.01] * 30).angle == pytest.approx(0.01, rel=0.25)


def test_a_dive_is_followed_and_forgotten():
    dive = [0.0] * 10 + [0.015] * 10
    assert followed(dive).angle > 0.009
    assert abs(followed([*dive, *[None] * 60]).angle) < 0.001
    assert followed([*dive, *[None] * 60]).std == pytest.approx(USUAL, rel=0.01)


def test_a_wrong_pair_moves_nothing():
    assert followed([0.2] * 5).angle == 0.0
    assert followed([np.array([0.004, 0.004, -0.3])]).angle > 0.0


def test_a_jump_needs_two_objects_that_agree():
    alone, both, apart = np.array([0.04]), np.array([0.04, 0.042]), np.array([0.04, -0.04])
    assert followed([None, alone], std=0.003).angle == 0.0
    assert followed([None, apart], std=0.003).angle == 0.0
    assert followed([None, both], std=0.003).angle == pytest.approx(0.04, rel=0.1)


def test_it_is_bounded():
    assert followed([k * 0.004 for k in range(60)], std=0.001, limit=0.02).angle <= 0.02


def test_a_stamp_that_goes_back_starts_anew():
    one = followed([0.01] * 30)
    one.predict(0)
    assert (one.angle, one.std) == (0.0, USUAL)


@given(
    st.lists(
        st.one_of(st.none(), st.tuples(st.floats(-1.0, 1.0), st.floats(1e-4, 1.0))), max_size=15
    )
)
def test_never_beyond_the_limit_nor_less_certain_than_the_mounting(samples):
    one = PitchFilter(PitchParams(), USUAL)
    for k, sample in enumerate(samples):
        one.predict(k * 70 * MS)
        if sample is not None:
            one.update(np.array(sample[:1]), np.array(sample[1:]))
        assert math.isfinite(one.angle)
        assert abs(one.angle) <= 0.06
        assert USUAL / 2 <= one.std <= USUAL * 1.0001
