# SPDX-License-Identifier: Apache-2.0
"""The motion of one thing: an interacting multiple model filter with evidence from its edges.

Two models run side by side (H. Blom, Y. Bar-Shalom, "The interacting multiple model algorithm",
IEEE TAC 33(8), 1988): the thing stands, or it moves on with nearly constant velocity and turn rate.
The data decide. Both live in odom, so the own motion is no part of them.

The measurement is not a centre but how far the edges moved. Along an axis, the lower edge moved by
d1 and the upper one by d2. If the thing moved as a whole both agree; if it only became more or less
visible, one of them stays. So the innovation is the value nearest to zero between d1 and d2, and
what is left over is growth, which changes the remembered shape and not the speed.

Nothing here knows a scan rate: noise is given per scan, so a recording that is played ten times as
fast gives ten times the speeds and the same decisions.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.kernels import kernel

X, Y, VX, VY, TURN, ANGLE = range(6)
"""The state of what moves: place [m], velocity [m/s], turn rate [rad/s], angle of axes [rad]."""
STATES = 6

_STAY = 0.97  # probability of standing on, or moving on, from one scan to the next
_STAND_CREEP = 0.008  # one standard deviation of what a standing thing seems to move per scan [m]
_RESTART_STEP = 0.10  # one standard deviation of a standing thing's first step [m]
_TURN_STEP = 0.03  # one standard deviation of how far moving things turn per scan [rad]
_TURN_STAYS = 0.97  # share of the turn rate that is left after a scan
_FIRST_ANGLE = 0.05  # one standard deviation of a box's angle [rad]
_GROWTH_GAIN = 0.4
_JUMP, _JUMP_SIGMAS = 0.3, 4.0  # an edge that moved farther than this is another edge [m]
_HIDDEN_NOISE = 0.3  # of edges that are no evidence for a motion [m]
_SURE = 0.95
_PERSISTENT = 3.0  # weight of being off the same way twice
_DOUBTED = 0.1  # P(moving) of what never proves anything
_ROUGHEST = 0.5**2
FIRST_ROUGHNESS = 0.05**2
FIRST_MOVING = 0.2
_MOST_EVIDENCE = 2.5  # of one scan, as a logarithm of odds


class Motions(NamedTuple):
    """Both models of T things, in odom.

    stand: (T, 2) place and its covariance (T, 2, 2). move: (T, STATES) and (T, STATES, STATES).
    """

    stand: FloatArray
    stand_cov: FloatArray
    move: FloatArray
    move_cov: FloatArray


@kernel
def start(m: Motions, t: int, noise: float, speed_sigma: float, turn_sigma: float) -> None:
    """Begin at rest at the place that is there: variances of thing t from noise [m] and priors."""
    m.stand_cov[t], m.move_cov[t] = 0.0, 0.0
    for k in range(2):
        m.stand_cov[t, k, k] = m.move_cov[t, k, k] = noise * noise
        m.move_cov[t, VX + k, VX + k] = speed_sigma * speed_sigma
    m.move_cov[t, TURN, TURN] = turn_sigma * turn_sigma
    m.move_cov[t, ANGLE, ANGLE] = _FIRST_ANGLE * _FIRST_ANGLE


def turn_sigma(scan: float) -> float:
    """One standard deviation of how fast moving things turn [rad/s]; scan: time of a scan [s]."""
    return _TURN_STEP / scan


@kernel
def predict(
    m: Motions, t: int, moving: float, dt: float, scan: float, acceleration: float
) -> float:
    """Mix the models of thing t and bring both to the next scan; returns the predicted P(moving).

    dt: time since the last scan [s]; scan: usual time between scans [s]; acceleration: one
    standard deviation of the change of velocity [m/s^2].
    """
    to_move = moving * _STAY + (1.0 - moving) * (1.0 - _STAY)
    to_stand = 1.0 - to_move
    stood = (1.0 - moving) * (1.0 - _STAY) / to_move
    moved = moving * (1.0 - _STAY) / to_stand
    _mix(m, t, stood, moved, scan)
    for k in range(2):
        m.stand_cov[t, k, k] += _STAND_CREEP**2 * dt / scan
    move, cov = m.move[t], m.move_cov[t]
    change = _advance(move, dt)
    cov[:] = _spread(change, cov)
    square = acceleration * acceleration
    for k in range(2):
        cov[k, k] += square * dt**4 / 4.0
        cov[k, VX + k] += square * dt**3 / 2.0
        cov[VX + k, k] += square * dt**3 / 2.0
        cov[VX + k, VX + k] += square * dt**2
    share = _TURN_STAYS ** (dt / scan)
    move[TURN] *= share
    cov[TURN, :] *= share
    cov[:, TURN] *= share
    cov[TURN, TURN] += (1.0 - share * share) * (_TURN_STEP / scan) ** 2
    return to_move


@kernel
def _mix(m: Motions, t: int, stood: float, moved: float, scan: float) -> None:
    """Mixed start of both models: `stood` of the moving one comes from standing, and so on."""
    stand, stand_cov, move, move_cov = m.stand[t], m.stand_cov[t], m.move[t], m.move_cov[t]
    gap = move.copy()
    gap[X], gap[Y], gap[ANGLE] = gap[X] - stand[0], gap[Y] - stand[1], 0.0
    move_share, keep = stood * (1.0 - stood), 1.0 - stood
    stand_share = moved * (1.0 - moved)
    old = stand_cov.copy()
    for i in range(2):
        for j in range(2):
            mixed = (1.0 - moved) * old[i, j] + moved * move_cov[i, j]
            stand_cov[i, j] = mixed + stand_share * gap[i] * gap[j]
        stand[i] += moved * gap[i]
    for i in range(STATES):
        for j in range(STATES):
            move_cov[i, j] = keep * move_cov[i, j] + move_share * gap[i] * gap[j]
        move[i] -= stood * gap[i]
    for i in range(2):
        for j in range(2):
            move_cov[i, j] += stood * old[i, j]
        move_cov[VX + i, VX + i] += stood * (_RESTART_STEP / scan) ** 2
    move_cov[TURN, TURN] += stood * (_TURN_STEP / scan) ** 2
    move_cov[ANGLE, ANGLE] += stood * _FIRST_ANGLE**2


@kernel
def _advance(move: FloatArray, dt: float) -> Any:
    """Bring a state `dt` further on its circle; returns the derivatives (STATES, STATES)."""
    half = move[TURN] * dt / 2.0
    cos, sin = math.cos(half), math.sin(half)
    chord = dt * (sin / half if abs(half) > 1e-9 else 1.0)
    change = np.eye(STATES)
    change[X, VX] = change[Y, VY] = chord * cos
    change[X, VY], change[Y, VX] = -chord * sin, chord * sin
    change[VX, VX] = change[VY, VY] = cos * cos - sin * sin
    change[VX, VY], change[VY, VX] = -2.0 * sin * cos, 2.0 * sin * cos
    vx, vy = move[VX], move[VY]
    move[X] += chord * (cos * vx - sin * vy)
    move[Y] += chord * (sin * vx + cos * vy)
    move[VX], move[VY] = (
        change[VX, VX] * vx + change[VX, VY] * vy,
        change[VY, VX] * vx + change[VY, VY] * vy,
    )
    change[X, TURN] = -dt * dt / 2.0 * (sin * vx + cos * vy)
    change[Y, TURN] = dt * dt / 2.0 * (cos * vx - sin * vy)
    change[VX, TURN], change[VY, TURN] = -dt * move[VY], dt * move[VX]
    move[ANGLE] += dt * move[TURN]
    change[ANGLE, TURN] = dt
    return change


@kernel
def _spread(change: FloatArray, cov: FloatArray) -> Any:
    """The covariance after a step with these derivatives."""
    half = np.zeros((STATES, STATES))
    for i in range(STATES):
        for k in range(STATES):
            if change[i, k] != 0.0:
                for j in range(STATES):
                    half[i, j] += change[i, k] * cov[k, j]
    whole = np.zeros((STATES, STATES))
    for j in range(STATES):
        for k in range(STATES):
            if change[j, k] != 0.0:
                for i in range(STATES):
                    whole[i, j] += half[i, k] * change[j, k]
    return whole


@kernel
def correct(
    m: Motions,
    t: int,
    angle: float,
    moving: float,
    shape: FloatArray,
    edges: FloatArray,
    sigmas: FloatArray,
    surprises: FloatArray,
    roughness: float,
    gain: float,
    trust: float,
) -> Any:
    """Correct both models with measured edges; returns P(moving), roughness and restlessness.

    angle: of the thing's axes. shape: (2, 2) lower and upper edge on each axis against the thing's
    place, changed in place. edges: (2, 2) the measured ones, against the place that `lead` tells.
    sigmas: (2, 2) their standard deviations, inf for no evidence. surprises: (2,) how far the edges
    last were from where they were expected on each axis [m], changed in place. The restlessness is
    how far a moving thing was from where it was expected, against how far it might have been, as
    the mean square over the axes that prove anything; NaN where none does.
    roughness: variance by which this thing's edges jump from scan to scan besides [m^2]: small
    for a car, large for a bush; it is learned with `gain`. trust: 0 to 1, how much of the evidence
    for a motion counts.
    """
    evidence, surprise, restless, axes = 0.0, 0.0, 0.0, 0
    at_x, at_y = lead(m, t, moving)
    for axis in range(2):
        along = angle + axis * math.pi / 2
        e = (math.cos(along), math.sin(along))
        known, sigma = shape[axis], sigmas[axis]
        stands = (m.stand[t, 0] - at_x) * e[0] + (m.stand[t, 1] - at_y) * e[1]
        moves = (m.move[t, X] - at_x) * e[0] + (m.move[t, Y] - at_y) * e[1]
        stand_var, move_var = variance_along(m.stand_cov[t], e), variance_along(m.move_cov[t], e)
        shift = moved_by(edges[axis], known, 0.0, sigma)
        stand = moved_by(edges[axis], known, stands, sigma)
        move = moved_by(edges[axis], known, moves, sigma)
        jump = _JUMP + _JUMP_SIGMAS * math.sqrt(max(move_var, stand_var))
        is_jump = min(abs(stand), abs(move)) > jump
        if is_jump or (math.isinf(sigma[0]) and math.isinf(sigma[1])):
            noise = _HIDDEN_NOISE**2 + roughness
            evidence += min(_odds(stand, stand_var, move, move_var, noise), 0.0)
            _grow(known, edges[axis], 0.0, 1.0)
            continue
        noise = _noise(sigma) + roughness
        _grow(known, edges[axis], shift, _GROWTH_GAIN)
        evidence += _odds(stand, stand_var, move, move_var, noise)
        new = move if moving > 0.5 else stand
        # What either model explains is rest or motion; what neither does is roughness, unless a
        # thing that surely moves goes on that way: then it changes its speed.
        if moving < _SURE or new * surprises[axis] < 0.0:
            surprise += max(min(move**2 - move_var, stand**2 - stand_var), 0.0)
        goes_on = _PERSISTENT if new * surprises[axis] > 0.0 else 1.0
        surprises[axis] = new
        restless += goes_on * move**2 / (move_var + noise)
        axes += 1
        _pull(m.stand[t], m.stand_cov[t], e, stand, stand_var + noise)
        _pull(m.move[t], m.move_cov[t], e, move, move_var + noise)
    if axes > 0:
        roughness += gain * (min(surprise / axes, _ROUGHEST) - roughness)
    evidence = min(max(evidence, -_MOST_EVIDENCE), _MOST_EVIDENCE)
    after = _posterior(moving, evidence * trust if evidence > 0.0 else evidence)
    if axes == 0:  # then it is a doubt, and no reason to be sure of the contrary
        after = max(after, min(moving, _DOUBTED))
    return after, roughness, restless / axes if axes > 0 else np.nan


@kernel
def lead(m: Motions, t: int, moving: float) -> Any:
    """The place of thing t by the model that is more likely."""
    if moving > 0.5:
        return m.move[t, X], m.move[t, Y]
    return m.stand[t, 0], m.stand[t, 1]


@kernel
def variance_along(cov: FloatArray, e: Any) -> float:
    """Variance of a place in a direction (unit vector)."""
    return float(e[0] * e[0] * cov[0, 0] + 2.0 * e[0] * e[1] * cov[0, 1] + e[1] * e[1] * cov[1, 1])


@kernel
def _noise(sigma: FloatArray) -> float:
    return float(min(sigma[0], sigma[1])) ** 2


@kernel
def moved_by(edges: FloatArray, shape: FloatArray, position: float, sigma: FloatArray) -> float:
    """How far a thing surely moved from `position`: nearest to zero between its edges' ways [m]."""
    lower, upper = edges[0] - shape[0] - position, edges[1] - shape[1] - position
    if math.isinf(sigma[0]) != math.isinf(sigma[1]):
        return float(upper) if math.isinf(sigma[0]) else float(lower)
    least, most = min(lower, upper), max(lower, upper)
    return float(min(max(0.0, least), most))


