# SPDX-License-Identifier: Apache-2.0
"""The places that a scenario file can name, and how each is read from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bulwark_world.actors import Actor
from bulwark_world.bend import Bend
from bulwark_world.bridge import Bridge
from bulwark_world.construction import Construction
from bulwark_world.garage import RAMPS, Garage
from bulwark_world.highway import Highway
from bulwark_world.humps import Humps
from bulwark_world.junction import Junction
from bulwark_world.param_fields import read_parameters
from bulwark_world.passages import Branches, CarWash, Gate, Toll
from bulwark_world.place import Place
from bulwark_world.road import Road
from bulwark_world.roundabout import Roundabout
from bulwark_world.rural import Rural
from bulwark_world.site import Design, Site
from bulwark_world.street import Street
from bulwark_world.town import Town
from bulwark_world.tunnel import Tunnel
from bulwark_world.yaml_fields import Fields

DESIGNS: dict[str, type[Design]] = {
    "bend": Bend,
    "branches": Branches,
    "bridge": Bridge,
    "car_wash": CarWash,
    "construction": Construction,
    "gate": Gate,
    "highway": Highway,
    "humps": Humps,
    "junction": Junction,
    "roundabout": Roundabout,
    "rural": Rural,
    "street": Street,
    "toll": Toll,
    "town": Town,
    "tunnel": Tunnel,
}
"""Places from a dataclass of parameters, by the name of the field."""


def read_place(fields: Fields, actors: Sequence[Actor]) -> Place:
    """The place that the file's top level names, a road by default. Raises ScenarioError."""
    named = [name for name in PLACES if name in fields]
    fields.ignore(*PLACES)
    if len(named) > 1:
        raise fields.error(named[1], f"cannot be combined with {named[0]}: a run has one place")
    name = named[0] if named else "road"
    part = fields.fields(name)
    place = PLACES[name](part, actors)
    part.finish()
    return place


def _read_road(fields: Fields, actors: Sequence[Actor]) -> Place:
    farthest = max((actor.start.x for actor in actors), default=0.0)
    return Road(
        end=max(300.0, farthest + 150.0),
        lanes=round(fields.number("lanes", 2, 1, 8)),
        lane_width=fields.number("lane_width", 3.5, 2.0, 6.0),
        shoulder=fields.number("shoulder", 1.0, 0.0, 20.0),
        kerbs=fields.flag("kerbs", True),
        roadside=fields.flag("roadside", True),
    )


def _read_garage(fields: Fields, _actors: Sequence[Actor]) -> Place:
    usual = Garage()
    return Garage(
        modules=round(fields.number("modules", usual.modules, 4, 20)),
        aisle=fields.number("aisle", usual.aisle, 3.5, 8.0),
        ceiling=fields.number("ceiling", usual.ceiling, 2.1, 4.0),
        occupancy=fields.number("occupancy", usual.occupancy, 0.0, 1.0),
        ramp=fields.text("ramp", usual.ramp, choices=RAMPS),
        landing=fields.number("landing", usual.landing, 2.0, 60.0),
    )


def _read_design(design: type[Design]) -> Callable[[Fields, Sequence[Actor]], Place]:
    """A reader for the parameters of a design."""

    def read(fields: Fields, _actors: Sequence[Actor]) -> Place:
        return Site(read_parameters(design, fields))

    return read


PLACES: dict[str, Callable[[Fields, Sequence[Actor]], Place]] = {
    "road": _read_road,
    "garage": _read_garage,
    **{name: _read_design(design) for name, design in DESIGNS.items()},
}
"""By the name of the field: reads a place from it; the scenario's actors must fit into it."""
