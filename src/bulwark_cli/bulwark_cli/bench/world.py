# SPDX-License-Identifier: Apache-2.0
"""How many simulated seconds the world and the stack do in a second of one core."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from bulwark_core.vehicle import VehicleParams
from bulwark_world.figures import figures_of
from bulwark_world.lockstep import LockStep
from bulwark_world.params import SensorParams
from bulwark_world.stack import Sensing
from bulwark_world.suite import Run

SEED = 1


@dataclass(frozen=True)
class Speed:
    """What driving some runs took, set-up and figures included [s].

    cpu_s: of the processor, all workers together. wall_s: by the clock.
    """

    sensing: str
    workers: int
    runs: int
    simulated_s: float
    cpu_s: float
    wall_s: float

    @property
    def per_core(self) -> float:
        """Simulated seconds per second of one core."""
        return self.simulated_s / self.cpu_s

    @property
    def real_time_factor(self) -> float:
        """Simulated seconds per second of the clock, with all workers."""
        return self.simulated_s / self.wall_s

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **vars(self),
            "per_core": round(self.per_core, 2),
            "real_time_factor": round(self.real_time_factor, 2),
        }


def measure(runs: Sequence[Run], sensing: Sensing, workers: int) -> Speed:
    """Drive all runs, after the first of them once in each process for caches and compilers."""
    if workers == 1:
        drive(runs[0], sensing)
        start = time.perf_counter()
        driven = [drive(run, sensing) for run in runs]
        wall = time.perf_counter() - start
    else:
        driven, wall = _with_workers(runs, sensing, workers)
    simulated, cpu = (sum(part) for part in zip(*driven, strict=True))
    return Speed(sensing.value, workers, len(runs), simulated, cpu, wall)


def drive(run: Run, sensing: Sensing) -> tuple[float, float]:
    """One run: how long it was [s] and how much of the processor it took [s]."""
    start = time.process_time()
    world, _ = run.build(SEED, VehicleParams())
    step = LockStep(world, sensing, SensorParams(), SEED)
    figures_of(step.drive(), world)
    return step.simulation.time_s, time.process_time() - start


def _with_workers(
    runs: Sequence[Run], sensing: Sensing, workers: int
) -> tuple[list[tuple[float, float]], float]:
    context = get_context("spawn")
    gate = context.Barrier(workers + 1)
    with ProcessPoolExecutor(workers, context, _get_ready, (runs[0], sensing, gate)) as pool:
        futures = [pool.submit(drive, run, sensing) for run in runs]
        gate.wait()
        start = time.perf_counter()
        driven = [future.result() for future in futures]
        return driven, time.perf_counter() - start


def _get_ready(run: Run, sensing: Sensing, gate: Any) -> None:
    drive(run, sensing)
    gate.wait()
