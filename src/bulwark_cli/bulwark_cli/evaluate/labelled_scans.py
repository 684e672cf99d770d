# SPDX-License-Identifier: Apache-2.0
"""Labelled lidar scans of three public layouts, read into one.

- `NAME.bin` (float32 x y z intensity) with `NAME.int16`: a SemanticKITTI train id per point;
- `NAME.npz` with `xyzi` (N, 4) and `label` (N,): train ids as above where the path says so, else
  the ten classes shared by nuScenes and ika;
- a KITTI object folder: `velodyne/NAME.bin`, `label_2/NAME.txt` (boxes), `calib/NAME.txt`.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bulwark_cli.evaluate.kitti_boxes import points_in_boxes
from bulwark_core.errors import BulwarkError

Float32Array = npt.NDArray[np.float32]
Int8Array = npt.NDArray[np.int8]
Int32Array = npt.NDArray[np.int32]


class Kind(IntEnum):
    """What a label means here; UNKNOWN points are left out of every figure."""

    UNKNOWN = -1
    GROUND = 0
    VEGETATION = 1
    CAR = 2
    PERSON = 3
    TWO_WHEELER = 4
    TRUCK = 5
    POLE = 6
    TRUNK = 7
    BUILDING = 8
    FENCE = 9
    BARRIER = 10
    OTHER = 11


_SEMANTIC_KITTI = {
    1: Kind.CAR, 2: Kind.TWO_WHEELER, 3: Kind.TWO_WHEELER, 4: Kind.TRUCK, 5: Kind.TRUCK,
    6: Kind.PERSON, 7: Kind.TWO_WHEELER, 8: Kind.TWO_WHEELER, 9: Kind.GROUND, 10: Kind.GROUND,
    11: Kind.GROUND, 12: Kind.GROUND, 13: Kind.BUILDING, 14: Kind.FENCE, 15: Kind.VEGETATION,
    16: Kind.TRUNK, 17: Kind.GROUND, 18: Kind.POLE, 19: Kind.OTHER,
}  # fmt: skip
_TEN_CLASSES = {
    0: Kind.GROUND, 1: Kind.GROUND, 2: Kind.BUILDING, 3: Kind.POLE, 4: Kind.VEGETATION,
    5: Kind.PERSON, 6: Kind.TWO_WHEELER, 7: Kind.CAR, 8: Kind.TRUCK, 9: Kind.TRUCK,
}  # fmt: skip
_NUSCENES = {**_TEN_CLASSES, 3: Kind.BARRIER}  # barriers and traffic cones there, no poles


@dataclass(frozen=True)
class LabelledScan:
    """One scan in the lidar's frame.

    xyz: (N, 3) [m]; intensity: (N,); kinds: (N,) of `Kind`. instances: (N,) number of the thing
    that a point belongs to, -1 for none; None where the labels have no instances. has_terrain: the
    labels tell grass from bushes, so that ground can be scored. has_shapes: a building is a
    building; in nuScenes that label holds all that people made, poles and signs too.
    """

    folder: str
    name: str
    xyz: Float32Array
    intensity: Float32Array
    kinds: Int8Array
    instances: Int32Array | None
    has_terrain: bool
    has_shapes: bool = True


_UNREADABLE = (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile, zlib.error)


def find_scans(root: Path) -> list[Path]:
    """The scan files below a folder, in order.

    Raises BulwarkError where the folder is missing or holds none.
    """
    if not root.is_dir():
        raise BulwarkError(f"{root}: no such folder; give one that holds labelled scans")
    files = [path for path in sorted(root.rglob("*")) if _has_labels(path)]
    if not files:
        raise BulwarkError(
            f"{root}: no labelled scan below it: neither NAME.bin with NAME.int16, nor NAME.npz, "
            "nor velodyne/NAME.bin with label_2/NAME.txt and calib/NAME.txt"
        )
    return files


def read_scans(files: list[Path]) -> Iterator[LabelledScan]:
    """Read them one by one; raises BulwarkError that names the file and what is wrong with it."""
    for path in files:
        try:
            scan = _measured(_read(path))
        except _UNREADABLE as error:
            raise BulwarkError(f"{path}: not a labelled scan: {error}") from error
        yield scan


def _has_labels(path: Path) -> bool:
    if path.suffix == ".npz":
        return True
    return path.suffix == ".bin" and (path.with_suffix(".int16").is_file() or _is_kitti(path))


def _is_kitti(path: Path) -> bool:
    labels = path.parent.parent / "label_2" / f"{path.stem}.txt"
    return path.parent.name == "velodyne" and labels.is_file()


def _read(path: Path) -> LabelledScan:
    if path.suffix == ".npz":
        return _read_npz(path)
    if _is_kitti(path):
        return _read_kitti_object(path)
    xyzi = np.fromfile(path, np.float32).reshape(-1, 4)
    labels = np.fromfile(path.with_suffix(".int16"), np.int16)
    return _labelled(path, xyzi, labels, _SEMANTIC_KITTI, has_terrain=True)


def _measured(scan: LabelledScan) -> LabelledScan:
    """The scan without the rays that met nothing, which some sensors give as NaN or infinite."""
    is_point = np.isfinite(scan.xyz).all(axis=1)
    if not is_point.any():
        raise ValueError("it has no points")
    instances = None if scan.instances is None else scan.instances[is_point]
    return replace(
        scan,
        xyz=scan.xyz[is_point],
        intensity=scan.intensity[is_point],
        kinds=scan.kinds[is_point],
        instances=instances,
    )


def _read_npz(path: Path) -> LabelledScan:
    with np.load(path) as arrays:
        xyzi, labels = arrays["xyzi"], arrays["label"]
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError("`label` is no row of whole numbers")
    names = "/".join(path.parts[-3:]).lower()
    if "semantickitti" in names or (len(labels) and labels.max() > 10):
        return _labelled(path, xyzi, labels, _SEMANTIC_KITTI, has_terrain=True)
    table = _NUSCENES if "nuscenes" in names else _TEN_CLASSES
    return _labelled(path, xyzi, labels, table, has_terrain=False)


def _labelled(
    path: Path,
    xyzi: npt.NDArray[np.floating],
    labels: npt.NDArray[np.integer],
    table: Mapping[int, Kind],
    *,
    has_terrain: bool,
) -> LabelledScan:
    if len(labels) != len(xyzi):
        raise ValueError(f"{len(xyzi)} points but {len(labels)} labels")
    kinds = np.full(len(labels), Kind.UNKNOWN, np.int8)
    for label, kind in table.items():
        kinds[labels == label] = kind
    points = np.ascontiguousarray(xyzi, np.float32)
    return LabelledScan(
        path.parent.name,
        path.stem,
        points[:, :3],
        points[:, 3],
        kinds,
        None,
        has_terrain,
        has_shapes=table is not _NUSCENES,
    )


def _read_kitti_object(path: Path) -> LabelledScan:
    root = path.parent.parent
    xyzi = np.fromfile(path, np.float32).reshape(-1, 4)
    instances, names = points_in_boxes(
        xyzi[:, :3], root / "label_2" / f"{path.stem}.txt", root / "calib" / f"{path.stem}.txt"
    )
    kinds = np.full(len(xyzi), Kind.UNKNOWN, np.int8)
    for number, name in enumerate(names):
        kinds[instances == number] = _KITTI_OBJECT.get(name, Kind.OTHER)
    return LabelledScan(root.name, path.stem, xyzi[:, :3], xyzi[:, 3], kinds, instances, False)


_KITTI_OBJECT = {
    "Car": Kind.CAR, "Van": Kind.CAR, "Truck": Kind.TRUCK, "Tram": Kind.TRUCK,
    "Pedestrian": Kind.PERSON, "Person_sitting": Kind.PERSON, "Cyclist": Kind.TWO_WHEELER,
}  # fmt: skip
