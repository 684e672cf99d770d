# SPDX-License-Identifier: Apache-2.0
"""Tracks as the lidar chain would give them: the truth with its errors, without ray casting.

The errors are `error_figures.py`, fitted to what the chain does with ray-cast scans of an HDL-64E
(`python -m bulwark_world.fit_errors`). Weather and dirt shorten the view. Not modelled: tracks of
nothing, a long thing told as several pieces, and wrong motions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from bulwark_core.objects import Motion, ObjectClass, TrackedObject
from bulwark_world.edges import is_open, nearest_point, sides_of_sensor
from bulwark_world.error_figures import FIGURES
from bulwark_world.error_table import AGES, KNOTS, SHARES, KindErrors, between
from bulwark_world.weather import CLEAR, Weather
from bulwark_world.weather_range import range_in, sees_through_dirt

_STREAM, _TURN_STREAM = 19, 23
_CHILD = 1.4  # a pedestrian who is smaller is a child [m]
_LARGE = 2.5  # what is longer, and of no fitted class, is seen like a wall [m]
_CLEARANCE = 2.2  # what hangs higher is no obstacle: `ground.clearance` of lidar_perception [m]
_LOWEST = 0.2  # what is lower neither [m]
_EDGES = 4
_MOVES = 0.1  # [m/s]
_LEAST = 0.05  # side of a box [m]
_LEAST_VARIANCE = 0.02**2
# Of told turn rates, measured with cars that turn at 4 to 6 m/s on 12 to 20 m, of all kinds:
_TURN_LAG = 4.5  # scans
_TURN_NOISE, _TURN_SHARE = 0.01, 0.08  # [rad/s], and of the rate itself

_NAMES = {
    ObjectClass.CAR: "car", ObjectClass.TRUCK: "truck", ObjectClass.PEDESTRIAN: "pedestrian",
    ObjectClass.CYCLIST: "cyclist", ObjectClass.PILLAR: "pillar", ObjectClass.POLE: "pole",
    ObjectClass.WATER_BARRIER: "water_barrier", ObjectClass.CRASH_BARREL: "crash_barrel",
    ObjectClass.WALL: "wall",
}  # fmt: skip


class PerceivedObjects:
    """Turns the true objects of each scan into tracks, the same for the same seed."""

    def __init__(
        self,
        seed: int,
        figures: Mapping[str, KindErrors] = FIGURES,
        weather: Weather = CLEAR,
    ) -> None:
        self._seed, self._figures, self._weather = seed, figures, weather
        self._things: dict[int, _Thing] = {}

    def perceive(self, truth: Iterable[TrackedObject], index: int) -> list[TrackedObject]:
        """The tracks at the next scan; truth: what is not hidden; `index`: the scan's."""
        items = [item for item in truth if _is_obstacle(item)]
        for hidden in self._things.keys() - {item.id for item in items}:
            self._things[hidden].forget()
        tracks = []
        for item in items:
            thing = self._things.get(item.id)
            if thing is None:
                size = max(item.length, item.width)
                figures = self._figures[_like(item.object_class, item.height, size)]
                rng = np.random.default_rng((self._seed, _STREAM, item.id, index))
                turns = np.random.default_rng((self._seed, _TURN_STREAM, item.id, index))
                thing = self._things[item.id] = _Thing(figures, rng, turns)
            seen = sees_through_dirt(self._weather, item)
            track = thing.track(item, self._weather, seen=seen)
            if track is not None:
                tracks.append(track)
        return tracks


