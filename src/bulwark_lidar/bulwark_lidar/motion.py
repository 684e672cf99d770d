# SPDX-License-Identifier: Apache-2.0
"""The motion of one thing: an interacting multiple model filter with evidence from its edges.

Two models run side by side (H. Blom, Y. Bar-Shalom, "The interacting multiple model algorithm",
IEEE TAC 33(8), 1988): the thing stands, or it moves with nearly constant velocity. The data decide.
Each works on two axes that are fixed to odom, so an axis is a filter of one or two scalars.

The measurement is not a centre but how far the edges moved. Along an axis, the lower edge moved by
d1 and the upper one by d2. If the thing moved as a whole both agree; if it only became more or less
visible, one of them stays. So the innovation is the value nearest to zero between d1 and d2, and
what is left over is growth, which changes the remembered shape and not the speed.

Nothing here knows a scan rate: noise is given per scan, so a recording that is played ten times as
fast gives ten times the speeds and the same decisions.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from bulwark_lidar.cloud import FloatArray
from bulwark_lidar.kernels import kernel

# State of one thing, per axis:
STAND_POS, STAND_VAR, MOVE_POS, MOVE_VEL, VAR_POS, COV, VAR_VEL = range(7)
STATES = 7

_STAY = 0.97  # probability of standing on, or moving on, from one scan to the next
_STAND_CREEP = 0.008  # one standard deviation of what a standing thing seems to move per scan [m]
_RESTART_STEP = 0.10  # one standard deviation of a standing thing's first step [m]
_GROWTH_GAIN = 0.4
_JUMP, _JUMP_SIGMAS = 0.3, 4.0  # an edge that moved farther than this is another edge [m]
_HIDDEN_NOISE = 0.3  # of edges that are no evidence for a motion [m]
_ROUGHEST = 0.5**2
FIRST_ROUGHNESS = 0.05**2
FIRST_MOVING = 0.2
_MOST_EVIDENCE = 2.5  # of one scan, as a logarithm of odds


@kernel
def start(state: FloatArray, noise: float, speed_sigma: float) -> None:
    """Begin at the origin of the thing's axes: state (2, STATES)."""
    for axis in range(2):
        state[axis, :] = 0.0
        state[axis, STAND_VAR] = state[axis, VAR_POS] = noise * noise
        state[axis, VAR_VEL] = speed_sigma * speed_sigma


@kernel
def predict(state: FloatArray, moving: float, dt: float, scan: float, acceleration: float) -> float:
    """Mix the models and bring both to the next scan; returns the predicted P(moving).

    dt: time since the last scan [s]; scan: usual time between scans [s]; acceleration: one
    standard deviation of the change of velocity [m/s^2].
    """
    to_move = moving * _STAY + (1.0 - moving) * (1.0 - _STAY)
    to_stand = 1.0 - to_move
    stood = (1.0 - moving) * (1.0 - _STAY) / to_move
    moved = moving * (1.0 - _STAY) / to_stand
    restart = (_RESTART_STEP / scan) ** 2
    for axis in range(2):
        _mix(state[axis], stood, moved, restart)
        s = state[axis]
        s[STAND_VAR] += _STAND_CREEP**2 * dt / scan
        s[MOVE_POS] += s[MOVE_VEL] * dt
        s[VAR_POS] += 2.0 * dt * s[COV] + dt * dt * s[VAR_VEL] + acceleration**2 * dt**4 / 4.0
        s[COV] += dt * s[VAR_VEL] + acceleration**2 * dt**3 / 2.0
        s[VAR_VEL] += acceleration**2 * dt**2
    return to_move


@kernel
def _mix(s: FloatArray, stood: float, moved: float, restart: float) -> None:
    """Mixed start of both models: `stood` of the moving one comes from standing, and so on."""
    gap = s[MOVE_POS] - s[STAND_POS]
    stand_var = s[STAND_VAR]
    s[STAND_POS] += moved * gap
    s[STAND_VAR] = (1 - moved) * (stand_var + (moved * gap) ** 2) + moved * (
        s[VAR_POS] + ((1 - moved) * gap) ** 2
    )
    velocity = s[MOVE_VEL]
    s[MOVE_POS] -= stood * gap
    s[MOVE_VEL] *= 1 - stood
    s[VAR_POS] = (1 - stood) * (s[VAR_POS] + (stood * gap) ** 2) + stood * (
        stand_var + ((1 - stood) * gap) ** 2
    )
    s[VAR_VEL] = (1 - stood) * s[VAR_VEL] + stood * restart + stood * (1 - stood) * velocity**2
    s[COV] = (1 - stood) * s[COV] + stood * (1 - stood) * gap * velocity


