# SPDX-License-Identifier: Apache-2.0
"""Where one who crosses or comes towards us meets our front, in space and time."""

from __future__ import annotations

import math

import numpy as np

from bulwark_aeb.courses import (
    TIMES,
    Meeting,
    believed_turn,
    first_meeting,
    own_course,
    strip,
    turning,
)
from bulwark_aeb.path import Body, Path, edge_contact
from bulwark_core.objects import FloatArray

BUMPER_ZONE = 0.5
"""What overlaps the body farther behind its leading edge [m] is beside it, not ahead."""
_HEAD_ON = math.cos(math.radians(10.0))


def front_met(
    outline: FloatArray, centre: FloatArray, velocity: FloatArray, turn_rate: float, path: Path,
    speed: float, body: Body,
) -> tuple[float, float, float, FloatArray] | None:  # fmt: skip
    """Gap, both speeds and shift, see `Hits`, of an outline as it turns, or else straight on."""
    own = own_course(path, speed)
    for rate in dict.fromkeys((believed_turn(turn_rate, velocity), 0.0)):
        course = turning(centre, velocity, rate)
        meeting = first_meeting(outline - centre, course, own, body)
        if meeting is None or not _in_front(meeting, path, body):
            continue
        travel, angle = speed * meeting.time, rate * meeting.time
        tangent = tangent_at(np.array([travel]), path)[0]
        cos, sin = math.cos(angle), math.sin(angle)
        along = float(velocity @ np.array([[cos, sin], [-sin, cos]]) @ tangent)
        if rate == 0.0 and along > -_HEAD_ON * math.hypot(*velocity):
            before = _travel_to(strip(outline, velocity), path, body)
            if 0.0 < before <= travel:
                return before, along, 0.0, velocity * meeting.time
        place = course.places[round(meeting.time / TIMES[1])]
        return travel - along * meeting.time, along, along, place - centre
    return None


def _travel_to(corners: FloatArray, path: Path, body: Body) -> float:
    """Until the body touches an area with these corners (V, 2) in order [m]."""
    ends = np.roll(corners, -1, axis=0)
    travel, _ = edge_contact(corners, ends, [path], body, np.zeros(len(corners)))
    return float(travel.min())


def _in_front(meeting: Meeting, path: Path, body: Body) -> bool:
    """Whether the bumper that leads is hit, and not the flank."""
    if path.reverse:
        return meeting.rearmost <= body.rear + BUMPER_ZONE
    return meeting.foremost >= body.front - BUMPER_ZONE


def tangent_at(arc: FloatArray, path: Path) -> FloatArray:
    """Direction of travel after `arc` metres: (N, 2) unit vectors."""
    heading = path.direction * path.curvature * arc
    tangent = np.empty((len(arc), 2))
    np.cos(heading, out=tangent[:, 0])
    np.sin(heading, out=tangent[:, 1])
    return tangent * path.direction
