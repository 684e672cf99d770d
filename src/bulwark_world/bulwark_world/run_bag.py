# SPDX-License-Identifier: Apache-2.0
"""A lock-step run as an MCAP bag: every message of world and stack, and what makes it viewable."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from rclpy.serialization import serialize_message
from tf2_msgs.msg import TFMessage

from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import rigid
from bulwark_lidar.markers import make_markers
from bulwark_replay.bag_writer import BagWriter
from bulwark_replay.definitions import normal_form
from bulwark_world.lockstep import LockStep
from bulwark_world.place_markers import PlaceMarkers
from bulwark_world.runner import Conditions
from bulwark_world.sensors_to_messages import BASE
from bulwark_world.stack import Sensing
from bulwark_world.suite import Run

ODOM, TRUTH = "odom", "/markers/world"
_ODOMETRY, _OBJECTS, _TRACKS = "/vehicle/odometry", "/world/objects", "/perception/lidar/objects"
_TRACK_MARKERS = "/markers/lidar"


def write_run_bag(run: Run, conditions: Conditions, folder: Path) -> Path:
    """Drive a run and write its messages into the bag `folder`; the MCAP file in it.

    The same run gives the same bytes. Raises ScenarioError where it cannot be built, BagError
    where the bag cannot be written.
    """
    run = run.with_settings(conditions.settings)
    world, _ = run.build(conditions.seed, conditions.body)
    with BagWriter(folder) as writer:
        messages = RunMessages(writer, PlaceMarkers(world))
        drive = LockStep(
            world,
            conditions.sensing,
            conditions.sensors,
            conditions.seed,
            conditions.supervisor,
            tap=messages,
            debug=True,
        )
        messages.follow(drive)
        drive.drive()
    return next(folder.glob("*.mcap*"))


class RunMessages:
    """A tap that writes messages, and beside them /tf and markers of what is true."""

    def __init__(self, writer: BagWriter, place: PlaceMarkers) -> None:
        self._writer, self._place = writer, place
        self._drive: LockStep | None = None

    def follow(self, drive: LockStep) -> None:
        """The run whose true pose the markers of the place follow."""
        self._drive = drive

    def __call__(self, topic: str, message: Any, time_ns: int) -> None:
        """A message was sent; to one that is broken there is nothing to add."""
        self._write(topic, message, time_ns)
        with contextlib.suppress(BadMessageError):
            self._add(topic, message, time_ns)

    def _add(self, topic: str, message: Any, time_ns: int) -> None:
        if topic == _ODOMETRY:
            self._write("/tf", _pose_of_base(message), time_ns)
        elif topic == _OBJECTS:
            self._write(TRUTH, self._truth(message), time_ns)
        elif topic == _TRACKS and self._senses_objects():
            # Otherwise the lidar component makes these markers itself.
            ns = stamp_ns(message.header.stamp)
            self._write(_TRACK_MARKERS, make_markers(read_objects(message), ns, BASE), time_ns)

    def _senses_objects(self) -> bool:
        return self._drive is not None and self._drive.sensing is Sensing.OBJECTS

    def _truth(self, message: Any) -> Any:
        """Boxes of the true objects, and the place around them."""
        ns = stamp_ns(message.header.stamp)
        markers = make_markers(read_objects(message), ns, BASE)
        if self._drive is not None:
            state = self._drive.simulation.state
            markers.markers += self._place.seen_from((state.x, state.y, state.yaw), ns)
        return markers

    def _write(self, topic: str, message: Any, time_ns: int) -> None:
        package = type(message).__module__.partition(".")[0]
        type_name = f"{package}/msg/{type(message).__name__}"
        cdr = normal_form(type_name, serialize_message(message))
        self._writer.write(topic, type_name, time_ns, cdr)


def _pose_of_base(odometry: Any) -> TFMessage:
    """The transform from odom to base_link, which viewers need."""
    ego = read_odometry(odometry)
    pose = rigid(ego.x, ego.y, yaw=ego.yaw)
    return make_transforms([(ODOM, BASE, pose)], ego.stamp_ns)
