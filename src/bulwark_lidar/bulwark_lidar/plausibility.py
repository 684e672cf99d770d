# SPDX-License-Identifier: Apache-2.0
"""Whether a scan can be trusted: its stamp, its points, its view and its mount."""

from __future__ import annotations

import math
from collections import deque
from enum import Enum

import numpy as np
import numpy.typing as npt

from bulwark_core.health import Level, Status
from bulwark_lidar.cloud import SECTORS, UsablePoints
from bulwark_lidar.dirt import DirtWatch
from bulwark_lidar.params import MountParams, PlausibilityParams
from bulwark_lidar.plane import RoadPlane
from bulwark_lidar.sectors import MIDDLES, WIDTHS, BoolArray, in_words

Counts = npt.NDArray[np.int64]

_AHEAD = math.radians(20.0)
_EXPECTED_AFTER = 3
_MOUNT_SCANS = 20


class StampVerdict(Enum):
    """What a stamp says about its scan."""

    NEW = "new"
    REPEATED = "the stamp does not advance"
    OLDER = "the stamp goes backwards"
    JUMPED = "the stamp jumped back"


def judge_stamp(stamp_ns: int, last_ns: int | None, max_gap: float) -> StampVerdict:
    """Compare a scan's stamp with the last accepted one; `max_gap` in [s]."""
    if last_ns is None or stamp_ns > last_ns:
        return StampVerdict.NEW
    if stamp_ns == last_ns:
        return StampVerdict.REPEATED
    return StampVerdict.JUMPED if last_ns - stamp_ns > max_gap * 1e9 else StampVerdict.OLDER


class SectorWatch:
    """Learns in which sectors the lidar sees something, and notices where it no longer does."""

    def __init__(self, blocked_scans: int) -> None:
        self._blocked_scans = blocked_scans
        self._seen: Counts = np.zeros(SECTORS, np.int64)
        self._empty: Counts = np.zeros(SECTORS, np.int64)

    def update(self, returns: npt.NDArray[np.int32]) -> None:
        """Take in the returns per sector of a scan."""
        self._seen += returns > 0
        self._empty = np.where(returns > 0, 0, self._empty + 1)

    @property
    def blocked(self) -> BoolArray:
        """Which sectors showed something before and are empty now."""
        return (self._seen >= _EXPECTED_AFTER) & (self._empty >= self._blocked_scans)

    @property
    def empty(self) -> BoolArray:
        """Which sectors are empty now, whatever they showed before."""
        return self._empty >= self._blocked_scans


def judge_points(
    points: UsablePoints,
    watch: SectorWatch,
    dirt: DirtWatch,
    lidar_yaw: float,
    params: PlausibilityParams,
) -> Status:
    """Whether a scan's points are trustworthy; the message names the first reason why not.

    lidar_yaw: of the lidar in base_link [rad].
    """
    finite = points.total - points.not_finite
    nan_share = points.not_finite / max(points.total, 1)
    near_share = points.near / max(finite, 1)
    level, reason = Level.OK, "plausible"
    if points.total == 0:
        level, reason = Level.ERROR, "the cloud is empty"
    elif near_share > params.max_near_share:
        level, reason = Level.ERROR, f"{near_share:.0%} of the points lie on the sensor itself"
    elif len(points.xyz) < params.min_points:
        level, reason = Level.ERROR, f"only {len(points.xyz)} usable points"
    elif _nothing_ahead(watch.empty, lidar_yaw):
        level, reason = Level.ERROR, "no returns from straight ahead: view blocked"
    elif nan_share > params.max_nan_share:
        level, reason = Level.DEGRADED, f"{nan_share:.0%} of the points are not finite"
    elif why := _narrowed_view(watch.blocked, dirt, lidar_yaw, params.max_blocked_angle):
        level, reason = Level.DEGRADED, why
    values = {
        "points": str(points.total),
        "usable": str(len(points.xyz)),
        "nan_share": f"{nan_share:.3f}",
        "near_share": f"{near_share:.3f}",
        "blocked_deg": f"{math.degrees(_angle(watch.blocked)):.0f}",
        "dirty_deg": f"{math.degrees(_angle(dirt.dirty)):.0f}",
    }
    return Status("points", level, reason, values)


def _narrowed_view(blocked: BoolArray, dirt: DirtWatch, lidar_yaw: float, ignored: float) -> str:
    """Where the view is blocked or partly blocked, in words; empty where it is not."""
    if _angle(blocked) > ignored:
        return f"view blocked {in_words(blocked, lidar_yaw)}"
    dirty = dirt.dirty
    if _angle(dirty) > ignored:
        share = float(dirt.share[dirty].mean())
        return f"view partly blocked {in_words(dirty, lidar_yaw)}: {share:.0%} of the usual returns"
    return ""


def _angle(chosen: BoolArray) -> float:
    """How wide the chosen sectors are together [rad]."""
    return float(WIDTHS[chosen].sum())


def _nothing_ahead(empty: BoolArray, lidar_yaw: float) -> bool:
    bearings = MIDDLES + lidar_yaw
    ahead = np.abs((bearings + math.pi) % (2.0 * math.pi) - math.pi) < _AHEAD
    return bool(empty[ahead].all())


class MountWatch:
    """Compares where the road is seen with where the mount puts it, over some scans."""

    def __init__(self, params: MountParams) -> None:
        self._params = params
        self._planes: deque[RoadPlane] = deque(maxlen=_MOUNT_SCANS)

    def reset(self) -> None:
        """Another mount applies."""
        self._planes.clear()

    def update(self, plane: RoadPlane) -> None:
        """Take in the road of a scan."""
        if plane.is_estimated:
            self._planes.append(plane)

    def status(self, assumed: bool) -> Status:
        """How well mount and road agree; `assumed`: the mount is not from /tf_static."""
        values = {"mount": "assumed" if assumed else "from /tf_static"}
        if not self._planes:
            return Status("mount", Level.OK, "no road seen yet to compare with", values)
        height = float(np.median([plane.height for plane in self._planes]))
        tilt = float(np.median([plane.tilt for plane in self._planes]))
        values |= {"road_height": f"{height:.3f}", "road_tilt_deg": f"{math.degrees(tilt):.2f}"}
        if assumed:
            note = "assumed from parameters: no transform on /tf_static"
            return Status("mount", Level.OK, note, values)
        if abs(height) > self._params.max_height_error:
            why = f"the road is {height:+.2f} m from where the mount puts it: check /tf_static"
            return Status("mount", Level.DEGRADED, why, values)
        if tilt > self._params.max_tilt_error:
            why = f"the road is tilted {math.degrees(tilt):.1f} degrees: check the mount's angles"
            return Status("mount", Level.DEGRADED, why, values)
        return Status("mount", Level.OK, "agrees with the road", values)
