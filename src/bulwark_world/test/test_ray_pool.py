# SPDX-License-Identifier: Apache-2.0
"""The same runs over a Ray cluster: skipped where Ray is not installed."""

import importlib.util
import sys

import pytest

from bulwark_world.pool import carry_out_all
from bulwark_world.ray_pool import RayError, carry_out_on_ray
from bulwark_world.runner import Conditions
from bulwark_world.suite import load_suite

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install ray"
)


def test_without_ray_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RayError, match="pip install ray"):
        list(carry_out_on_ray(load_suite("smoke").runs, Conditions(), "local", 2))


@needs_ray
@pytest.mark.slow
def test_two_workers_of_a_local_cluster_give_the_same():
    runs = load_suite("smoke").runs[:3]
    there = dict(carry_out_on_ray(runs, Conditions(), "local", 2))
    here = dict(carry_out_all(runs, Conditions()))
    assert [there[i].record.as_json() for i in range(3)] == [
        here[i].record.as_json() for i in range(3)
    ]


@needs_ray
def test_a_cluster_that_is_not_there_is_named():
    with pytest.raises(RayError, match=r"127\.0\.0\.1:1"):
        list(carry_out_on_ray(load_suite("smoke").runs[:1], Conditions(), "127.0.0.1:1", 1))
