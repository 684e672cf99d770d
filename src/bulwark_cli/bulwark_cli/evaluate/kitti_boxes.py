# SPDX-License-Identifier: Apache-2.0
"""Boxes of the KITTI object benchmark as labels of points (Geiger et al., CVPR 2012, devkit)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def points_in_boxes(
    xyz: npt.NDArray[np.float32], label_file: Path, calibration_file: Path
) -> tuple[npt.NDArray[np.int32], list[str]]:
    """The box that each point (N, 3) of the lidar's frame is in, -1 for none, and the boxes' types.

    Regions that the labels leave open (DontCare) are no boxes. Raises OSError, ValueError or
    KeyError where a file is not what the benchmark's devkit describes.
    """
    to_camera = _lidar_to_camera(calibration_file)
    in_camera = xyz @ to_camera[:3, :3].T + to_camera[:3, 3]
    inside = np.full(len(xyz), -1, np.int32)
    names: list[str] = []
    for line in label_file.read_text().splitlines():
        name, *figures = line.split()
        if name == "DontCare":
            continue
        height, width, length, x, y, z, turn = (float(figure) for figure in figures[7:14])
        local = in_camera - np.array([x, y, z])  # the box stands on (x, y, z); y points down
        along = local[:, 0] * np.cos(turn) - local[:, 2] * np.sin(turn)
        across = local[:, 0] * np.sin(turn) + local[:, 2] * np.cos(turn)
        is_in = (np.abs(along) < length / 2) & (np.abs(across) < width / 2)
        is_in &= (local[:, 1] < 0.0) & (local[:, 1] > -height)
        inside[is_in] = len(names)
        names.append(name)
    return inside, names


def _lidar_to_camera(file: Path) -> FloatArray:
    """The 4x4 from the lidar's frame to the rectified camera's."""
    rows = {}
    for line in file.read_text().splitlines():
        name, _, figures = line.partition(":")
        rows[name.strip()] = np.array([float(figure) for figure in figures.split()])
    rectify, transform = np.eye(4), np.eye(4)
    rectify[:3, :3] = rows["R0_rect"].reshape(3, 3)
    transform[:3] = rows["Tr_velo_to_cam"].reshape(3, 4)
    return np.asarray(rectify @ transform)
