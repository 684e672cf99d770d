# SPDX-License-Identifier: Apache-2.0
"""A bag that holds what the nodes said as the recording of a replay: nothing runs, it is read.

So a run of the real graph is judged by the same code as a replay in lock step.
"""

from __future__ import annotations

from pathlib import Path

from rclpy.serialization import deserialize_message

from bulwark_core.errors import BagError
from bulwark_core.interfaces import load_manifest
from bulwark_core.ros_ports import message_class
from bulwark_core.vehicle import VehicleParams
from bulwark_replay.bags import Bag, open_bag
from bulwark_replay.collector import Collector
from bulwark_replay.recording import Recording
from bulwark_replay.timeline import in_order
from bulwark_replay.topics import INPUTS, LIDAR, find_topics

STATE = "/aeb/state"


def recording_of(path: Path, vehicle: VehicleParams) -> Recording:
    """Read a bag of inputs and outputs under the graph's own topic names.

    Raises BagError where it cannot be read, has no lidar, or nothing of the AEB.
    """
    with open_bag(path) as bag:
        recording = Recording(bag.name, find_topics(bag.topics), vehicle)
        if not any(topic.name == STATE and topic.count for topic in bag.topics):
            raise BagError(f"{path}: nobody published {STATE}: the AEB supervisor did not run")
        _read(bag, recording)
    return recording


def _read(bag: Bag, recording: Recording) -> None:
    manifest = load_manifest().topics
    names = {t.name: t.name for t in bag.topics if t.name in manifest}
    collector: Collector | None = None
    for raw in in_order(bag.messages(names.keys()), names):
        message = deserialize_message(raw.cdr, message_class(raw.type))
        if collector is None:
            collector = Collector(recording, raw.log_ns, picture_every=1)
        if raw.topic in INPUTS:
            collector.before(raw.topic, message, raw.log_ns)
        else:
            collector.on_output(raw.topic, message, raw.log_ns)
    if collector is not None:
        recording.complaints = list(collector.stamps.complaints())
    if not recording.frames:
        raise BagError(f"{bag.path}: holds no scan on {LIDAR}")