@dataclass
class _Thing:
    """What the perception has made of a thing so far.

    luck: of the thing for good, 0..1, by which its quantiles are picked. scans: since the first
    track. velocity, turn_rate: smoothed as a filter that lags behind does it; turn_error: of
    the latter, of unit variance and from a stream of its own, turns. errors: of the edges, each of
    unit variance; drifts: the same, of the velocity along and across; depths: of the hidden edges,
    for good.
    """

    figures: KindErrors
    rng: np.random.Generator
    turns: np.random.Generator
    scans: int = 0
    first_ns: int = 0
    missing: int = 0
    moving_scans: int = 0
    still_scans: int = 0
    motion: Motion = Motion.UNKNOWN
    velocity: tuple[float, float] | None = None
    turn_rate: float = 0.0
    turn_error: float = 0.0
    luck: list[float] = field(init=False)
    depths: list[float] = field(init=False)
    errors: list[float] = field(init=False)
    drifts: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.luck = self.rng.random(3).tolist()
        self.depths = self.rng.standard_normal(2).tolist()
        self.errors = self.rng.standard_normal(_EDGES).tolist()
        self.drifts = self.rng.standard_normal(2).tolist()

    def track(self, item: TrackedObject, weather: Weather, *, seen: bool) -> TrackedObject | None:
        """The track at the next scan, None without one."""
        self._age()
        distance = float(np.hypot(*nearest_point(item)))
        reach = min(self._quantile(self.figures.first_range, 0), range_in(weather))
        self._follow_motion(item)
        if not seen or distance > reach:
            self.forget()
            return None
        if self.scans == 0:
            self.first_ns = item.last_seen_ns
        self.scans += 1
        if self._is_missed():
            return None
        self._judge_motion()
        return self._told(item, distance)

    def forget(self) -> None:
        """It is out of sight: when it comes back it is new."""
        self.scans, self.missing, self.motion = 0, 0, Motion.UNKNOWN

    def _age(self) -> None:
        """The errors at the next scan."""
        self.errors = self._aged(self.errors, self.figures.memory)
        self.drifts = self._aged(self.drifts, self.figures.speed_memory)

    def _aged(self, errors: list[float], memory: float) -> list[float]:
        fresh = math.sqrt(1.0 - memory**2)
        draws = self.rng.standard_normal(len(errors)).tolist()
        return [memory * e + fresh * draw for e, draw in zip(errors, draws, strict=True)]

    def _is_missed(self) -> bool:
        draw = float(self.rng.random())
        if self.missing == 0 and self.scans > 1:
            ends = 1.0 / self.figures.gap
            starts = ends * self.figures.missed / (1.0 - self.figures.missed)
            if draw < starts:
                self.missing = max(round(self.figures.gap), 1)
        self.missing = max(self.missing - 1, 0) if self.missing else 0
        return self.missing > 0

    def _follow_motion(self, item: TrackedObject) -> None:
        vx, vy = self.velocity or (item.vx, item.vy)
        share = 1.0 / (1.0 + self.figures.lag)
        self.velocity = vx + share * (item.vx - vx), vy + share * (item.vy - vy)
        self._follow_turn(item)
        if math.hypot(item.vx, item.vy) > _MOVES:
            self.moving_scans, self.still_scans = self.moving_scans + 1, 0
        else:
            self.moving_scans, self.still_scans = 0, self.still_scans + 1

    def _follow_turn(self, item: TrackedObject) -> None:
        if self.scans == 0:
            self.turn_rate = 0.0  # the filter begins there
        self.turn_rate += (item.yaw_rate - self.turn_rate) / (1.0 + _TURN_LAG)
        if self.motion is Motion.MOVING:
            memory = self.figures.memory
            fresh = math.sqrt(1.0 - memory**2) * float(self.turns.standard_normal())
            self.turn_error = memory * self.turn_error + fresh

    def _judge_motion(self) -> None:
        """When the motion is known: from the first track on, or from a change on."""
        figures, age = self.figures, self.scans - 1
        if self.moving_scans:
            started = age >= self.moving_scans  # it stood when first seen
            wait = figures.to_start if started else figures.to_moving
            since = self.moving_scans if started else age
            if since >= self._quantile(wait, 1):
                self.motion = Motion.MOVING
        else:
            stopped = age >= self.still_scans
            wait = figures.to_stop if stopped else figures.to_stationary
            since = self.still_scans if stopped else age
            if since >= self._quantile(wait, 2):
                self.motion = Motion.STATIONARY

    def _told(self, item: TrackedObject, distance: float) -> TrackedObject:
        x, y, length, width, spread = self._box(item, distance)
        vx, vy, variance = self._velocity(item, distance)
        nearest = min(range(len(KNOTS)), key=lambda k: abs(KNOTS[k] - distance))
        kind, probability = self.figures.classes[nearest]
        return item.but(
            x=x,
            y=y,
            length=length,
            width=width,
            vx=vx,
            vy=vy,
            yaw_rate=self._told_turn_rate(),
            motion=self.motion,
            object_class=kind,
            class_probability=probability,
            existence=between(self.scans - 1, AGES, self.figures.existence),
            position_variance=max(spread**2, _LEAST_VARIANCE),
            velocity_variance=max(variance, _LEAST_VARIANCE),
            first_seen_ns=self.first_ns,
            measurements=self.scans,
        )

    def _box(
        self, item: TrackedObject, distance: float
    ) -> tuple[float, float, float, float, float]:
        """Middle, length and width of the box, and the spread of its edges [m]."""
        sides, opens = sides_of_sensor(item), is_open(item)
        spreads, middles, sizes = [], [], []
        for axis, size in enumerate((item.length, item.width)):
            low, high, spread = self._edges(
                axis, sides[axis], size, distance, looked_at=opens[axis]
            )
            middles.append((low + high) / 2.0)
            sizes.append(max(high - low, _LEAST))
            spreads.append(spread)
        cos, sin = math.cos(item.yaw), math.sin(item.yaw)
        x = item.x + middles[0] * cos - middles[1] * sin
        y = item.y + middles[0] * sin + middles[1] * cos
        return x, y, sizes[0], sizes[1], max(spreads)

    def _edges(
        self, axis: int, side: int, size: float, distance: float, *, looked_at: bool
    ) -> tuple[float, float, float]:
        """Lower and upper edge along an axis of the true box, and their spread [m]."""
        figures, first, second = self.figures, self.errors[2 * axis], self.errors[2 * axis + 1]
        half = size / 2.0

        def at(table: tuple[tuple[float, ...], tuple[float, ...]]) -> float:
            return between(distance, KNOTS, table[axis])

        if side == 0:
            mean, spread = at(figures.ends), at(figures.ends_noise)
            return -half - mean - spread * first, half + mean + spread * second, spread
        spread = at(figures.near_noise)
        near = half - at(figures.near) - spread * first
        if looked_at:
            share = at(figures.open_depth) + at(figures.open_noise) * self.depths[axis]
        else:
            share = at(figures.depth) + at(figures.depth_noise) * self.depths[axis]
        far = near - max(share, 0.0) * size
        return (far, near, spread) if side > 0 else (-near, -far, spread)

    def _velocity(self, item: TrackedObject, distance: float) -> tuple[float, float, float]:
        """Velocity [m/s] and its variance."""
        if self.motion is Motion.STATIONARY:
            return 0.0, 0.0, 0.0
        figures, age = self.figures, self.scans - 1
        vx, vy = self.velocity or (item.vx, item.vy)
        speed = math.hypot(vx, vy)
        gain = between(age, AGES, figures.gain) if speed > _MOVES else 0.0  # or not known to stand
        view = is_open(item)[0]  # 1: from its side
        if age >= AGES[-1]:
            spread = between(distance, KNOTS, figures.settled_noise[view])
        else:
            spread = between(age, AGES[:-1], figures.speed_noise)
        across = between(distance, KNOTS, figures.across[view])
        told = gain + spread * self.drifts[0]
        aside = across * self.drifts[1] / max(speed, _LEAST)
        return (
            vx * told - vy * aside,
            vy * told + vx * aside,
            (across + spread * speed + (1.0 - gain) * speed) ** 2,
        )

    def _told_turn_rate(self) -> float:
        """[rad/s]."""
        if self.motion is not Motion.MOVING:
            return 0.0
        noise = _TURN_NOISE + _TURN_SHARE * abs(self.turn_rate)
        return self.turn_rate + noise * self.turn_error

    def _quantile(self, row: tuple[float, ...], luck: int) -> float:
        return between(self.luck[luck], SHARES, row)


def _is_obstacle(item: TrackedObject) -> bool:
    top, low = item.z + item.height / 2.0, item.z - item.height / 2.0
    return low < _CLEARANCE and top > _LOWEST


def track_range(object_class: ObjectClass, height: float, size: float) -> float:
    """From where on a thing of this height and greatest side is mostly tracked [m]."""
    return FIGURES[_like(object_class, height, size)].first_range[SHARES.index(0.5)]


def _like(object_class: ObjectClass, height: float, size: float) -> str:
    """The fitted kind that is most like a thing."""
    if object_class is ObjectClass.PEDESTRIAN and height < _CHILD:
        return "child"
    return _NAMES.get(object_class, "wall" if size > _LARGE else "crash_barrel")
