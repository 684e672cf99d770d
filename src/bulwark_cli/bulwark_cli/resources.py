# SPDX-License-Identifier: Apache-2.0
"""The shipped configuration, in the share of bulwark_bringup."""

from __future__ import annotations

from pathlib import Path

from bulwark_cli.launch import packages
from bulwark_cli.launch.files import BRINGUP
from bulwark_cli.launch.substitutions import SubstitutionError
from bulwark_core.errors import BulwarkError


def config_file(name: str) -> Path:
    """A file of `config/` by name; BulwarkError where the workspace is not built or sourced."""
    try:
        return packages.share(BRINGUP) / "config" / name
    except SubstitutionError as error:
        raise BulwarkError(str(error)) from error


def fastdds_profile() -> Path:
    """The shipped Fast DDS profile."""
    return config_file("fastdds.xml")