@kernel
def _grow(shape: FloatArray, edges: FloatArray, shift: float, gain: float) -> None:
    """Let the remembered shape follow what the shift of the whole does not explain."""
    for side in range(2):
        shape[side] += gain * (edges[side] - shift - shape[side])


@kernel
def _pull(state: FloatArray, cov: FloatArray, e: Any, innovation: float, total: float) -> None:
    """Kalman's correction by one innovation along e, whose variance is `total`."""
    n = len(state)
    gains = np.empty(n)
    for i in range(n):
        gains[i] = cov[i, 0] * e[0] + cov[i, 1] * e[1]
    for i in range(n):
        state[i] += gains[i] / total * innovation
        for j in range(n):
            cov[i, j] -= gains[i] * gains[j] / total


@kernel
def see_angle(m: Motions, t: int, turn: float, sigma: float) -> None:
    """Correct the axes of thing t, and how fast it turns, by how far its box is off them [rad]."""
    state, cov = m.move[t], m.move_cov[t]
    gains = cov[ANGLE].copy()
    total = cov[ANGLE, ANGLE] + sigma * sigma
    for i in range(STATES):
        state[i] += gains[i] / total * turn
        for j in range(STATES):
            cov[i, j] -= gains[i] * gains[j] / total


@kernel
def forget_turn(m: Motions, t: int, angle: float) -> None:
    """Let the axes of a thing that may stand be where they are, whatever it was."""
    cov = m.move_cov[t]
    cov[ANGLE, :], cov[:, ANGLE] = 0.0, 0.0
    m.move[t, ANGLE], cov[ANGLE, ANGLE] = angle, _FIRST_ANGLE * _FIRST_ANGLE


