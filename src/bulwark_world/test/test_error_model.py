# SPDX-License-Identifier: Apache-2.0
"""The error model: what it makes of the truth, and whether fresh drives lie within its spread."""

from dataclasses import replace

import numpy as np
import pytest

from bulwark_core.objects import Motion, ObjectClass, TrackedObject
from bulwark_world.error_drives import Approach, drive
from bulwark_world.error_figures import FIGURES
from bulwark_world.error_fit import fit
from bulwark_world.error_model import PerceivedObjects
from bulwark_world.error_table import KNOTS, SHARES, between
from bulwark_world.fit_errors import as_source
from bulwark_world.kinds import kinds
from bulwark_world.weather import Dirt, Weather

NS = 100_000_000


def truth(kind="car", x=30.0, y=0.0, vx=0.0, scan=0, **more):
    known = kinds()[kind]
    moves = Motion.MOVING if vx else Motion.STATIONARY
    item = TrackedObject(
        1, x + 0.1 * vx * scan, y, known.height / 2.0, 0.0, known.length, known.width, known.height,
        vx, 0.0, object_class=known.object_class, motion=moves,
        first_seen_ns=NS * scan, last_seen_ns=NS * scan,
    )  # fmt: skip
    return replace(item, **more)


def perceive(seed=1, scans=40, weather=None, others=(), **about):
    model = PerceivedObjects(seed, weather=weather or Weather())
    return [
        [t for t in model.perceive([truth(scan=k, **about), *others], k) if t.id == 1]
        for k in range(scans)
    ]


def test_the_same_seed_gives_the_same_tracks_and_another_does_not():
    assert perceive() == perceive()
    assert perceive() != perceive(seed=2)


def test_a_thing_does_not_change_with_what_else_is_there():
    beside = replace(truth("pillar", y=8.0), id=2)
    assert perceive() == perceive(others=[beside])


def test_a_standing_thing_is_told_as_standing_soon_and_stays_so():
    motions = [track.motion for tracks in perceive() for track in tracks]
    assert motions[0] is Motion.UNKNOWN
    assert set(motions[8:]) == {Motion.STATIONARY}
    assert {(t.vx, t.vy) for tracks in perceive()[8:] for t in tracks} == {(0.0, 0.0)}


def test_the_velocity_of_what_moves_settles():
    runs = [perceive(seed, vx=5.0) for seed in range(20)]
    first = [abs(run[0][0].vx - 5.0) for run in runs]
    later = [abs(track.vx - 5.0) for run in runs for tracks in run[15:] for track in tracks]
    assert np.mean(first) > 2.0
    assert np.mean(later) < 0.3


def test_a_thing_that_starts_to_move_is_told_late():
    model, told = PerceivedObjects(1), []
    for k in range(40):
        speed = 1.5 if k >= 20 else 0.0
        tracks = model.perceive([truth("pedestrian", vx=speed, x=20.0 - 0.1 * speed * k)], k)
        told.append(tracks[0].motion)
    assert told[19] is Motion.STATIONARY
    wait = told[20:].index(Motion.MOVING)
    assert FIGURES["pedestrian"].to_start[0] - 1 <= wait <= FIGURES["pedestrian"].to_start[-1] + 1


def test_what_is_far_is_not_seen_and_every_kind_has_its_range():
    for kind, figures in FIGURES.items():
        low, high = figures.first_range[0], figures.first_range[-1]
        assert not any(perceive(kind=kind, x=high + 8.0, scans=3))
        assert all(any(perceive(s, kind=kind, x=low - 6.0, scans=8)) for s in range(5))


def test_the_near_edge_is_where_the_figures_have_it():
    figures = FIGURES["car"]
    rear = [t.x - t.length / 2.0 for s in range(60) for t in perceive(s, scans=3)[2]]
    bias = between(27.85, KNOTS, figures.near[0])
    spread = between(27.85, KNOTS, figures.near_noise[0])
    assert np.mean(rear) == pytest.approx(27.85 + bias, abs=4.0 * spread / np.sqrt(len(rear)))
    assert np.std(rear) == pytest.approx(spread, rel=0.35)


def test_what_hangs_high_is_no_track():
    assert not any(perceive(z=5.5, height=0.5))


def test_what_was_hidden_is_new_when_it_comes_back():
    model, told = PerceivedObjects(1), []
    for k in range(40):
        told += model.perceive([] if 20 <= k < 30 else [truth("pillar", scan=k)], k)
    assert [t.measurements for t in told] == [*range(1, 21), *range(1, 11)]
    assert told[19].motion is Motion.STATIONARY
    assert told[20].motion is Motion.UNKNOWN


def test_fog_and_dirt_shorten_the_view():
    assert any(perceive(x=60.0))
    assert not any(perceive(x=60.0, weather=Weather(fog=60.0)))
    assert any(perceive(x=15.0, weather=Weather(fog=60.0)))
    assert not any(perceive(weather=Weather(dirt=(Dirt(-20.0, 20.0),))))
    assert any(perceive(weather=Weather(dirt=(Dirt(30.0, 60.0),))))


def test_what_was_not_fitted_is_like_something_that_was():
    for kind in (ObjectClass.CONE, ObjectClass.ANIMAL, ObjectClass.UNKNOWN, ObjectClass.GUARD_RAIL):
        assert any(perceive(object_class=kind))


def test_the_figures_are_written_as_a_module_that_gives_them_back():
    space: dict[str, object] = {}
    exec(as_source(FIGURES), space)  # noqa: S102  our own text
    assert space["FIGURES"] == FIGURES


FRESH = [
    Approach("car", 18.0, lateral=0.2, from_m=60.0),
    Approach("pedestrian", 11.0, 1.5, -90.0, 5.2, 45.0, starts_s=0.5),
    Approach("pillar", 15.0, lateral=-0.4, from_m=60.0),
    Approach("cyclist", 13.0, 4.5, lateral=0.3, from_m=45.0),
]


@pytest.mark.parametrize("approach", FRESH, ids=lambda a: a.kind)
def test_fresh_drives_lie_within_the_model_s_spread(approach):
    samples = list(drive(approach, seed=77))
    figures = FIGURES[approach.kind]
    tracked = [s for s in samples[5:] if s.track is not None]
    assert len(tracked) >= 0.9 * len(samples[5:])
    off = []
    for s in tracked:
        for axis, error in enumerate(s.edges.near):
            if np.isfinite(error):
                mean = between(s.distance, KNOTS, figures.near[axis])
                spread = max(between(s.distance, KNOTS, figures.near_noise[axis]), 0.02)
                off.append(abs(error - mean) / spread)
    assert np.mean(np.array(off) < 4.0) > 0.9
    wanted = Motion.MOVING if approach.of else Motion.STATIONARY
    assert np.mean([s.track.motion is wanted for s in tracked[8:]]) > 0.8
    errors = [abs(s.track.vx - s.truth.vx) for s in tracked[-10:]]
    told = figures.settled_noise[0][0] * abs(approach.of)  # it moves along the line of sight
    assert np.median(errors) < 0.1 + 2.0 * told


def test_a_fit_of_a_few_drives_finds_what_they_show():
    drives = [(a, list(drive(a, seed=5))) for a in (Approach("car", 22.0, from_m=110.0),)]
    figures = fit(drives, drives)
    assert 60.0 < figures.first_range[SHARES.index(0.5)] < 82.0
    assert abs(figures.near[0][1]) < 0.15
    assert figures.missed < 0.2
    assert figures.to_stationary[2] < 6.0
