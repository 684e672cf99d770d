# SPDX-License-Identifier: Apache-2.0
"""Faults of inputs as data."""

from __future__ import annotations

import math
from dataclasses import dataclass

INPUTS: dict[str, tuple[str, ...]] = {
    "lidar": ("/lidar/points", "/perception/lidar/objects"),
    "objects": ("/perception/lidar/objects",),
    "odometry": ("/vehicle/odometry",),
    "status": ("/vehicle/status",),
    "camera": (
        "/camera/front/image_raw",
        "/camera/front/camera_info",
        "/perception/camera/objects",
    ),
    "static_obstacles": ("/perception/static_obstacles",),
    "planner": ("/control/planned", "/planning/trajectory"),
}
"""What can fail, and on which topics that shows; `lidar`: the one that the run has from outside."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with an input for a time.

    input, kind: see INPUTS and fault_kinds.KINDS. start, end: scenario time [s]; start is NaN for
    when the supervisor first brakes. state, reason: what the supervisor must say within `within`
    seconds of the first message that is wrong or lacking, as in bulwark_msgs/AebState, in lower
    case, empty for anything; takeover: it must ask the driver to take over within that time.
    most_decel: the hardest braking that it may ask for from then on [m/s^2].
    """

    input: str
    kind: str
    start: float = 3.0
    end: float = 1e6
    state: str = ""
    reason: str = ""
    takeover: bool = False
    within: float = 0.3
    most_decel: float = 1e3

    def __str__(self) -> str:
        when = "from the first braking" if math.isnan(self.start) else f"from {self.start:g} s"
        return f"{self.input} {self.kind.replace('_', ' ')} {when}"
