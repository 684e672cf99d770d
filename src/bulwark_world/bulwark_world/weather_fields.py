# SPDX-License-Identifier: Apache-2.0
"""Weather from a scenario file."""

from __future__ import annotations

import math

from bulwark_core.vehicle import VehicleParams
from bulwark_world.weather import Dirt, Dust, Weather
from bulwark_world.world import Ego
from bulwark_world.yaml_fields import Fields


def read_weather(fields: Fields, ego: Ego, body: VehicleParams) -> Weather:
    """Weather and dirt; clear where nothing is named. Raises ScenarioError."""
    fog = fields.number("fog", 0.0, 0.0, 1000.0)
    weather = Weather(
        rain=fields.number("rain", 0.0, 0.0, 150.0),
        snow=fields.number("snow", 0.0, 0.0, 15.0),
        fog=fog if fog > 0.0 else math.inf,
        spray=fields.number("spray", 0.0, 0.0, 1.0),
        dust=_dust(fields.fields("dust"), ego, body) if "dust" in fields else None,
        dirt=tuple(_dirt(row) for row in fields.items("dirt")),
    )
    fields.ignore("dust")
    fields.finish()
    return weather


def _dust(fields: Fields, ego: Ego, body: VehicleParams) -> Dust:
    ahead = fields.number("ahead", None, 0.0, 200.0)
    front = ego.x + (body.front + ahead if ego.direction > 0 else body.rear - ahead)
    radius = fields.number("radius", 3.0, 0.5, 20.0)
    dust = Dust(
        x=front + ego.direction * radius,
        y=fields.number("lateral", 0.0, -50.0, 50.0),
        radius=radius,
        visibility=fields.number("visibility", 5.0, 0.5, 1000.0),
    )
    fields.finish()
    return dust


def _dirt(fields: Fields) -> Dirt:
    dirt = Dirt(
        right=fields.number("from_deg", None, -180.0, 180.0),
        left=fields.number("to_deg", None, -180.0, 360.0),
        blocked=fields.number("blocked", 1.0, 0.0, 1.0),
        transmission=fields.number("transmission", 1.0, 0.0, 1.0),
    )
    if not dirt.right < dirt.left <= dirt.right + 360.0:
        raise fields.error("to_deg", "must be greater than from_deg, by a whole turn at most")
    fields.finish()
    return dirt
