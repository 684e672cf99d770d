# SPDX-License-Identifier: Apache-2.0
"""The same work over a Ray cluster. Ray is an optional extra: `pip install ray`.

Every machine of the cluster needs the same Bulwark; a worker that has another is refused.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from bulwark_core.errors import BulwarkError
from bulwark_core.parallel.work import Item, Result, Work

LOCAL = "local"
"""The address that stands for a cluster on this machine, which ends with the work."""
_REACH_S = 5.0
_PATHS = ("PYTHONPATH", "LD_LIBRARY_PATH", "AMENT_PREFIX_PATH", "_ROS_WHEELS_BOOTSTRAP_COMPLETE")


class RayError(BulwarkError):
    """Ray is not installed, its cluster does not answer, or it has another Bulwark."""


class _Worker:
    """A worker of the cluster, which can tell which Bulwark it has."""

    def __init__(self, work: Work[Any, Any]) -> None:
        self._work = work

    def results(self, indices: Sequence[int]) -> list[tuple[int, Any]]:
        return [self._work.result(index) for index in indices]

    def state(self, state: Callable[[], str]) -> str:
        return state()


def on_ray(
    work: Work[Item, Result], address: str, state: Callable[[], str], workers: int | None = None
) -> Generator[tuple[int, Result], None, None]:
    """As `processes.in_processes`, by so many workers of a cluster, by default one a core.

    state: tells the code that results depend on, here and there. Raises RayError.
    """
    with _cluster(address, workers) as ray:
        shared = ray.put(work)
        actor = ray.remote(num_cpus=1)(_Worker)
        workers = workers or int(ray.cluster_resources().get("CPU", 1))
        idle = [actor.remote(shared) for _ in range(min(workers, len(work.items)))]
        _check_states(ray, idle, state)
        left = work.portions(max(len(idle), 1))
        busy: dict[Any, tuple[Any, list[int]]] = {}
        while left or busy:
            while left and idle:
                worker, portion = idle.pop(), left.pop(0)
                busy[worker.results.remote(portion)] = worker, portion
            for done in ray.wait(list(busy))[0]:
                worker, portion = busy.pop(done)
                try:
                    yield from ray.get(done)
                except ray.exceptions.RayActorError as error:
                    why = f"its worker in the cluster died: {str(error).splitlines()[0]}"
                    yield from (work.lost(index, why) for index in portion)
                    worker = actor.remote(shared)
                idle.append(worker)


def _check_states(ray: Any, workers: Sequence[Any], state: Callable[[], str]) -> None:
    try:
        states = ray.get([worker.state.remote(state) for worker in workers])
    except Exception as error:  # Ray wraps whatever went wrong at the other end
        why = str(error).strip().splitlines()[-1]
        raise RayError(f"workers of the cluster cannot start Bulwark: {why}") from error
    if any(one != state() for one in states):
        raise RayError("the cluster has another Bulwark, Python or libraries than this machine")


@contextmanager
def _cluster(address: str, workers: int | None) -> Iterator[Any]:
    ray = _import_ray()
    paths = {name: os.environ[name] for name in _PATHS if name in os.environ}
    where: dict[str, Any] = {"address": address}
    if address == LOCAL:
        where = {"address": LOCAL, "num_cpus": workers, "include_dashboard": False}
        where["runtime_env"] = {"env_vars": paths}
    _check_reachable(address)
    try:
        ray.init(log_to_driver=False, logging_level="error", **where)
    except Exception as error:  # it raises anything from ConnectionError to ValueError
        why = str(error).strip().splitlines()[0]
        raise RayError(f"no Ray cluster at '{address}': {why}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Ray itself waits for minutes where nobody answers."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _REACH_S).close()
    except (OSError, OverflowError) as error:
        raise RayError(f"no Ray cluster at '{address}': {error}") from error


def _import_ray() -> Any:
    try:
        return import_module("ray")
    except ImportError as error:
        raise RayError("--ray needs Ray, which is not installed: pip install ray") from error
