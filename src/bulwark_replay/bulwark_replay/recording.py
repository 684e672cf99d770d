# SPDX-License-Identifier: Apache-2.0
"""What a replay leaves behind: plain data from which result and report are made."""

from __future__ import annotations

from dataclasses import dataclass, field

from bulwark_core.objects import NO_OUTLINE, EgoMotion, FloatArray, TrackedObject
from bulwark_core.vehicle import VehicleParams
from bulwark_replay.topics import TopicMap


@dataclass(frozen=True)
class Decision:
    """An AebState as plain data; see its message file for the meaning. t_s: since the start [s]."""

    t_s: float
    state: str
    state_reason: str
    stage: str
    stage_reason: str
    explanation: str
    target_id: int
    target_distance: float
    closing_speed: float
    time_to_collision: float
    required_deceleration: float
    latest_brake_time: float
    brake_deceleration: float
    ego_speed: float
    path_curvature: float
    target_class: str = "unknown"


@dataclass
class Frame:
    """One lidar scan and what followed from it, up to the first decision after it.

    objects: what the lidar tracks; standing: what the static-obstacle node makes of it, remembered
    obstacles included. points: (N, 2) obstacle points in base_link [m], thinned.
    """

    index: int
    stamp_ns: int
    t_s: float
    ego: EgoMotion | None
    objects: tuple[TrackedObject, ...] = ()
    standing: tuple[TrackedObject, ...] = ()
    decision: Decision | None = None
    points: FloatArray = field(default_factory=lambda: NO_OUTLINE)
    jpeg: bytes | None = None
    nearest: tuple[float | None, ...] | None = None
    """See `corridor.nearest_of`, which fills it."""


@dataclass
class Recording:
    """A whole replay.

    durations_ms: wall time of each node's calls that sent something; wall_s: of the whole replay,
    without warm-up.
    """

    bag: str
    topics: TopicMap
    vehicle: VehicleParams
    duration_s: float = 0.0
    frames: list[Frame] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    motion: list[tuple[float, EgoMotion]] = field(default_factory=list)
    durations_ms: dict[str, FloatArray] = field(default_factory=dict)
    wall_s: float = 0.0
    truth: list[tuple[int, tuple[TrackedObject, ...]]] = field(default_factory=list)
    """What was really there, with its stamp [ns], where the bag knows it."""
    complaints: list[str] = field(default_factory=list)
    """What the nodes had to say of their input at the end, such as broken messages."""
