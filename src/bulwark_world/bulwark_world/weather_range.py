# SPDX-License-Identifier: Apache-2.0
"""How weather and dirt shorten the lidar's view, for runs without ray casting."""

from __future__ import annotations

import math

from bulwark_core.objects import TrackedObject
from bulwark_world.weather import Weather

SENSOR_X = 1.0
"""Where the lidar is ahead of base_link [m]."""
_OPAQUE = 0.8  # a sector that blocks more of the rays shows nothing
_REACH = 110.0  # in clear air, that of most things: from drives in fog of 50 and 100 m [m]


def range_in(weather: Weather, clear: float = _REACH) -> float:
    """The range at which a return is as weak as one from `clear` in clear air [m].

    r exp(k r) = clear, with the extinction k per metre. Spray and dust, which are not everywhere,
    count as nothing.
    """
    extinction = weather.fog_extinction + weather.particle_extinction
    if extinction == 0.0:
        return clear
    low, high = 0.0, clear
    for _ in range(40):
        middle = (low + high) / 2.0
        if middle * math.exp(extinction * middle) < clear:
            low = middle
        else:
            high = middle
    return low


def sees_through_dirt(weather: Weather, item: TrackedObject) -> bool:
    """Whether the lidar's window lets through what is on the thing's bearing."""
    bearing = math.degrees(math.atan2(item.y, item.x - SENSOR_X))
    return not any(
        patch.blocked > _OPAQUE and (bearing - patch.right) % 360.0 < patch.left - patch.right
        for patch in weather.dirt
    )
