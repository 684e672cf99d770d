# SPDX-License-Identifier: Apache-2.0
"""The planner as a ROS node."""

from bulwark_core.node import run
from bulwark_planner.component import Planner
from bulwark_planner.params import PlannerParams


def main() -> None:
    run(Planner, PlannerParams)
