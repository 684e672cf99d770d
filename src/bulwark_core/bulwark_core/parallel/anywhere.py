# SPDX-License-Identifier: Apache-2.0
"""Work wherever it shall be done."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from bulwark_core.parallel.cluster import on_ray
from bulwark_core.parallel.processes import cores, in_processes
from bulwark_core.parallel.work import Item, Result, Work


@dataclass(frozen=True)
class Place:
    """Where work is done.

    workers: how many, None for one a core. ray: address of a cluster, None for this machine's
    processes. state: tells the code that results depend on.
    """

    workers: int | None
    ray: str | None
    state: Callable[[], str]


def carry_out_all(
    work: Work[Item, Result], place: Place
) -> Generator[tuple[int, Result], None, None]:
    """All results with their items' indices, as they come; the same wherever. Raises RayError."""
    if place.ray is not None and work.items:
        return on_ray(work, place.ray, place.state, place.workers)
    return in_processes(work, place.workers or cores())
