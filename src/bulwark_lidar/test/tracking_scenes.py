# SPDX-License-Identifier: Apache-2.0
"""The scripts that the tracker is measured on: who crosses, comes, leads, turns, hides, stands."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from tracking_world import Mover, Path, Script

from bulwark_core.objects import ObjectClass
from bulwark_world.actors import Actor
from bulwark_world.kinds import Kind, kinds
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, box, cylinder, merge
from bulwark_world.motion import Phase, Pose, SpeedProfile

_RIGHT, _LEFT = math.pi / 2, -math.pi / 2  # headings of what crosses from there
_BACK = math.pi


def _rail(kind: Kind) -> Mesh:
    posts = [box(0.1, 0.1, 0.0, 0.7, Material.METAL).moved(x) for x in np.arange(-19.0, 20.0, 4.0)]
    return merge([box(kind.length, kind.width, 0.42, 0.75, Material.METAL), *posts])


def _hedge(kind: Kind) -> Mesh:
    rng = np.random.default_rng(5)
    bushes = []
    for x in np.arange(-kind.length / 2, kind.length / 2, 0.35):
        radius, height = rng.uniform(0.25, 0.6), rng.uniform(0.9, kind.height)
        bush = cylinder(radius, 0.0, height, Material.FOLIAGE, 7)
        bushes.append(bush.moved(x, rng.uniform(-0.2, 0.2)))
    return merge(bushes)


_RAIL = Kind("guard_rail", ObjectClass.GUARD_RAIL, 40.0, 0.2, 0.75, _rail)
_HEDGE = Kind("hedge", ObjectClass.VEGETATION, 30.0, 1.4, 1.7, _hedge)


def _straight(x: float, y: float, yaw: float, profile: SpeedProfile) -> Path:
    return lambda t: Pose(x, y, yaw).ahead(profile.distance(t))


def mover(
    kind: str, x: float, y: float, yaw: float, speed: float, phases: Iterable[Phase] = ()
) -> Mover:
    """One that goes straight on from a place at time 0."""
    path = _straight(x, y, yaw, SpeedProfile(speed, phases))
    return Mover(kind, kinds()[kind], path(0.0), path=path)


def turning(kind: str, x: float, y: float, yaw: float, speed: float, radius: float) -> Mover:
    """One that goes on a circle, to its left for a positive radius."""

    def path(t: float) -> Pose:
        turn = speed * t / radius
        chord = speed * t * float(np.sinc(turn / (2.0 * math.pi)))
        middle = yaw + turn / 2.0
        return Pose(x + chord * math.cos(middle), y + chord * math.sin(middle), yaw + turn)

    return Mover(kind, kinds()[kind], path(0.0), path=path)


def cutting_in(kind: str, x: float, y: float, speed: float, shift: float, begin: float) -> Mover:
    """One that drives along and changes its lane within two seconds."""

    def path(t: float) -> Pose:
        share = min(max((t - begin) / 2.0, 0.0), 1.0)
        rate = math.pi / 4.0 * math.sin(math.pi * share) * shift
        across = shift * (1.0 - math.cos(math.pi * share)) / 2.0
        return Pose(x + speed * t, y + across, math.atan2(rate, speed))

    return Mover(kind, kinds()[kind], path(0.0), path=path)


def stands(kind: str | Kind, x: float, y: float, yaw: float = 0.0) -> Actor:
    """One that does not move."""
    what = kinds()[kind] if isinstance(kind, str) else kind
    return Actor(what.name, what, Pose(x, y, yaw))


def row(kind: str | Kind, y: float, begin: float, end: float, step: float) -> list[Actor]:
    """Several of them beside the road."""
    return [stands(kind, float(x), y) for x in np.arange(begin, end, step)]


def _street() -> tuple[Actor, ...]:
    """What stands beside the road where people and cars move."""
    return (
        *row("house", -24.0, -20.0, 100.0, 20.0),
        *row("house", 32.0, -12.0, 100.0, 17.0),
        *row("pole", -7.5, 10.0, 90.0, 19.0),
        *row("tree", 9.0, 10.0, 80.0, 26.0),
    )


def _moving() -> list[Script]:
    one = []

    def add(name: str, speed: float, *movers: Mover, standing=(), yaw_rate=0.0, duration=3.0):
        where = (*_street(), *standing)
        one.append(Script(name, speed, movers, where, yaw_rate, duration))

    for x in (12.0, 25.0, 36.0):
        add(f"ped_crosses_{x:.0f}", 5.0, mover("pedestrian", x + 5.0, -5.0, _RIGHT, 1.5))
    add("ped_runs_14", 8.0, mover("pedestrian", 26.0, 6.0, _LEFT, 3.0))
    add("child_crosses_12", 0.0, mover("child", 13.0, -4.0, _RIGHT, 1.4))
    add("ped_walks_along", 4.0, mover("pedestrian", 14.0, -4.0, 0.0, 1.3))
    add("ped_comes", 4.0, mover("pedestrian", 24.0, -3.0, _BACK, 1.5))
    pair = (
        mover("pedestrian", 16.0, -5.0, _RIGHT, 1.4),
        mover("pedestrian", 17.3, -5.2, _RIGHT, 1.4),
    )
    add("two_peds", 2.0, *pair)
    add("cyclist_crosses_18", 5.0, mover("cyclist", 24.0, -9.0, _RIGHT, 4.5))
    add("cyclist_ahead", 8.0, mover("cyclist", 18.0, -1.0, 0.0, 4.5))
    add("car_crosses_25", 0.0, mover("car", 26.0, -13.0, _RIGHT, 10.0))
    add("car_crosses_15", 5.0, mover("car", 22.0, 12.0, _LEFT, 7.0))
    add("truck_crosses_30", 0.0, mover("truck", 31.0, -14.0, _RIGHT, 8.0))
    add("car_comes", 8.0, mover("car", 70.0, 3.5, _BACK, 14.0))
    add("truck_comes", 5.0, mover("truck", 60.0, 3.5, _BACK, 10.0))
    add("lead_brakes_20", 12.0, mover("car", 24.0, 0.0, 0.0, 12.0, [Phase(1.2, 0.0, 6.0)]))
    add("lead_ahead_35", 12.0, mover("car", 38.0, 0.0, 0.0, 10.0))
    add("truck_ahead_20", 10.0, mover("truck", 26.0, 0.0, 0.0, 8.0))
    add("lead_starts", 0.0, mover("car", 9.0, 0.0, 0.0, 0.0, [Phase(0.7, 8.0, 2.5)]))
    add("car_overtakes", 8.0, mover("car", -6.0, 3.5, 0.0, 14.0))
    for radius, speed in ((12.0, 5.0), (20.0, 8.0), (30.0, 10.0)):
        name = f"car_turns_{radius:.0f}"
        add(name, 3.0, turning("car", 24.0, -6.0, _RIGHT, speed, radius), duration=3.5)
        far = turning("car", 30.0, 3.5, _BACK, speed, radius)
        add(f"{name}_coming", 0.0, far, duration=3.0)
    add("cut_in", 12.0, cutting_in("car", 14.0, 3.5, 12.0, -3.5, 0.8), duration=3.5)
    add("cut_in_truck", 12.0, cutting_in("truck", 20.0, 3.5, 11.0, -3.5, 0.8), duration=3.5)
    one.extend(_emerging())
    one.extend(_hidden())
    return one


def _emerging() -> list[Script]:
    """What comes out close ahead, from behind something that stands."""
    parked = (stands("car", 9.5, -2.6), stands("car", 4.0, -2.6))
    truck = (stands("truck", 9.5, -3.2),)
    corner = (stands("house", 8.0, -10.0),)
    walks = mover("pedestrian", 12.6, -4.2, _RIGHT, 1.5)
    runs = mover("child", 12.6, -5.5, _RIGHT, 2.6)
    behind = mover("pedestrian", 14.4, -5.0, _RIGHT, 1.8)
    drives = mover("car", 15.5, -14.0, _RIGHT, 6.0)
    passes = mover("car", 15.5, -9.0, _RIGHT, 6.0)
    rides = mover("cyclist", 14.6, -12.0, _RIGHT, 4.0)
    street = _street()
    return [
        Script("ped_from_parked_car", 4.0, (walks,), (*street, *parked), duration=2.6),
        Script("child_from_parked_car", 3.0, (runs,), (*street, *parked), duration=2.2),
        Script("ped_from_truck", 2.0, (behind,), (*street, *truck), duration=2.8),
        Script("car_from_corner", 3.0, (drives,), (*street, *corner), duration=2.6),
        Script("cyclist_from_corner", 3.0, (rides,), (*street, *corner), duration=2.6),
        Script("car_from_truck", 3.0, (passes,), (*street, *truck), duration=2.0),
    ]


def _hidden() -> list[Script]:
    """What is out of sight for 0.2 to 0.5 s."""
    street = _street()
    pole = (stands("pillar", 12.0, -0.6),)
    box_van = (stands("car", 14.0, 0.0, math.pi / 2),)
    walker = mover("pedestrian", 17.0, -3.4, _RIGHT, 1.6)
    faster = mover("cyclist", 24.0, -9.0, _RIGHT, 6.0)
    crossing = mover("car", 26.0, -14.0, _RIGHT, 11.0)
    first, second = mover("car", 14.0, 9.0, _LEFT, 7.0), mover("car", 22.0, -12.0, _RIGHT, 8.0)
    return [
        Script("ped_behind_pillar", 0.0, (walker,), (*street, *pole), duration=3.5),
        Script("cyclist_behind_pillar", 2.0, (faster,), (*street, *pole), duration=3.0),
        Script("cyclist_behind_car", 0.0, (faster,), (*street, *box_van), duration=3.2),
        Script("car_behind_pillar", 0.0, (crossing,), (*street, *pole), duration=2.6),
        Script("cars_cross", 0.0, (first, second), street, duration=2.6),
    ]


def _standing() -> list[Script]:
    one = []

    def add(name: str, speed: float, *standing: Actor, yaw_rate=0.0, movers=(), duration=3.0):
        one.append(Script(name, speed, movers, standing, yaw_rate, duration))

    parked = (*row("car", -4.0, -20.0, 120.0, 6.0), *row("car", 7.0, -20.0, 120.0, 5.6))
    for speed in (1.0, 5.0, 10.0, 20.0):
        add(f"parked_{speed:.0f}", speed, *parked, *_street())
    add("parked_bend", 8.0, *parked, *_street(), yaw_rate=0.15)
    across = [stands("car", float(x), -5.5, math.pi / 2) for x in np.arange(0.0, 90.0, 2.9)]
    add("car_park_3", 3.0, *across, *row("truck", 8.0, 0.0, 60.0, 12.0))
    walls = [stands("wall", float(x), -5.0, math.pi / 2) for x in np.arange(-20.0, 120.0, 8.0)]
    add("wall_10", 10.0, *walls, *row("house", 15.0, -20.0, 100.0, 14.0))
    add("wall_20", 20.0, *walls, *row("house", 15.0, -20.0, 100.0, 14.0))
    add("wall_bend", 10.0, *walls, *row("tree", 8.0, -20.0, 100.0, 9.0), yaw_rate=0.2)
    rails = (*row(_RAIL, -4.5, -20.0, 160.0, 40.0), *row(_RAIL, 8.5, -20.0, 160.0, 40.0))
    add("rail_20", 20.0, *rails, *row("pole", -6.0, 0.0, 120.0, 15.0), *row("tree", 12.0, 0, 99, 9))
    hedges = (*row(_HEDGE, -5.0, 0.0, 120.0, 30.5), *row(_HEDGE, 8.0, -10.0, 120.0, 33.0))
    add("hedge_8", 8.0, *hedges, *row("pole", -6.5, 0.0, 90.0, 20.0))
    add("hedge_bend", 6.0, *hedges, yaw_rate=-0.2)
    add("turn_30deg_s", 5.0, *parked, *_street(), *row("pole", 3.0, 14.0, 50.0, 9.0),
        yaw_rate=math.radians(30.0), duration=2.5)  # fmt: skip
    add("turn_on_the_spot", 1.5, *parked, *_street(), yaw_rate=math.radians(-30.0), duration=2.5)
    trucks = row("truck", -4.5, 12.0, 80.0, 22.0)
    add("behind_trucks", 10.0, *trucks, *row("car", -9.0, 0.0, 100.0, 6.0), *_street())
    shade = (mover("truck", 60.0, 3.5, _BACK, 12.0),)
    add("shadow_of_a_truck", 0.0, *parked, *_street(), movers=shade)
    lead = (mover("truck", 12.0, 0.0, 0.0, 10.0),)
    add("shadow_of_a_lead", 10.0, *parked, *_street(), movers=lead)
    return one


MOVING = {script.name: script for script in _moving()}
STANDING = {script.name: script for script in _standing()}
