# SPDX-License-Identifier: Apache-2.0
"""nav_msgs/Odometry to the own motion, and back."""

from __future__ import annotations

import math
from typing import Any

from nav_msgs.msg import Odometry

from bulwark_core.convert.copies import same_as
from bulwark_core.convert.stamps import make_header, stamp_ns
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import yaw_of
from bulwark_core.objects import EgoMotion

_ODOMETRY = Odometry()


def read_odometry(msg: Any) -> EgoMotion:
    """The pose in odom and the twist in base_link, in the plane.

    Raises BadMessageError where a value that is used is not finite.
    """
    position, q = msg.pose.pose.position, msg.pose.pose.orientation
    twist = msg.twist.twist
    ego = EgoMotion(
        stamp_ns(msg.header.stamp),
        speed=float(twist.linear.x),
        yaw_rate=float(twist.angular.z),
        x=float(position.x),
        y=float(position.y),
        yaw=yaw_of(q.x, q.y, q.z, q.w),
    )
    if not all(map(math.isfinite, (ego.speed, ego.yaw_rate, ego.x, ego.y, ego.yaw))):
        raise BadMessageError("odometry has a value that is not a finite number")
    return ego


def make_odometry(
    ego: EgoMotion, odom_frame: str = "odom", base_frame: str = "base_link"
) -> Odometry:
    """An Odometry with this planar pose and twist; covariances left zero (unknown)."""
    msg = same_as(_ODOMETRY)
    msg.header, msg.child_frame_id = make_header(ego.stamp_ns, odom_frame), base_frame
    msg.pose, msg.twist = same_as(msg.pose), same_as(msg.twist)
    msg.pose.pose, msg.twist.twist = _pose(msg.pose.pose, ego), _twist(msg.twist.twist, ego)
    return msg


def _pose(blank: Any, ego: EgoMotion) -> Any:
    pose = same_as(blank)
    pose.position, pose.orientation = same_as(pose.position), same_as(pose.orientation)
    pose.position.x, pose.position.y = ego.x, ego.y
    pose.orientation.z, pose.orientation.w = math.sin(ego.yaw / 2.0), math.cos(ego.yaw / 2.0)
    return pose


def _twist(blank: Any, ego: EgoMotion) -> Any:
    twist = same_as(blank)
    twist.linear, twist.angular = same_as(twist.linear), same_as(twist.angular)
    twist.linear.x, twist.angular.z = ego.speed, ego.yaw_rate
    return twist
