# SPDX-License-Identifier: Apache-2.0
"""Finding launch files by path or by name."""

from __future__ import annotations

import os
from pathlib import Path

from bulwark_cli.launch import packages
from bulwark_cli.launch.substitutions import SubstitutionError
from bulwark_core.errors import LaunchError

BRINGUP = "bulwark_bringup"
SUFFIX = ".launch.xml"


def absolute(path: str | Path) -> Path:
    """The absolute path without `.` and `..`; symbolic links stay, as `$(dirname)` wants it."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def find_launch_file(name: str) -> Path:
    """A file's path, or `stack` or `stack.launch.xml` as installed by the bringup package.

    LaunchError with what there is, if there is no such file.
    """
    if Path(name).is_file():
        return absolute(name)
    try:
        folder = packages.share(BRINGUP) / "launch"
    except SubstitutionError as error:
        raise LaunchError(f"there is no file {name}, and {error}") from None
    for candidate in (name, name + SUFFIX):
        if (folder / candidate).is_file():
            return folder / candidate
    there_is = ", ".join(sorted(path.name.removesuffix(SUFFIX) for path in folder.glob("*.xml")))
    raise LaunchError(f"no launch file '{name}'; {folder} has: {there_is or 'none'}")
