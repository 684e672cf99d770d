# SPDX-License-Identifier: Apache-2.0
"""The lidar_perception node."""

from __future__ import annotations

from bulwark_core.node import run
from bulwark_lidar.component import LidarPerception
from bulwark_lidar.params import LidarParams


def main() -> None:
    """Run until told to stop."""
    run(LidarPerception, LidarParams)