@kernel
def correct(
    state: FloatArray,
    moving: float,
    shape: FloatArray,
    edges: FloatArray,
    sigmas: FloatArray,
    roughness: float,
    gain: float,
    trust: float,
) -> Any:
    """Correct both models with measured edges; returns P(moving) and the new roughness.

    shape: (2, 2) lower and upper edge of each axis against the thing's position, changed in place.
    edges: (2, 2) the measured ones. sigmas: (2, 2) their standard deviations, inf for no evidence.
    roughness: variance by which this thing's edges jump from scan to scan besides [m^2]: small
    for a car, large for a bush; it is learned with `gain`. trust: 0 to 1, how much of the evidence
    for a motion counts.
    """
    evidence, surprise, axes = 0.0, 0.0, 0
    lead = MOVE_POS if moving > 0.5 else STAND_POS
    for axis in range(2):
        s, known, sigma = state[axis], shape[axis], sigmas[axis]
        shift = moved_by(edges[axis], known, s[lead], sigma)
        stand = moved_by(edges[axis], known, s[STAND_POS], sigma)
        move = moved_by(edges[axis], known, s[MOVE_POS], sigma)
        jump = _JUMP + _JUMP_SIGMAS * math.sqrt(max(s[VAR_POS], s[STAND_VAR]))
        is_jump = min(abs(stand), abs(move)) > jump
        if is_jump or (math.isinf(sigma[0]) and math.isinf(sigma[1])):
            evidence += _doubt(s, stand, move, roughness)
            _grow(known, edges[axis], s[lead], 0.0, 1.0)
            continue
        noise = _noise(sigma) + roughness
        _grow(known, edges[axis], s[lead], shift, _GROWTH_GAIN)
        evidence += _log_likelihood(move, s[VAR_POS] + noise)
        evidence -= _log_likelihood(stand, s[STAND_VAR] + noise)
        # What either model explains is rest or motion; only what neither does is roughness.
        surprise += max(min(move**2 - s[VAR_POS], stand**2 - s[STAND_VAR]), 0.0)
        axes += 1
        _correct_axis(s, stand, move, noise)
    if axes > 0:
        roughness += gain * (min(surprise / axes, _ROUGHEST) - roughness)
    evidence = min(max(evidence, -_MOST_EVIDENCE), _MOST_EVIDENCE)
    return _posterior(moving, evidence * trust if evidence > 0.0 else evidence), roughness


@kernel
def _noise(sigma: FloatArray) -> float:
    return float(min(sigma[0], sigma[1])) ** 2


@kernel
def _doubt(s: FloatArray, stand: float, move: float, roughness: float) -> float:
    """What edges that prove nothing still say against a motion: zero or less."""
    noise = _HIDDEN_NOISE**2 + roughness
    moves = _log_likelihood(move, s[VAR_POS] + noise)
    return min(moves - _log_likelihood(stand, s[STAND_VAR] + noise), 0.0)


@kernel
def moved_by(edges: FloatArray, shape: FloatArray, position: float, sigma: FloatArray) -> float:
    """How far a thing surely moved from `position`: nearest to zero between its edges' ways [m]."""
    lower, upper = edges[0] - shape[0] - position, edges[1] - shape[1] - position
    if math.isinf(sigma[0]) != math.isinf(sigma[1]):
        return float(upper) if math.isinf(sigma[0]) else float(lower)
    least, most = min(lower, upper), max(lower, upper)
    return float(min(max(0.0, least), most))


@kernel
def _grow(shape: FloatArray, edges: FloatArray, position: float, shift: float, gain: float) -> None:
    """Let the remembered shape follow what the shift of the whole does not explain."""
    for side in range(2):
        shape[side] += gain * (edges[side] - position - shift - shape[side])


@kernel
def _correct_axis(s: FloatArray, stand: float, move: float, noise: float) -> None:
    gain = s[STAND_VAR] / (s[STAND_VAR] + noise)
    s[STAND_POS] += gain * stand
    s[STAND_VAR] *= 1.0 - gain
    total = s[VAR_POS] + noise
    gain_pos, gain_vel = s[VAR_POS] / total, s[COV] / total
    s[MOVE_POS] += gain_pos * move
    s[MOVE_VEL] += gain_vel * move
    s[VAR_VEL] -= gain_vel * s[COV]
    s[VAR_POS] *= 1.0 - gain_pos
    s[COV] *= 1.0 - gain_pos


@kernel
def _log_likelihood(innovation: float, variance: float) -> float:
    return -0.5 * (innovation * innovation / variance + math.log(variance))


@kernel
def _posterior(moving: float, evidence: float) -> float:
    """P(moving) after evidence, a logarithm of odds; never quite certain."""
    odds = math.log(moving / (1.0 - moving)) + evidence
    return min(max(1.0 / (1.0 + math.exp(-odds)), 0.001), 0.999)


@kernel
def turn_axes(state: FloatArray, angle: float) -> None:
    """Express a state (2, STATES) in axes that are turned by `angle` [rad]; variances are swapped
    in proportion to the squared direction cosines.
    """
    cos, sin = math.cos(angle), math.sin(angle)
    for k in (STAND_POS, MOVE_POS, MOVE_VEL):
        u, w = state[0, k], state[1, k]
        state[0, k], state[1, k] = u * cos + w * sin, w * cos - u * sin
    for k in (STAND_VAR, VAR_POS, COV, VAR_VEL):
        u, w = state[0, k], state[1, k]
        state[0, k] = u * cos * cos + w * sin * sin
        state[1, k] = w * cos * cos + u * sin * sin


@kernel
def velocity(state: FloatArray, moving: float) -> Any:
    """Expected velocity along both axes and its variance: (2,), (2,)."""
    value, variance = np.empty(2), np.empty(2)
    for axis in range(2):
        v = state[axis, MOVE_VEL]
        value[axis] = moving * v
        variance[axis] = moving * (state[axis, VAR_VEL] + (1.0 - moving) * v * v)
    return value, variance
