# SPDX-License-Identifier: Apache-2.0
"""Where the shipped configuration, launch files and models are: in the share of bulwark_bringup."""

from __future__ import annotations

from pathlib import Path

from ament_index_python.packages import PackageNotFoundError, get_package_share_directory

from bulwark_core.errors import BulwarkError


def bringup_share() -> Path:
    """The share folder of bulwark_bringup; BulwarkError where it is not built or sourced."""
    try:
        return Path(get_package_share_directory("bulwark_bringup"))
    except PackageNotFoundError as error:
        raise BulwarkError(
            "package 'bulwark_bringup' is not on AMENT_PREFIX_PATH: "
            "start through ./run, or source install/setup.bash after colcon build"
        ) from error


def config_file(name: str) -> Path:
    """A file of `config/` by name."""
    return bringup_share() / "config" / name


def fastdds_profile() -> Path:
    """The shipped Fast DDS profile."""
    return config_file("fastdds.xml")
