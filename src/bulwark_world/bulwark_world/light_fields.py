# SPDX-License-Identifier: Apache-2.0
"""Light from a scenario file."""

from __future__ import annotations

from bulwark_world.light import DAY, Light
from bulwark_world.yaml_fields import Fields


def read_light(fields: Fields) -> Light:
    """Sun, night and headlights; a bright day where nothing is named. Raises ScenarioError."""
    light = Light(
        sun_elevation=fields.number("sun_elevation_deg", DAY.sun_elevation, -20.0, 90.0),
        sun_azimuth=fields.number("sun_azimuth_deg", DAY.sun_azimuth, -360.0, 360.0),
        night=fields.flag("night", False),
        headlights=fields.text("headlights", DAY.headlights, choices=("none", "low", "high")),
    )
    fields.finish()
    return light
