# SPDX-License-Identifier: Apache-2.0
"""Traffic: nobody touches anybody, the same seed is the same traffic, lane changes."""

import itertools

import pytest
from traffic_drive import decisions, passing, simulation, touching

from bulwark_world.agents import Vehicle
from bulwark_world.population import UNSEEN
from bulwark_world.walkers import Walker

HARD = -4.0
"""Ordinary driving needs no harder braking [m/s^2]."""
PLACES = {
    "drive_highway": {"vehicles": 14.0, "length": 9000.0},
    "drive_town": {"length": 6000.0, "vehicles": 12.0, "occupancy": 0.3},
    "drive_rural": {"vehicles": 10.0},
    "drive_street": {"vehicles": 10.0},
    "drive_roundabout": {"vehicles": 14.0},
    "drive_construction": {"vehicles": 14.0},
    "drive_tunnel": {"vehicles": 12.0},
}


@pytest.mark.parametrize("name", PLACES)
def test_nobody_touches_anybody(name):
    drive, count = simulation(name, seed=3, **PLACES[name]), 0
    for one in decisions(drive, 50.0):
        agents = one.traffic.present
        assert not touching(agents, one.time_s), one.time_s
        assert one.contact is None
        count = max(count, len(agents))
    assert count >= 4
    assert drive.traffic.station > 100.0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["drive_highway", "drive_town"])
def test_nobody_touches_anybody_in_an_hour(name, seed):
    for one in decisions(simulation(name, seed=seed, **PLACES[name]), 300.0):
        assert not touching(one.traffic.present, one.time_s), one.time_s
        assert one.contact is None


def course(seed):
    return [
        (agent.name, agent.pose(time_s), agent.velocity(time_s))
        for traffic, time_s in passing("drive_town", 20.0, seed)
        for agent in traffic.present
    ]


def test_the_same_seed_is_the_same_traffic_to_the_bit_and_another_is_not():
    assert course(1) == course(1)
    assert course(1) != course(2)


def test_another_variant_is_other_traffic():
    one, other = simulation("drive_tunnel"), simulation("drive_tunnel", variant=7.5)
    names = [[agent.pose(0.0) for agent in sim.traffic.present] for sim in (one, other)]
    assert names[0] != names[1]


def test_agents_move_smoothly_and_as_fast_as_they_say():
    before = {}
    for traffic, time_s in passing("drive_highway", 60.0, 2, speed=27.0, vehicles=14.0):
        for agent in traffic.present:
            pose, velocity = agent.pose(time_s), agent.velocity(time_s)
            if agent.name in before:
                last, (vx, vy) = before[agent.name]
                assert pose.x - last.x == pytest.approx(0.05 * (vx + velocity[0]), abs=0.05)
                assert pose.y - last.y == pytest.approx(0.05 * (vy + velocity[1]), abs=0.05)
            before[agent.name] = pose, velocity


def test_drivers_overtake_signal_and_return_to_the_right():
    changes, signals = [], 0
    for traffic, time_s in passing("drive_highway", 90.0, 1, speed=27.0, vehicles=14.0):
        for agent in traffic.present:
            assert isinstance(agent, Vehicle)
            if agent.change is None:
                assert agent.indicator == 0
                continue
            changes.append((agent.name, agent.change.goal, agent.indicator))
            if time_s < agent.change.signals_until_s:
                signals += agent.spot(time_s).offset == agent.change.start
    assert {indicator for _, _, indicator in changes} == {1, -1}
    assert signals >= 10 * len({change[:2] for change in changes})


def test_nobody_has_to_brake_hard():
    hardest, dense = 0.0, passing("drive_highway", 60.0, 4, speed=25.0, vehicles=24.0)
    for traffic, time_s in itertools.islice(dense, 50, None):
        for agent in traffic.present:
            if abs(agent.spot(time_s).station - traffic.station) < 100.0:
                hardest = min(hardest, agent.acceleration)
    assert HARD < hardest < -0.3


def test_they_come_and_go_where_nobody_sees_it():
    known, came = None, 0
    for traffic, time_s in passing("drive_town", 60.0, 5, speed=12.0):
        names = {agent.name: agent for agent in traffic.present}
        if known is not None:
            for name in names.keys() - known.keys():
                pose, way = names[name].pose(time_s), traffic._way
                own = way.pose(traffic.station)
                assert ((pose.x - own.x) ** 2 + (pose.y - own.y) ** 2) ** 0.5 >= UNSEEN
                came += 1
        known = names
    assert came > 5


def test_the_own_driver_stops_for_who_crosses_and_nobody_steps_before_it():
    drive, slowest, crossed, begun = (
        simulation("drive_street", seed=2, pedestrians=80.0),
        9.0,
        0,
        {},
    )
    for one in decisions(drive, 80.0):
        for agent in one.traffic.present:
            if isinstance(agent, Walker) and agent.goal is not None and agent.name not in begun:
                begun[agent.name], ahead = True, agent.spot(one.time_s).station
                distance = ahead - one.traffic.station - 3.7
                speed = one.state.speed
                if distance > 0.0:
                    crossed += 1
                    over_s = 6.0 / agent.pace
                    assert speed**2 / (2.0 * distance) <= 2.0 or distance / speed > over_s
        slowest = min(slowest, one.traffic.own_acceleration)
    assert crossed >= 2
    assert slowest > -2.5


def test_oncoming_ones_come_towards_on_their_own_lane():
    lanes = set()
    for traffic, time_s in passing("drive_rural", 30.0, 1, speed=20.0, vehicles=12.0):
        for agent in traffic.present:
            spot = agent.spot(time_s)
            lanes.add((agent.lane.direction, spot.offset))
            assert agent.lane.direction * spot.along >= 0.0
    assert lanes == {(1, 0.0), (-1, 3.0)}
