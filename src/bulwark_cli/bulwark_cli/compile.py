# SPDX-License-Identifier: Apache-2.0
"""`bulwark compile`: what Numba otherwise compiles at the first start of a node."""

from __future__ import annotations

import time

import click


@click.command(name="compile")
def compile_loops() -> None:
    """Compile the point loops of lidar and world, so that their nodes start at once.

    Numba keeps the result beside the sources. `./run` does this after a build; a node whose loops
    are not compiled does it at its start, before it reports ready.
    """
    from bulwark_core.vehicle import VehicleParams
    from bulwark_lidar.params import LidarParams
    from bulwark_lidar.warmup import warm_up
    from bulwark_world.params import SensorParams
    from bulwark_world.scenario import load_scenario
    from bulwark_world.simulation import Simulation

    start = time.perf_counter()
    warm_up(LidarParams())
    world, _ = load_scenario("demo").build({}, 1, VehicleParams())
    Simulation(world, SensorParams(), 1).warm_up()
    click.echo(f"compiled or loaded in {time.perf_counter() - start:.1f} s")
