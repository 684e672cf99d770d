# SPDX-License-Identifier: Apache-2.0
"""Drives a scenario with traffic and its driver alone, without the stack."""

from itertools import combinations

from bulwark_core.vehicle import VehicleParams
from bulwark_world import footprint
from bulwark_world.agents import DECISION_STEPS
from bulwark_world.dynamics import VehicleState
from bulwark_world.params import SensorParams
from bulwark_world.run_end import RunEnd
from bulwark_world.scenario import load_scenario
from bulwark_world.simulation import Simulation
from bulwark_world.traffic import Traffic
from bulwark_world.walkers import Walker

BODY = VehicleParams()


def simulation(name, seed=1, **values):
    world, _ = load_scenario(name).build(values, seed, BODY)
    one = Simulation(world, SensorParams(), seed)
    one.wants_scan = one.wants_picture = one.wants_echoes = lambda: False
    return one


def decisions(one, seconds):
    """Drives on; the simulation at each decision of the agents, to the end of the run at most."""
    end = RunEnd(one)
    while one.time_s < seconds and not end.reached():
        one.step()
        if one.index % DECISION_STEPS == 0:
            yield one


def passing(name, seconds, seed, speed=10.0, **values):
    """The traffic of a scenario around a vehicle that is on the way at a steady speed.

    For traffic that does not mind the own vehicle it costs a tenth of a simulation.
    """
    world, _ = load_scenario(name).build(values, seed, BODY)
    traffic = Traffic(world.traffic, world.place, world.actors, BODY, speed, seed)
    for tick in range(round(seconds * 10)):
        pose = world.place.way.pose(tick * speed / 10.0)
        traffic.advance(tick / 10.0, VehicleState(pose.x, pose.y, pose.yaw, speed))
        yield traffic, tick / 10.0


def touching(agents, time_s):
    """Pairs of agents whose outlines overlap; pedestrians make way for each other unseen."""
    placed = [(agent, agent.pose(time_s)) for agent in agents]
    return [
        (a.name, b.name)
        for (a, p), (b, q) in combinations(placed, 2)
        if not (isinstance(a, Walker) and isinstance(b, Walker))
        and (p.x - q.x) ** 2 + (p.y - q.y) ** 2 < (a.kind.length / 2 + b.kind.length / 2 + 1) ** 2
        and footprint.overlap(p.to_world(a.kind.outline), q.to_world(b.kind.outline))
    ]