@kernel
def _odds(stand: float, stand_var: float, move: float, move_var: float, noise: float) -> float:
    """What two innovations say for a motion, as a logarithm of odds."""
    moves = _log_likelihood(move, move_var + noise)
    return float(moves - _log_likelihood(stand, stand_var + noise))


@kernel
def _log_likelihood(innovation: float, variance: float) -> float:
    return -0.5 * (innovation * innovation / variance + math.log(variance))


@kernel
def _posterior(moving: float, evidence: float) -> float:
    """P(moving) after evidence, a logarithm of odds; never quite certain."""
    odds = math.log(moving / (1.0 - moving)) + evidence
    return min(max(1.0 / (1.0 + math.exp(-odds)), 0.001), 0.999)


@kernel
def velocity_at(m: Motions, t: int, moving: float, x: float, y: float) -> Any:
    """Expected velocity [m/s] of the point (x, y) of thing t, and its variance the way it goes.

    The points of what turns have their own velocities. Across its way, along which hardly anything
    may be seen of it, a thing is uncertain only as far as it goes there.
    """
    move, cov = m.move[t], m.move_cov[t]
    arm_x, arm_y = x - move[X], y - move[Y]
    vx, vy = move[VX] - move[TURN] * arm_y, move[VY] + move[TURN] * arm_x
    speed = math.hypot(vx, vy)
    e = (vx / speed, vy / speed) if speed > 0.0 else (1.0, 0.0)
    e_turn = e[1] * arm_x - e[0] * arm_y
    variance = e[0] * e[0] * cov[VX, VX] + 2.0 * e[0] * e[1] * cov[VX, VY]
    variance += e[1] * e[1] * cov[VY, VY] + e_turn * e_turn * cov[TURN, TURN]
    variance += 2.0 * e_turn * (e[0] * cov[VX, TURN] + e[1] * cov[VY, TURN])
    if speed == 0.0:
        variance = max(cov[VX, VX], cov[VY, VY])
    return moving * vx, moving * vy, moving * (variance + (1.0 - moving) * speed * speed)
