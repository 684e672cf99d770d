# SPDX-License-Identifier: Apache-2.0
"""Tiny bags, written as recorders write them, and a headless Chromium to run reports in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rclpy.serialization import serialize_message
from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from bulwark_core.convert.clouds import make_cloud
from bulwark_core.convert.odometry import make_odometry
from bulwark_core.convert.transforms import make_transforms
from bulwark_core.geometry import rigid
from bulwark_core.objects import EgoMotion

sys.path.insert(0, str(Path(__file__).parent))
from report_browser import browser, page

__all__ = ["browser", "page"]

MESSAGES = Path(__file__).parents[2] / "bulwark_msgs" / "msg"
START_NS = 1_700_000_000_000_000_000
Entry = tuple[str, Any, int]


def _type_name(message: Any) -> str:
    package = type(message).__module__.split(".", maxsplit=1)[0]
    return f"{package}/msg/{type(message).__name__}"


def _typestore() -> Any:
    store = get_typestore(Stores.ROS2_JAZZY)
    for name in ("VehicleStatus", "Object", "ObjectArray"):
        text = (MESSAGES / f"{name}.msg").read_text()
        store.register(get_types_from_msg(text, f"bulwark_msgs/msg/{name}"))
    return store


@pytest.fixture
def write_bag(tmp_path: Path) -> Callable[..., Path]:
    """`write_bag(entries, storage, compression)`; an entry is (topic, message, log time)."""

    def write(
        entries: Sequence[Entry],
        storage: StoragePlugin = StoragePlugin.MCAP,
        compression: CompressionMode = CompressionMode.NONE,
        name: str = "drive",
    ) -> Path:
        path, store, connections = tmp_path / name, _typestore(), {}
        writer = Writer(path, version=9, storage_plugin=storage)
        writer.set_compression(compression, CompressionFormat.ZSTD)
        with writer:
            for topic, message, log_ns in entries:
                if topic not in connections:
                    connections[topic] = writer.add_connection(
                        topic, _type_name(message), typestore=store
                    )
                writer.write(connections[topic], log_ns, serialize_message(message))
        return path

    return write


def scan(ns: int, ahead: float = 12.0) -> Any:
    """A road 1.7 m below the lidar, and the back of a car `ahead` metres from it."""
    x, y = np.meshgrid(np.arange(-20.0, 40.0, 0.5), np.arange(-8.0, 8.0, 0.5))
    road = np.stack([x, y, np.full_like(x, -1.7)], axis=-1).reshape(-1, 3)
    y, z = np.meshgrid(np.arange(-0.9, 0.91, 0.06), np.arange(-1.5, -0.3, 0.06))
    car = np.stack([np.full_like(y, ahead), y, z], axis=-1).reshape(-1, 3)
    return make_cloud(np.concatenate([road, car]).astype(np.float32), "lidar", ns)


def drive(scans: int = 6, speed: float = 3.0, gap: float = 12.0) -> list[Entry]:
    """A car drives towards a standing one: transforms, odometry at 50 Hz, scans at 10 Hz."""
    entries: list[Entry] = [
        ("/tf_static", make_transforms([("base_link", "lidar", rigid(z=1.7))], START_NS), START_NS)
    ]
    for step in range(scans * 5):
        ns, t = START_NS + step * 20_000_000, step * 0.02
        ego = EgoMotion(ns, speed=speed, yaw_rate=0.0, x=speed * t)
        entries.append(("/odom", make_odometry(ego), ns))
        if step % 5 == 0:
            entries.append(("/points", scan(ns, ahead=gap - speed * t), ns))
    return entries


@pytest.fixture
def drive_bag(write_bag: Callable[..., Path]) -> Path:
    return write_bag(drive())


@pytest.fixture
def drive_entries() -> list[Entry]:
    return drive()


@pytest.fixture
def make_drive() -> Callable[..., list[Entry]]:
    return drive
