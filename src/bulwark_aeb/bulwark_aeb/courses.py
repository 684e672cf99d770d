# SPDX-License-Identifier: Apache-2.0
"""Courses that a moving thing may take, and whether its body meets ours on them.

A vehicle that crosses or comes towards us is not on one line for sure: it may go on as it turns,
go straight on, or follow with us the bend of one road. Each course is compared with ours in space
and time, both outlines at the same moments.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bulwark_aeb.path import Body, Path
from bulwark_core.frozen import replace
from bulwark_core.objects import FloatArray

TIMES: FloatArray = np.linspace(0.0, 4.0, 81, dtype=np.float64)
"""Moments at which two bodies are compared [s]."""
OFF_COURSE = math.radians(15.0)
"""Who heads farther out of the bend than this does not follow it."""
SWERVE = 5.0
"""Sideways acceleration with which a driver still gets out of the way [m/s^2]."""
TURNS_FROM = 0.03
"""A told turn rate below this is none [rad/s]: the tracks' own error is 0.01."""
HARDEST_TURN = 8.0
"""Nor is one that takes a sideways acceleration above this [m/s^2]."""
_OBLIQUE = math.radians(1.0), math.radians(75.0)
_BEND_TAKEN = 4.0  # sideways acceleration in a bend of a road [m/s^2]
_LONGEST_TURN = math.radians(150.0)
BENDS = 0.002
"""A path less curved than this is straight, as far as courses on it matter [1/m]."""
_TINY = 1e-9


@dataclass(frozen=True)
class Course:
    """Places (T, 2) of a body's origin [m] and by how much it has turned (T,) [rad], at `TIMES`."""

    places: FloatArray
    turned: FloatArray


@dataclass(frozen=True)
class Meeting:
    """When two bodies meet [s], and from where to where along ours the other one lies then [m]."""

    time: float
    rearmost: float
    foremost: float


def turning(place: FloatArray, velocity: FloatArray, rate: float) -> Course:
    """At constant speed and turn rate [rad/s] from a place (2,) with a velocity (2,)."""
    turned = rate * TIMES
    half = turned / 2.0
    chord = TIMES * np.sinc(half / math.pi)
    cos, sin = chord * np.cos(half), chord * np.sin(half)
    vx, vy = float(velocity[0]), float(velocity[1])
    return Course(np.stack([vx * cos - vy * sin, vx * sin + vy * cos], axis=1) + place, turned)


def own_course(path: Path, speed: float, ends: float = math.inf) -> Course:
    """Of base_link along the path; `ends`: the travel after which it goes straight on [m]."""
    sign = path.direction
    travel = speed * TIMES
    bent = np.minimum(travel, ends)
    half = sign * path.curvature * bent / 2.0
    chord = sign * bent * np.sinc(half / math.pi)
    places = np.stack([chord * np.cos(half), chord * np.sin(half)], axis=1)
    rest = sign * (travel - bent)
    turned = 2.0 * half
    places += rest[:, None] * np.stack([np.cos(turned), np.sin(turned)], axis=1)
    return Course(places, turned)


def bend_left(velocity: FloatArray, path: Path) -> float:
    """How far the path bends on until it is parallel to a course against it [m].

    0 where it bends away from that, or hardly bends: then no road leads from one to the other.
    """
    if abs(path.curvature) < BENDS:
        return 0.0
    sign = path.direction
    along, left = -sign * float(velocity[0]), -sign * float(velocity[1])
    angle = math.atan2(left, along) / (sign * path.curvature)
    longest = _LONGEST_TURN / abs(path.curvature)
    return angle if 0.0 < angle <= longest else 0.0


def road_between(
    place: FloatArray, velocity: FloatArray, path: Path, speed: float
) -> tuple[Path, float] | None:
    """The bend that leads from our heading to a course against it, and its length [m].

    What comes obliquely in the distance comes, as a rule, round a bend that we have not come to.
    None where it comes straight or hardly against us, where nobody would take that bend so fast, or
    where we already bend the other way: who turns off is on no road with it.
    """
    sign = path.direction
    angle = math.atan2(-sign * float(velocity[1]), -sign * float(velocity[0]))
    if not _OBLIQUE[0] <= abs(angle) <= _OBLIQUE[1]:
        return None
    half = angle / 2.0
    chord = sign * float(place @ np.array([math.cos(half), math.sin(half)]))
    length = chord * half / math.sin(half)
    fastest = max(speed, math.hypot(*velocity))
    if length <= 0.0 or abs(angle) / length * fastest**2 > _BEND_TAKEN:
        return None
    curvature = sign * angle / length
    turns_off = abs(path.curvature) >= BENDS and path.curvature * curvature < 0.0
    return None if turns_off else (replace(path, curvature=curvature), length)


def along_the_road(place: FloatArray, velocity: FloatArray, path: Path) -> Course | None:
    """Straight on to where the bend of our path begins for it, and then around the same centre.

    None where it has passed that place on another course.
    """
    middle = np.array([0.0, 1.0 / path.curvature]) - place
    speed = math.hypot(*velocity)
    heading = velocity / max(speed, _TINY)
    ahead = float(middle @ heading)
    if ahead < -math.sin(OFF_COURSE) * math.hypot(*middle):
        return None
    straight = max(ahead, 0.0)
    arm = straight * heading - middle  # from the centre to where it begins to turn
    radius = max(math.hypot(*arm), _TINY)
    side = 1.0 if heading[0] * middle[1] - heading[1] * middle[0] > 0.0 else -1.0
    gone = np.minimum(speed * TIMES, straight)
    turned = side * (speed * TIMES - gone) / radius
    cos, sin = np.cos(turned), np.sin(turned)
    around = np.stack([arm[0] * cos - arm[1] * sin, arm[0] * sin + arm[1] * cos], axis=1)
    places = place + middle + around + (gone - straight)[:, None] * heading
    return Course(places, turned)


