# SPDX-License-Identifier: Apache-2.0
"""Rigid transforms as 4x4 matrices, and angles."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


def rigid(
    x: float = 0.0,
    y: float = 0.0,
    z: float = 0.0,
    roll: float = 0.0,
    pitch: float = 0.0,
    yaw: float = 0.0,
) -> Matrix:
    """The transform with this translation [m] and fixed-axis roll, pitch, yaw [rad] (REP-103)."""
    cr, sr = math.cos(roll), math.sin(roll)
    cp, sp = math.cos(pitch), math.sin(pitch)
    cy, sy = math.cos(yaw), math.sin(yaw)
    return np.array(
        [
            [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr, x],
            [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr, y],
            [-sp, cp * sr, cp * cr, z],
            [0.0, 0.0, 0.0, 1.0],
        ]
    )


def from_quaternion(
    x: float, y: float, z: float, qx: float, qy: float, qz: float, qw: float
) -> Matrix:
    """The transform with this translation [m] and (not necessarily normalised) quaternion.

    Raises ValueError where the quaternion is zero or not finite.
    """
    norm = math.sqrt(qx * qx + qy * qy + qz * qz + qw * qw)
    if not math.isfinite(norm) or norm < 1e-9:
        raise ValueError(f"quaternion ({qx}, {qy}, {qz}, {qw}) is no rotation")
    qx, qy, qz, qw = qx / norm, qy / norm, qz / norm, qw / norm
    return np.array(
        [
            [1 - 2 * (qy * qy + qz * qz), 2 * (qx * qy - qz * qw), 2 * (qx * qz + qy * qw), x],
            [2 * (qx * qy + qz * qw), 1 - 2 * (qx * qx + qz * qz), 2 * (qy * qz - qx * qw), y],
            [2 * (qx * qz - qy * qw), 2 * (qy * qz + qx * qw), 1 - 2 * (qx * qx + qy * qy), z],
            [0.0, 0.0, 0.0, 1.0],
        ]
    )


def to_quaternion(matrix: Matrix) -> tuple[float, float, float, float]:
    """The rotation of a rigid transform as (qx, qy, qz, qw) with qw >= 0.

    Shepperd's method: divides by the largest component, so it is exact near every rotation.
    """
    m = matrix
    trace = m[0, 0] + m[1, 1] + m[2, 2]
    squares = np.array([m[0, 0], m[1, 1], m[2, 2], trace])
    largest = int(np.argmax(squares))
    if largest == 3:
        q = np.array([m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], 1.0 + trace])
    else:
        i, j, k = largest, (largest + 1) % 3, (largest + 2) % 3
        q = np.empty(4)
        q[i] = 1.0 + 2.0 * m[i, i] - trace
        q[j] = m[j, i] + m[i, j]
        q[k] = m[k, i] + m[i, k]
        q[3] = m[k, j] - m[j, k]
    q = q / np.linalg.norm(q)
    qx, qy, qz, qw = (float(value) for value in (q if q[3] >= 0.0 else -q))
    return qx, qy, qz, qw


def yaw_of(qx: float, qy: float, qz: float, qw: float) -> float:
    """The yaw of a quaternion [rad]."""
    return math.atan2(2.0 * (qw * qz + qx * qy), 1.0 - 2.0 * (qy * qy + qz * qz))


def invert(matrix: Matrix) -> Matrix:
    """The inverse of a rigid transform."""
    inverse = np.eye(4)
    inverse[:3, :3] = matrix[:3, :3].T
    inverse[:3, 3] = -matrix[:3, :3].T @ matrix[:3, 3]
    return inverse


def transform_points(matrix: Matrix, xyz: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Points (N, 3) through a rigid transform, in the points' own precision."""
    rotation = matrix[:3, :3].astype(xyz.dtype)
    moved: npt.NDArray[np.floating] = xyz @ rotation.T
    moved += matrix[:3, 3].astype(xyz.dtype)
    return moved


def wrap_angle(angle: float) -> float:
    """The same angle in [-pi, pi)."""
    return (angle + math.pi) % (2.0 * math.pi) - math.pi
