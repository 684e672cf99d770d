# SPDX-License-Identifier: Apache-2.0
"""Stamps: builtin_interfaces/Time to integer nanoseconds and back."""

from __future__ import annotations

from typing import Any

from builtin_interfaces.msg import Time
from std_msgs.msg import Header

from bulwark_core.convert.copies import same_as

NS_PER_S = 1_000_000_000
_TIME, _HEADER = Time(), Header()


def stamp_ns(stamp: Any) -> int:
    """A builtin_interfaces/Time as nanoseconds."""
    return int(stamp.sec) * NS_PER_S + int(stamp.nanosec)


def to_stamp(ns: int) -> Any:
    """Nanoseconds as builtin_interfaces/Time."""
    stamp = same_as(_TIME)
    stamp.sec, stamp.nanosec = divmod(int(ns), NS_PER_S)
    return stamp


def make_header(ns: int, frame_id: str) -> Any:
    """A header with this stamp and frame."""
    header = same_as(_HEADER)
    header.stamp, header.frame_id = to_stamp(ns), frame_id
    return header
