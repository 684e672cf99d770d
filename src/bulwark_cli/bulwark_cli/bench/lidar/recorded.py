# SPDX-License-Identifier: Apache-2.0
"""Recorded clouds: a bag's, in order and with its own motion, or single scans in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bulwark_cli.bench.lidar.frames import SCAN_NS, Drive, Float32Array, Frame
from bulwark_core.convert.clouds import Cloud, read_cloud
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.transforms import read_transforms
from bulwark_core.errors import BulwarkError
from bulwark_core.geometry import Matrix
from bulwark_core.objects import EgoMotion
from bulwark_core.transforms import TransformError, TransformTree
from bulwark_lidar.ego import EgoHistory
from bulwark_lidar.params import LidarParams

SHOWN = 10
"""How often a single scan is shown, as if the car stood: so long until tracks are settled."""
_SCAN_SUFFIXES = (".bin", ".npz")
_SCAN_ROW = 4  # x y z intensity


def recorded_drives(path: Path, most: int) -> list[Drive]:
    """At most so many clouds of a bag, or single scans of a folder.

    Raises BulwarkError where there is nothing, or a file is not what its name says.
    """
    if not path.exists():
        raise BulwarkError(f"--data {path}: there is no such file or folder")
    files = _scan_files(path)
    if files:
        return [_standing(read_scan(file)) for file in files[:most]]
    if path.is_dir() and not _looks_like_bag(path):
        raise BulwarkError(
            f"--data {path}: holds no bag and no scans; give a bag's folder, or one with .bin "
            "(float32 x y z intensity) or .npz (array 'xyzi') files"
        )
    return [_bag_drive(path, most)]


def read_scan(file: Path) -> Float32Array:
    """The points (N, 3) of a .bin or .npz file [m]. Raises BulwarkError."""
    try:
        xyzi = _read_npz(file) if file.suffix == ".npz" else _read_bin(file)
    except (OSError, ValueError) as error:
        raise BulwarkError(f"--data {file}: cannot be read ({error})") from error
    return _finite(xyzi[:, :3].astype(np.float32), file)


def _scan_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix in _SCAN_SUFFIXES else []
    return sorted(file for file in path.iterdir() if file.suffix in _SCAN_SUFFIXES)


def _looks_like_bag(folder: Path) -> bool:
    from bulwark_replay.bags import STORAGE_SUFFIXES

    return (folder / "metadata.yaml").is_file() or any(
        file.suffix in STORAGE_SUFFIXES for file in folder.iterdir()
    )


def _read_bin(file: Path) -> Float32Array:
    values = np.fromfile(file, np.float32)
    if len(values) % _SCAN_ROW:
        raise ValueError(f"{len(values)} floats are no rows of x y z intensity")
    return values.reshape(-1, _SCAN_ROW)


def _read_npz(file: Path) -> Float32Array:
    with np.load(file) as arrays:
        if "xyzi" not in arrays:
            raise ValueError(f"no array 'xyzi'; it has: {', '.join(arrays) or 'none'}")
        xyzi = np.asarray(arrays["xyzi"], np.float32)
    if xyzi.ndim != 2 or xyzi.shape[1] < 3:
        raise ValueError(f"'xyzi' is of shape {xyzi.shape}, not (N, 4)")
    return xyzi


def _finite(xyz: Float32Array, where: Path) -> Float32Array:
    """Without NaN and infinity, which not every library bears."""
    finite = np.ascontiguousarray(xyz[np.isfinite(xyz).all(axis=1)])
    if not len(finite):
        raise BulwarkError(f"--data {where}: a cloud without points")
    return finite


def _standing(xyz: Float32Array) -> Drive:
    """A scan, seen again and again by a car that stands."""
    stamps = [(k + 1) * SCAN_NS for k in range(SHOWN)]
    return tuple(Frame(ns, xyz, EgoMotion(ns, speed=0.0, yaw_rate=0.0)) for ns in stamps)


def _bag_drive(path: Path, most: int) -> Drive:
    from bulwark_replay.bags import open_bag
    from bulwark_replay.timeline import deliveries
    from bulwark_replay.topics import LIDAR, ODOMETRY, TF_STATIC, find_topics

    history, mounts = EgoHistory(), TransformTree()
    frames: list[Frame] = []
    with open_bag(path) as bag:
        for delivery in deliveries(bag, find_topics(bag.topics)):
            if delivery.target == TF_STATIC:
                for transform in read_transforms(delivery.message):
                    mounts.add(*transform)
            elif delivery.target == ODOMETRY:
                history.add(read_odometry(delivery.message))
            elif delivery.target == LIDAR:
                cloud = read_cloud(delivery.message)
                if not frames or cloud.stamp_ns > frames[-1].stamp_ns:
                    frames.append(_frame(cloud, history, mounts, path))
            if len(frames) == most:
                break
    return tuple(frames)


def _frame(cloud: Cloud, history: EgoHistory, mounts: TransformTree, path: Path) -> Frame:
    ego = history.at(cloud.stamp_ns)
    mount = _mount(mounts, cloud.frame_id)
    return Frame(cloud.stamp_ns, _finite(cloud.xyz, path), ego, mount)


def _mount(mounts: TransformTree, frame_id: str) -> Matrix | None:
    try:
        return mounts.lookup(LidarParams().base_frame, frame_id)
    except TransformError:
        return None
