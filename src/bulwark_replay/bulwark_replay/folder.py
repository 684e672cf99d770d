# SPDX-License-Identifier: Apache-2.0
"""The bags in a folder, and a fingerprint of each by which old results are known to still hold."""

from __future__ import annotations

import hashlib
from pathlib import Path

from bulwark_replay.bags import STORAGE_SUFFIXES

METADATA = "metadata.yaml"


def is_folder_of_bags(path: Path) -> bool:
    """Whether this is a folder that is no bag itself."""
    return path.is_dir() and not (path / METADATA).is_file() and not _is_lone_bag(path)


def _is_lone_bag(path: Path) -> bool:
    """A folder with one storage file and nothing below it: a bag that lost its metadata."""
    entries = list(path.iterdir())
    files = [entry for entry in entries if entry.name.endswith(STORAGE_SUFFIXES)]
    return len(files) == 1 and not any(entry.is_dir() for entry in entries)


def find_bags(folder: Path) -> list[Path]:
    """All bags below a folder, by name: folders with metadata, and files that are in none."""
    found: list[Path] = []
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            found += [entry] if (entry / METADATA).is_file() else find_bags(entry)
        elif entry.name.endswith(STORAGE_SUFFIXES):
            found.append(entry)
    return found


def name_of(bag: Path, folder: Path) -> str:
    """The bag's name: its path in the folder."""
    return bag.relative_to(folder).as_posix()


def fingerprint(bag: Path) -> str:
    """Changes when a file of the bag does: names, sizes, times of change, and its case file."""
    files = sorted(bag.iterdir()) if bag.is_dir() else [bag]
    text = hashlib.sha256()
    for file in files:
        stat = file.stat()
        text.update(f"{file.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return text.hexdigest()
