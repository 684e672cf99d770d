# SPDX-License-Identifier: Apache-2.0
"""The same runs over a Ray cluster: skipped where Ray is not installed."""

import importlib.util

import pytest

from bulwark_core.parallel.cluster import on_ray
from bulwark_core.parallel.processes import in_processes
from bulwark_world.runner import Conditions
from bulwark_world.source_state import source_state
from bulwark_world.suite import load_suite
from bulwark_world.suite_drive import suite_work


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install ray"
)
def test_two_workers_of_a_local_cluster_give_the_same():
    work = suite_work(load_suite("smoke").runs[:3], Conditions())
    there = dict(on_ray(work, "local", source_state, 2))
    here = dict(in_processes(work))
    assert [there[i].record.as_json() for i in range(3)] == [
        here[i].record.as_json() for i in range(3)
    ]
