# SPDX-License-Identifier: Apache-2.0
"""PCL's EuclideanClusterExtraction behind a VoxelGrid; compiled on demand where PCL is."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from bulwark_cli.bench.lidar.baselines.base import (
    FEWEST,
    LINK,
    VOXEL,
    Answer,
    Baseline,
    BaselineMissingError,
    Given,
    Run,
)

_SOURCE = Path(__file__).with_suffix(".cpp")
_NEEDED = "not installed: sudo apt-get install --no-install-recommends g++ pkg-config libpcl-dev"
_LIBRARIES = ("pcl_filters", "pcl_search", "pcl_segmentation")
_OPTIONS = ("-std=c++17", "-O3", "-DNDEBUG", "-fPIC", "-shared", "-w")
_COMPILE_S = 300.0


def start() -> Run:
    """Compile it, or take what was compiled before, and load it."""
    try:
        function = _load(_library())
    except (OSError, subprocess.SubprocessError) as error:
        raise BaselineMissingError(f"cannot be compiled or loaded ({error})") from error

    def run(given: Given) -> Answer:
        points = np.ascontiguousarray(given.obstacles, np.float32)
        kept, labels = np.empty_like(points), np.empty(len(points), np.int32)
        count = function(points, len(points), VOXEL, LINK, FEWEST, kept, labels)
        return Answer(kept[:count], labels[:count])

    return run


def _library() -> Path:
    """The compiled library in the workspace's build folder; its name tells source and options."""
    if shutil.which("g++") is None or shutil.which("pkg-config") is None:
        raise BaselineMissingError(_NEEDED)
    flags = _flags()
    key = hashlib.sha256(_SOURCE.read_bytes() + " ".join((*_OPTIONS, *flags)).encode())
    folder = Path(os.environ.get("BULWARK_ROOT", ".")) / "build" / "bench"
    library = folder / f"pcl_euclidean_{key.hexdigest()[:12]}.so"
    if not library.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        _compile(library, flags)
    return library


def _flags() -> tuple[str, ...]:
    answer = _call("pkg-config", "--cflags", "--libs", *_packages())
    if answer.returncode:
        raise BaselineMissingError(_NEEDED)
    return tuple(answer.stdout.split())


def _packages() -> list[str]:
    """The names that pkg-config knows them by: older PCL has its version in them."""
    known = [line.split()[0] for line in _call("pkg-config", "--list-all").stdout.splitlines()]
    names = []
    for library in _LIBRARIES:
        versioned = [name for name in known if name.startswith(f"{library}-")]
        names.append(library if library in known or not versioned else versioned[0])
    return names


def _compile(library: Path, flags: tuple[str, ...]) -> None:
    unfinished = library.with_suffix(f".{os.getpid()}")
    answer = _call("g++", *_OPTIONS, str(_SOURCE), "-o", str(unfinished), *flags)
    if answer.returncode:
        why = next((line for line in answer.stderr.splitlines() if "error" in line), "no reason")
        raise BaselineMissingError(f"g++ cannot compile it: {why.strip()}")
    unfinished.replace(library)


def _call(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=_COMPILE_S, check=False)


def _load(library: Path) -> Any:
    function = ctypes.CDLL(str(library)).euclidean_clusters
    floats = np.ctypeslib.ndpointer(np.float32, ndim=2, flags="C_CONTIGUOUS")
    numbers = np.ctypeslib.ndpointer(np.int32, ndim=1, flags="C_CONTIGUOUS")
    one, real = ctypes.c_int32, ctypes.c_float
    function.argtypes = [floats, one, real, real, one, floats, numbers]
    function.restype = ctypes.c_int32
    return function


PCL = Baseline(
    "pcl_euclidean",
    "PCL Euclidean clusters",
    f"clustering alone, on our obstacle points: voxels {VOXEL} m, tolerance {LINK} m, "
    f"{FEWEST} points",
    clusters=True,
    every=5,
    start=start,
)
