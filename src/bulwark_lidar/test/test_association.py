# SPDX-License-Identifier: Apache-2.0
"""The assignment against all assignments."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bulwark_lidar.association import assign

ALONE = 2.0  # what a row or a column that is left alone costs
COSTS = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 5)),
    elements=st.sampled_from([0.05, 0.3, 0.7, 1.1, 1.6, ALONE]),
)


def total(costs, rows, columns):
    return costs[rows, columns].sum() + ALONE * (min(costs.shape) - len(rows))


def least(costs):
    wide = costs if costs.shape[0] <= costs.shape[1] else costs.T
    rows = np.arange(len(wide))
    return min(wide[rows, list(p)].sum() for p in permutations(range(wide.shape[1]), len(wide)))


@given(COSTS)
def test_no_assignment_is_cheaper(costs):
    rows, columns = assign(costs)
    assert len(set(rows)) == len(rows)
    assert len(set(columns)) == len(columns)
    assert (costs[rows, columns] < ALONE).all()
    np.testing.assert_allclose(total(costs, rows, columns), least(costs), atol=1e-9)


def test_a_pair_that_costs_too_much_is_left_alone_even_if_all_could_have_partners():
    costs = np.array([[0.1, 1.5], [1.4, ALONE]])  # both pairs off the diagonal cost 2.9
    rows, columns = assign(costs)
    assert (rows.tolist(), columns.tolist()) == ([0], [0])


def test_nothing_is_assigned_to_nothing():
    for shape in ((0, 0), (0, 3), (3, 0)):
        rows, columns = assign(np.empty(shape))
        assert len(rows) == len(columns) == 0
