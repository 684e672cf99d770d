# SPDX-License-Identifier: Apache-2.0
"""Messages of the optional sensors to plain data."""

from __future__ import annotations

import math
from typing import Any

from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import Matrix
from bulwark_core.objects import ObjectClass
from bulwark_obstacles.sightings import Sighting
from bulwark_obstacles.ultrasonic import Reading, meaning

_CLASSES = {int(member): member for member in ObjectClass}


def read_range(msg: Any, mount: Matrix) -> Reading | None:
    """A sensor_msgs/Range of a sensor with this pose in base_link; None where it says nothing.

    Raises BadMessageError where its limits or its cone are none.
    """
    low, high, width = msg.min_range, msg.max_range, msg.field_of_view
    if not (0.0 <= low < high < math.inf and 0.0 < width <= 2.0 * math.pi):
        raise BadMessageError(
            f"sensor '{msg.header.frame_id}' gives the range {low:g} to {high:g} m and a field of "
            f"view of {width:g} rad; both must be finite and positive"
        )
    meant = meaning(msg.range, low, high)
    if meant is None:
        return None
    echo, clear = meant
    return Reading(
        msg.header.frame_id,
        stamp_ns(msg.header.stamp),
        float(mount[0, 3]),
        float(mount[1, 3]),
        math.atan2(mount[1, 0], mount[0, 0]),
        width / 2.0,
        echo,
        clear,
    )


def read_sightings(msg: Any) -> list[Sighting]:
    """The objects of a bulwark_msgs/CameraObjectArray whose place is known.

    Raises BadMessageError where a place or score is not finite.
    """
    sightings = []
    for item in msg.objects:
        kind = _CLASSES.get(item.classification, ObjectClass.UNKNOWN)
        if not item.has_position or kind is ObjectClass.UNKNOWN:
            continue
        figures = (item.score, item.position.x, item.position.y, item.range_std)
        if not all(map(math.isfinite, figures)):
            raise BadMessageError(f"camera object {item.id} has a value that is not finite")
        sightings.append(Sighting(kind, *figures))
    return sightings
