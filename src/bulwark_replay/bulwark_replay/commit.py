# SPDX-License-Identifier: Apache-2.0
"""Which version of the source tree is running."""

from __future__ import annotations

import hashlib
import subprocess
from importlib import import_module
from pathlib import Path

UNKNOWN = "unknown"
_DECIDING = (
    "bulwark_aeb",
    "bulwark_camera",
    "bulwark_core",
    "bulwark_lidar",
    "bulwark_obstacles",
    "bulwark_planner",
    "bulwark_replay",
)


def source_commit() -> str:
    """The git commit of the tree that this file is in; "unknown" where there is none."""
    command = ["git", "-C", str(Path(__file__).resolve().parent), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return UNKNOWN
    return answer.stdout.strip() if answer.returncode == 0 else UNKNOWN


def source_state() -> str:
    """A fingerprint of the code that decides in a replay: equal bytes, equal fingerprint.

    Unlike a commit it sees changes that nobody committed, and works without git.
    """
    text = hashlib.sha256()
    for package in _DECIDING:
        folder = Path(str(import_module(package).__file__)).parent
        for file in sorted(folder.rglob("*")):
            if file.suffix in (".py", ".yaml"):
                text.update(f"{package}/{file.relative_to(folder)}\n".encode())
                text.update(file.read_bytes())
    return text.hexdigest()
