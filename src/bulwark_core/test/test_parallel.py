# SPDX-License-Identifier: Apache-2.0
"""Work on many items: every item has its result, whatever happens to the processes."""

import importlib.util
import os
import sys
from multiprocessing import active_children
from pathlib import Path

import pytest
from parallel_work import code, failed, halve, own_process, own_process_state

from bulwark_core.parallel.anywhere import Place, carry_out_all
from bulwark_core.parallel.cluster import RayError, on_ray
from bulwark_core.parallel.processes import DIED, in_processes
from bulwark_core.parallel.work import Work

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason="Ray is not installed: pip install ray"
)


@pytest.fixture
def cluster_finds_the_work(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_item_that_fails_costs_no_other(workers):
    results = dict(in_processes(Work([1, 2, 0, 4], halve, failed), workers))
    assert results == {0: 100.0, 1: 50.0, 2: "0: ZeroDivisionError: division by zero", 3: 25.0}


@pytest.mark.parametrize("most", [1, 4])
def test_an_item_whose_process_dies_costs_no_other(most):
    items = [*range(1, 40), "die", *range(40, 80)]
    results = dict(in_processes(Work(items, halve, failed, most), 2))
    assert results.pop(39) == f"die: {DIED}"
    assert results == {i: 100 / item for i, item in enumerate(items) if i != 39}


def test_closing_the_iterator_ends_the_processes():
    before, threads = set(active_children()), os.environ.get("OMP_NUM_THREADS")
    results = in_processes(Work(list(range(1, 50)), halve, failed), 2)
    next(results)
    results.close()
    assert not set(active_children()) - before
    assert os.environ.get("OMP_NUM_THREADS") == threads


@pytest.mark.parametrize("count, workers", [(1, 1), (13, 2), (10_000, 2), (100, 64), (3, 8)])
@pytest.mark.parametrize("most", [1, 8])
def test_portions_hold_each_item_once_and_leave_no_worker_idle(count, workers, most):
    portions = Work(range(count), halve, failed, most).portions(workers)
    assert [index for portion in portions for index in portion] == list(range(count))
    assert max(map(len, portions)) <= most
    assert len(portions) >= min(count, workers)


def test_by_default_there_is_a_process_for_each_core():
    work = Work(range(8), own_process, failed)
    pids = {pid for _, pid in carry_out_all(work, Place(None, None, code))}
    assert 1 <= len(pids) <= len(os.sched_getaffinity(0))
    assert dict(carry_out_all(Work([], halve, failed), Place(2, "nowhere:1", code))) == {}


def test_without_ray_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RayError, match="pip install ray"):
        list(on_ray(Work([1], halve, failed), "local", code, 2))


@needs_ray
def test_a_cluster_that_is_not_there_is_named():
    with pytest.raises(RayError, match=r"127\.0\.0\.1:1"):
        list(on_ray(Work([1], halve, failed), "127.0.0.1:1", code, 1))


@needs_ray
@pytest.mark.slow
@pytest.mark.usefixtures("cluster_finds_the_work")
def test_a_worker_of_the_cluster_that_dies_costs_what_it_had():
    results = dict(on_ray(Work([1, "die", 4, 0], halve, failed), "local", code, 2))
    died = results.pop(1)
    assert died.startswith("die: its worker in the cluster died")
    assert results == {0: 100.0, 2: 25.0, 3: "0: ZeroDivisionError: division by zero"}


@needs_ray
@pytest.mark.slow
@pytest.mark.usefixtures("cluster_finds_the_work")
def test_a_cluster_with_another_bulwark_is_refused():
    with pytest.raises(RayError, match="another Bulwark"):
        list(on_ray(Work([1, 2], halve, failed), "local", own_process_state, 2))