def first_meeting(outline: FloatArray, course: Course, own: Course, body: Body) -> Meeting | None:
    """The first of the moments at which body and outline overlap, None where they never do.

    outline: (V, 2) convex, from the place that the course starts at [m]. By separating axes: the
    body's sides and the outline's edges.
    """
    cos, sin = np.cos(own.turned), np.sin(own.turned)
    dx, dy = (course.places - own.places).T
    at_x, at_y = dx * cos + dy * sin, dy * cos - dx * sin
    angle = course.turned - own.turned
    cos, sin = np.cos(angle)[:, None], np.sin(angle)[:, None]
    x, y = outline[:, 0], outline[:, 1]
    xs, ys = x * cos - y * sin + at_x[:, None], x * sin + y * cos + at_y[:, None]
    low, high = xs.min(axis=1), xs.max(axis=1)
    overlap = (high > body.rear) & (low < body.front)
    overlap &= (ys.max(axis=1) > -body.half_width) & (ys.min(axis=1) < body.half_width)
    if not overlap.any():
        return None
    edges = np.roll(outline, -1, axis=0) - outline
    nx, ny = edges[:, 1], -edges[:, 0]
    theirs = np.outer(x, nx) + np.outer(y, ny)
    normal_x, normal_y = nx * cos - ny * sin, nx * sin + ny * cos
    middle, half = (body.front + body.rear) / 2.0, (body.front - body.rear) / 2.0
    centre = normal_x * (middle - at_x[:, None]) - normal_y * at_y[:, None]
    reach = half * np.abs(normal_x) + body.half_width * np.abs(normal_y)
    apart = (centre - reach > theirs.max(axis=0)) | (centre + reach < theirs.min(axis=0))
    overlap &= ~apart.any(axis=1)
    first = int(overlap.argmax())
    if not overlap[first]:
        return None
    return Meeting(float(TIMES[first]), float(low[first]), float(high[first]))


def meet(outline: FloatArray, course: Course, own: Course, body: Body) -> bool:
    """Whether body and outline overlap at one of the moments; see `first_meeting`."""
    return first_meeting(outline, course, own, body) is not None


def strip(outline: FloatArray, velocity: FloatArray) -> FloatArray:
    """Corners (4, 2) of the strip that a convex outline (V, 2) covers going straight on [m]."""
    ahead = velocity / max(math.hypot(*velocity), _TINY)
    axes = np.array([ahead, [-ahead[1], ahead[0]]])
    along, across = (outline @ axes.T).T
    ends = along.min(), along.max() + math.hypot(*velocity) * TIMES[-1]
    sides = across.min(), across.max()
    lengthwise = [[ends[i], sides[j]] for i, j in ((1, 1), (0, 1), (0, 0), (1, 0))]
    return np.asarray(np.array(lengthwise) @ axes)


def within_reach(
    centres: FloatArray, radii: FloatArray, velocities: FloatArray, own: Course, body: Body
) -> npt.NDArray[np.bool_]:
    """Whether circles (N, 2), (N,) on straight courses ever touch the one around the body: (N,)."""
    places = centres[:, None, :] + velocities[:, None, :] * TIMES[:, None] - own.places
    away = np.hypot(places[..., 0], places[..., 1]).min(axis=1)
    longest = math.hypot(max(body.front, -body.rear), body.half_width)
    return np.asarray(away <= radii + longest)


def surely_meets(
    outline: FloatArray,
    place: FloatArray,
    velocity: FloatArray,
    turn_rate: float,
    path: Path,
    speed: float,
    body: Body,
) -> bool:
    """Whether a vehicle meets us on every course that it may take, or cannot get out of the way.

    outline: (V, 2) from its place [m]; turn_rate: as told [rad/s]; speed: our own [m/s]. It goes on
    as it turns, or follows a road that bends as we do or ahead of us; else as it turns or straight.
    It is met for sure if all say so; or if straight on does and no swerve to either side helps.
    """
    own, straight_on = own_course(path, speed), turning(place, velocity, 0.0)
    straight = abs(path.curvature) < BENDS or meet(outline, straight_on, own, body)
    rate = believed_turn(turn_rate, velocity)
    turned = meet(outline, turning(place, velocity, rate), own, body) if rate else straight
    roads = _roads(place, velocity, path, speed)
    sure = turned and (straight or len(roads) > 0)
    sure = sure and all(
        meet(outline, course, own_course(road, speed, ends), body) for course, road, ends in roads
    )
    if sure or not straight:
        return sure
    swerve = SWERVE / max(math.hypot(*velocity), _TINY)
    swerves = (turning(place, velocity, side * swerve) for side in (1.0, -1.0))
    return all(meet(outline, course, own, body) for course in swerves)


def _roads(
    place: FloatArray, velocity: FloatArray, path: Path, speed: float
) -> list[tuple[Course, Path, float]]:
    """Roads that both may be on: its course, ours, and until where that bends [m]."""
    bends = [(path, bend_left(velocity, path)), road_between(place, velocity, path, speed)]
    chosen = [bend for bend in bends if bend is not None and bend[1] > 0.0]
    courses = [along_the_road(place, velocity, bend) for bend, _ in chosen]
    return [
        (course, *bend) for course, bend in zip(courses, chosen, strict=True) if course is not None
    ]


def believed_turn(turn_rate: float, velocity: FloatArray) -> float:
    """The turn rate where it is more than an error and less than no car does, else 0 [rad/s]."""
    size = abs(turn_rate)
    is_turn = size >= TURNS_FROM and size * math.hypot(*velocity) <= HARDEST_TURN
    return turn_rate if is_turn else 0.0
