# SPDX-License-Identifier: Apache-2.0
"""Parameters of the clip recorder node."""

from __future__ import annotations

from dataclasses import dataclass, field

from bulwark_core.params import param


@dataclass(frozen=True)
class WindowParams:
    """Which seconds a clip has."""

    before: float = param(8.0, "before the moment", unit="s", minimum=0.5, maximum=120.0)
    after: float = param(4.0, "after the moment", unit="s", minimum=0.0, maximum=60.0)
    longest: float = param(
        30.0, "of a clip that further moments make longer", unit="s", minimum=1.0, maximum=300.0
    )


@dataclass(frozen=True)
class BoundParams:
    """What the recorder may use."""

    memory: float = param(512.0, "all messages in memory", unit="MB", minimum=1.0, maximum=65536.0)
    disk: float = param(20000.0, "all clips", unit="MB", minimum=1.0, maximum=10000000.0)


@dataclass(frozen=True)
class TriggerParams:
    """Where a moment begins."""

    close_deceleration: float = param(
        3.0, "near miss: needed to stop short", unit="m/s^2", minimum=0.5, maximum=12.0
    )
    close_time: float = param(
        1.5, "near miss: time to collision", unit="s", minimum=0.1, maximum=5.0
    )
    hard_deceleration: float = param(
        4.0, "hard braking without the AEB", unit="m/s^2", minimum=0.5, maximum=12.0
    )
    pedal: float = param(
        0.2, "a pedal that is meant; three times of it is hard braking", minimum=0.01, maximum=0.33
    )
    planner_acceleration: float = param(
        0.5, "a wish of the planner that is meant", unit="m/s^2", minimum=0.1, maximum=5.0
    )
    steering_difference: float = param(
        0.1, "between the driver's and the planner's angle", unit="rad", minimum=0.01, maximum=1.0
    )
    lasting: float = param(
        0.3, "how long driver and planner must disagree", unit="s", minimum=0.0, maximum=5.0
    )


@dataclass(frozen=True)
class ClipRecorderParams:
    """Parameters of the clip recorder."""

    folder: str = param("~/bulwark_clips", "where clips go; ~ is the home folder")
    window: WindowParams = field(default_factory=WindowParams)
    bound: BoundParams = field(default_factory=BoundParams)
    trigger: TriggerParams = field(default_factory=TriggerParams)
