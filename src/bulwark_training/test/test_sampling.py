# SPDX-License-Identifier: Apache-2.0
"""How often pictures are shown."""

import numpy as np
import pytest

from bulwark_training.labels import Labels
from bulwark_training.sampling import repeat_factors, round_of


def picture(*classes, visible=1.0):
    rows = [(0, 0, 30, 30, number, visible, 5.0) for number in classes]
    return Labels.from_rows(np.array(rows, np.float32).reshape(-1, 7))


def test_rare_classes_ask_for_more():
    """Class 0 is everywhere, class 1 in one of eight: the root of a half over an eighth."""
    factors = repeat_factors([picture(0)] * 7 + [picture(0, 1)])
    assert factors[:7] == pytest.approx(1.0)
    assert factors[7] == pytest.approx(2.0)


def test_hidden_and_missing_things_ask_for_nothing():
    assert repeat_factors([picture(0)] * 7 + [picture(1, visible=0.1), picture()])[7:] == (
        pytest.approx([1.0, 1.0])
    )


def test_a_round_shows_each_picture_as_often_as_its_factor_says():
    shown = [round_of(np.array([1.0, 2.5]), np.random.default_rng(k)) for k in range(400)]
    assert all(one.count(0) == 1 for one in shown)
    assert np.mean([one.count(1) for one in shown]) == pytest.approx(2.5, abs=0.1)
