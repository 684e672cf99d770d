# SPDX-License-Identifier: Apache-2.0
"""Where a picture is taken, by chance: place, light, weather, lens and the camera's pose."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bulwark_core.geometry import Matrix, rigid
from bulwark_training.split import Split
from bulwark_training.yard import Yard
from bulwark_world.bend import Bend
from bulwark_world.camera import Intrinsics, Moving
from bulwark_world.construction import Construction
from bulwark_world.garage import Garage
from bulwark_world.junction import Junction
from bulwark_world.light import Light
from bulwark_world.motion import Pose
from bulwark_world.params import ImagerParams
from bulwark_world.passages import Gate
from bulwark_world.place import Place
from bulwark_world.road import Road
from bulwark_world.roundabout import Roundabout
from bulwark_world.site import Design, Site
from bulwark_world.street import Street
from bulwark_world.town import Town
from bulwark_world.weather import Weather

WIDTH, HEIGHT = 640, 384
"""Of a picture, and of the model's input [px]."""
_LENSES = 24


@dataclass(frozen=True)
class Setting:
    """What a picture is taken with, before anything is put before the camera.

    ego: base_link on the ground; mount: the camera's body in base_link, in which chance has a share
    of the car's own pitch and roll.
    """

    place_name: str
    place: Place
    ego: Pose
    mount: Matrix
    intrinsics: Intrinsics
    imager: ImagerParams
    light: Light
    weather: Weather
    moving: Moving


def draw_setting(rng: np.random.Generator, split: Split) -> Setting:
    """A setting of this split."""
    name = str(rng.choice(split.places))
    place = _place(name, rng)
    lenses = _lenses(split)
    mount = rigid(
        1.7, 0.0, rng.uniform(1.1, 1.8), rng.normal(0.0, 0.012), rng.normal(0.02, 0.03),
        rng.normal(0.0, 0.04),
    )  # fmt: skip
    return Setting(
        name, place, _ego(rng, name, place), mount, lenses[int(rng.integers(_LENSES))],
        _imager(rng), _light(rng, split),
        _weather(rng), Moving(rng.uniform(0.0, 25.0), rng.normal(0.0, 0.12)),
    )  # fmt: skip


@lru_cache
def _lenses(split: Split) -> tuple[Intrinsics, ...]:
    """Some cameras, since the rays of one take a while to find."""
    rng = split.rng(0, 0)
    return tuple(
        Intrinsics.from_field_of_view(
            WIDTH, HEIGHT, rng.uniform(48.0, 95.0), rng.uniform(-0.12, 0.03), rng.uniform(0.0, 0.02)
        )
        for _ in range(_LENSES)
    )


def _place(name: str, rng: np.random.Generator) -> Place:
    if name == "road":
        return Road(
            end=300.0, lanes=int(rng.integers(1, 5)), lane_width=rng.uniform(2.8, 3.8),
            shoulder=rng.uniform(0.3, 3.0), kerbs=bool(rng.random() < 0.7),
            roadside=bool(rng.random() < 0.8),
        )  # fmt: skip
    if name == "garage":
        ramp = str(rng.choice(["up", "none"]))
        return Garage(
            aisle=rng.uniform(5.0, 7.5), ceiling=rng.uniform(2.2, 3.4),
            occupancy=rng.uniform(0.1, 0.9), ramp=ramp,
        )  # fmt: skip
    turn = rng.uniform(30.0, 120.0) * rng.choice([-1.0, 1.0])
    designs: dict[str, Callable[[], Design]] = {
        "bend": lambda: Bend(rng.uniform(15.0, 150.0), turn, 20.0, rail=bool(rng.random() < 0.8)),
        "junction": lambda: Junction(rng.uniform(20.0, 60.0), houses=bool(rng.random() < 0.7)),
        "street": lambda: Street(rng.uniform(3.2, 9.0), occupancy=rng.uniform(0.2, 0.9)),
        "yard": lambda: Yard(bool(rng.random() < 0.5)),
        "construction": lambda: Construction(rng.uniform(20.0, 60.0), free=rng.uniform(2.8, 4.5)),
        "town": Town,
        "gate": lambda: Gate(rng.uniform(15.0, 40.0), rng.uniform(2.3, 4.5)),
        "roundabout": Roundabout,
    }
    return Site(designs[name]())


def _ego(rng: np.random.Generator, name: str, place: Place) -> Pose:
    """Near the way; in a garage so that the walls are not run into."""
    reach = 25.0 if name == "garage" else min(60.0, place.end / 3.0)
    station = rng.uniform(0.0, reach)
    on_way = place.way.pose(station, rng.normal(0.0, 0.3 if name == "garage" else 1.0))
    spread = 0.5 if rng.random() < 0.2 else 0.06
    return Pose(on_way.x, on_way.y, on_way.yaw + rng.normal(0.0, spread))


def _imager(rng: np.random.Generator) -> ImagerParams:
    return ImagerParams(
        noise=float(np.exp(rng.uniform(math.log(0.0008), math.log(0.006)))),
        max_gain=rng.uniform(5.0, 30.0), vignetting=rng.uniform(0.0, 1.0),
    )  # fmt: skip


def _light(rng: np.random.Generator, split: Split) -> Light:
    beam = str(rng.choice(["low", "low", "high"]))
    return Light(split.sun_elevation(rng), rng.uniform(-180.0, 180.0), rng.random() < 0.15, beam)


def _weather(rng: np.random.Generator) -> Weather:
    draw = rng.random()
    if draw < 0.08:
        return Weather(fog=float(np.exp(rng.uniform(math.log(50.0), math.log(500.0)))))
    if draw < 0.16:
        return Weather(rain=rng.uniform(1.0, 40.0))
    return Weather(snow=rng.uniform(0.5, 5.0)) if draw < 0.2 else Weather()
