# SPDX-License-Identifier: Apache-2.0
"""Recorded drives through traffic at object level (Argoverse 2 tracks): nothing to brake for."""

from __future__ import annotations

import csv
import math
import os
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from bulwark_aeb.core import AebCore, Decision
from bulwark_aeb.inputs import Feed, Inputs
from bulwark_aeb.monitor import State
from bulwark_aeb.params import AebParams
from bulwark_aeb.stages import Stage
from bulwark_core.component import Now
from bulwark_core.geometry import yaw_of
from bulwark_core.objects import EgoMotion, ObjectClass, TrackedObject

DATA = Path(os.environ.get("BULWARK_DATA", Path(__file__).parents[4] / "shared" / "data"))
DRIVES = ("3b3570b4", "7fab2350")
TICK_NS, LATENCY_NS = 20_000_000, 60_000_000
OVER_NS = 300_000_000
"""Velocities are differences over this time, as far as the track reaches back."""
VEHICLES = ("VEHICLE", "CAR", "TRUCK", "BUS")


def rows(drive: str, kind: str) -> list[dict[str, str]]:
    path = DATA / "tracks" / "av2" / f"{drive}_{kind}.csv"
    if not path.is_file():
        pytest.skip(f"no recordings in {DATA} (set BULWARK_DATA)")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def yaw(row: dict[str, str]) -> float:
    return yaw_of(*(float(row[name]) for name in ("qx", "qy", "qz", "qw")))


@dataclass(frozen=True)
class Poses:
    """The ego's way through the city."""

    ns: np.ndarray
    x: np.ndarray
    y: np.ndarray
    yaw: np.ndarray

    @classmethod
    def read(cls, drive: str) -> Poses:
        poses = rows(drive, "ego_pose_city")
        ns = np.array([int(row["timestamp_ns"]) for row in poses])
        x, y = (np.array([float(row[name]) for row in poses]) for name in ("tx_m", "ty_m"))
        return cls(ns, x, y, np.unwrap([yaw(row) for row in poses]))

    def at(self, ns: int) -> tuple[float, float, float]:
        since = (self.ns - self.ns[0]) / 1e9
        when = (ns - int(self.ns[0])) / 1e9
        return tuple(float(np.interp(when, since, of)) for of in (self.x, self.y, self.yaw))

    def motion(self, ns: int) -> EgoMotion:
        """Over the last tenth of a second, as odometry would tell it."""
        x, y, heading = self.at(ns)
        x0, y0, heading0 = self.at(ns - 100_000_000)
        along = (x - x0) * math.cos(heading) + (y - y0) * math.sin(heading)
        return EgoMotion(ns, 10.0 * along, 10.0 * (heading - heading0), x, y, heading)


def scans(drive: str, poses: Poses) -> list[tuple[int, tuple[TrackedObject, ...]]]:
    """The tracked objects of each frame, with velocities from where they were before."""
    before: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    frames: dict[int, list[TrackedObject]] = defaultdict(list)
    numbers: dict[str, int] = {}
    for row in rows(drive, "tracks_ego_frame"):
        ns, name = int(row["timestamp_ns"]), row["track_uuid"]
        x, y = float(row["tx_m"]), float(row["ty_m"])
        ego_x, ego_y, heading = poses.at(ns)
        cos, sin = math.cos(heading), math.sin(heading)
        place = (ego_x + x * cos - y * sin, ego_y + x * sin + y * cos)
        past = before[name]
        past.append((ns, *place))
        then = next(one for one in past if one[0] >= ns - OVER_NS)
        time = max((ns - then[0]) / 1e9, 1e-3)
        east, north = (place[0] - then[1]) / time, (place[1] - then[2]) / time
        is_car = any(kind in row["category"] for kind in VEHICLES)
        item = TrackedObject(
            numbers.setdefault(name, len(numbers) + 1), x, y, float(row["tz_m"]), yaw(row),
            *(float(row[size]) for size in ("length_m", "width_m", "height_m")),
            vx=east * cos + north * sin, vy=north * cos - east * sin,
            object_class=ObjectClass.CAR if is_car else ObjectClass.UNKNOWN,
            position_variance=0.1**2, velocity_variance=0.3**2 if len(past) > 2 else 5.0**2,
            first_seen_ns=past[0][0], last_seen_ns=ns, measurements=len(past),
        )  # fmt: skip
        frames[ns].append(item)
    return [(ns, tuple(items)) for ns, items in sorted(frames.items())]


def drive_along(drive: str, extra: TrackedObject | None = None) -> list[Decision]:
    """All decisions of a drive; `extra` stands in the ego's way, wherever the ego is."""
    poses, core, inputs, decisions = Poses.read(drive), AebCore(AebParams()), Inputs(), []
    arriving = scans(drive, poses)
    first, last = arriving[0][0] + LATENCY_NS, arriving[-1][0] + LATENCY_NS
    for now in range(first, min(last, int(poses.ns[-1])), TICK_NS):
        while arriving and arriving[0][0] + LATENCY_NS <= now:
            ns, items = arriving.pop(0)
            more = () if extra is None else (replace(extra, last_seen_ns=ns),)
            inputs = replace(inputs, objects=inputs.objects.accept(items + more, ns, now, 0.05))
        odometry = inputs.odometry.accept(poses.motion(now), now, now, 0.05)
        inputs = replace(inputs, odometry=odometry, static_obstacles=Feed((), now))
        decisions.append(core.update(inputs, Now(now, now)))
    return decisions


@pytest.mark.data
@pytest.mark.parametrize("drive", DRIVES)
def test_nothing_is_braked_for(drive):
    """One warning in each is known: leaving a bend, before the wheel is seen to turn back."""
    decisions = drive_along(drive)
    assert {d.health.state for d in decisions} == {State.DEGRADED}  # no camera: but it can judge
    assert max(abs(d.speed) for d in decisions) > 5.0
    stages = [d.stages.stage for d in decisions]
    assert max(stages) <= Stage.WARNING
    assert sum(now > before for before, now in pairwise(stages)) <= 1


@pytest.mark.data
def test_it_would_brake_for_what_stands_in_the_way():
    """So the silence above is no blindness."""
    wall = TrackedObject(999, 8.0, 0.0, 0.5, 0.0, 1.0, 3.0, 1.0, measurements=20)
    assert max(d.stages.stage for d in drive_along(DRIVES[0], wall)) >= Stage.FULL
