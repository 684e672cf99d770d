# SPDX-License-Identifier: Apache-2.0
"""What the results of a run depend on beside its files: the code as it is now, changes and all."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from bulwark_replay.commit import source_commit

_PACKAGES = ("msgs", "core", "aeb", "camera", "lidar", "obstacles", "planner", "replay", "world")
_LIBRARIES = ("numpy", "numba", "scipy", "open3d-cpu", "opencv-python-headless", "onnxruntime")


@lru_cache(maxsize=1)
def source_state() -> str:
    """SHA-256 of commit, source files, Python and libraries, as they were at the first call."""
    digest = hashlib.sha256(f"{source_commit()} {sys.version} {_libraries()}".encode())
    for package in _PACKAGES:
        for name, file in _files(f"bulwark_{package}"):
            digest.update(f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _files(package: str) -> Iterator[tuple[str, Path]]:
    """The package's code and data, in an order that does not depend on the machine."""
    spec = importlib.util.find_spec(package)
    for folder in map(Path, spec.submodule_search_locations or [] if spec else []):
        files = (path for path in folder.rglob("*") if path.suffix in {".py", ".yaml", ".json"})
        for file in sorted(files):
            yield f"{package}/{file.relative_to(folder).as_posix()}", file


def _libraries() -> str:
    return " ".join(f"{name}={_version(name)}" for name in _LIBRARIES)


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "none"
