# SPDX-License-Identifier: Apache-2.0
"""Where ROS packages are installed, by the ament index."""

from __future__ import annotations

import os
from pathlib import Path

from ament_index_python.packages import PackageNotFoundError, get_package_prefix

from bulwark_cli.launch.substitutions import SubstitutionError


def prefix(package: str) -> Path:
    """The folder that a package is installed under; SubstitutionError where it is not found."""
    try:
        return Path(get_package_prefix(package))
    except (PackageNotFoundError, LookupError, ValueError):
        searched = os.environ.get("AMENT_PREFIX_PATH") or "empty"
        raise SubstitutionError(
            f"package '{package}' is not installed: build it and source install/setup.bash "
            f"(AMENT_PREFIX_PATH is {searched})"
        ) from None


def share(package: str) -> Path:
    """The package's folder for data, `<prefix>/share/<package>`."""
    return prefix(package) / "share" / package


def executable(package: str, name: str) -> Path:
    """The package's program, `<prefix>/lib/<package>/<name>`; SubstitutionError if missing."""
    folder = prefix(package) / "lib" / package
    path = folder / name
    if path.is_file() and os.access(path, os.X_OK):
        return path
    programs = sorted(entry.name for entry in folder.glob("*") if os.access(entry, os.X_OK))
    raise SubstitutionError(
        f"package '{package}' has no executable '{name}' in {folder}; "
        f"it has: {', '.join(programs) or 'none'}"
    )
