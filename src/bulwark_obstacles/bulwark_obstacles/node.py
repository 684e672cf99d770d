# SPDX-License-Identifier: Apache-2.0
"""Static obstacles as a ROS node."""

from bulwark_core.node import run
from bulwark_obstacles.component import StaticObstacles
from bulwark_obstacles.params import StaticObstaclesParams


def main() -> None:
    run(StaticObstacles, StaticObstaclesParams)
