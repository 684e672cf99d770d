# SPDX-License-Identifier: Apache-2.0
"""Stamps: builtin_interfaces/Time to integer nanoseconds and back."""

from __future__ import annotations

from typing import Any

from builtin_interfaces.msg import Time
from std_msgs.msg import Header

NS_PER_S = 1_000_000_000


def stamp_ns(stamp: Any) -> int:
    """A builtin_interfaces/Time as nanoseconds."""
    return int(stamp.sec) * NS_PER_S + int(stamp.nanosec)


def to_stamp(ns: int) -> Time:
    """Nanoseconds as builtin_interfaces/Time."""
    sec, nanosec = divmod(int(ns), NS_PER_S)
    return Time(sec=sec, nanosec=nanosec)


def make_header(ns: int, frame_id: str) -> Header:
    """A header with this stamp and frame."""
    return Header(stamp=to_stamp(ns), frame_id=frame_id)
