# SPDX-License-Identifier: Apache-2.0
"""The interface manifest `interfaces.yaml`: topics, QoS and node ports as typed data."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

MANIFEST = Path(__file__).with_name("interfaces.yaml")


class Qos(str, Enum):
    """The four QoS profiles of the graph; nothing is configured inline."""

    SENSOR = "sensor"
    """Best effort, volatile, keep last 5: sensor drivers, both ends."""
    COMMAND = "command"
    """Reliable, volatile, keep last 1: a stale command must die."""
    LATCHED = "latched"
    """Reliable, transient local, keep last 1: what a late joiner must still get."""
    REPORT = "report"
    """Reliable, volatile, keep last 10: diagnostics and markers."""


class Direction(str, Enum):
    """Which way a port carries messages, seen from the node."""

    INPUT = "input"
    OUTPUT = "output"
    DEBUG = "debug"
    """An output that is published only when somebody listens."""


@dataclass(frozen=True)
class Topic:
    """A topic of the graph. `rate_hz` is the nominal rate, None for latched topics."""

    name: str
    type: str
    qos: Qos
    rate_hz: float | None
    about: str
    order: int


@dataclass(frozen=True)
class Port:
    """A node's named end of a topic. `name` is also the key in the component's handlers."""

    name: str
    direction: Direction
    topic: Topic
    is_global: bool

    @property
    def ros_name(self) -> str:
        """The name in the node's code: private and remapped by launch files, or absolute."""
        return self.topic.name if self.is_global else f"~/{self.direction.value}/{self.name}"


@dataclass(frozen=True)
class NodeInterface:
    """A node of the graph and its ports. The executable has the node's name."""

    name: str
    package: str
    about: str
    params: str
    ports: tuple[Port, ...]

    def params_class(self) -> Any:
        """The dataclass of the node's parameters; imports the node's package."""
        return getattr(importlib.import_module(f"{self.package}.params"), self.params)

    def of(self, *directions: Direction) -> tuple[Port, ...]:
        """The ports of these directions, in the manifest's order."""
        return tuple(port for port in self.ports if port.direction in directions)

    def port(self, name: str) -> Port:
        """The port with this name; KeyError where the manifest has none."""
        for port in self.ports:
            if port.name == name:
                return port
        raise KeyError(f"node {self.name} has no port {name!r} in {MANIFEST.name}")


@dataclass(frozen=True)
class Manifest:
    """All topics and nodes by name."""

    topics: dict[str, Topic]
    nodes: dict[str, NodeInterface]


@lru_cache(maxsize=1)
def load_manifest() -> Manifest:
    """Read the manifest that ships with the package; KeyError or ValueError where it is wrong."""
    raw = yaml.safe_load(MANIFEST.read_text())
    topics = {
        name: Topic(name, row["type"], Qos(row["qos"]), row["rate_hz"], row["about"], order)
        for order, (name, row) in enumerate(raw["topics"].items())
    }
    return Manifest(topics, {name: _node(name, row, topics) for name, row in raw["nodes"].items()})


def _node(name: str, row: dict[str, Any], topics: dict[str, Topic]) -> NodeInterface:
    sections = {
        Direction.INPUT: row.get("inputs", {}),
        Direction.OUTPUT: row.get("outputs", {}),
        Direction.DEBUG: row.get("debug", {}),
    }
    ports = [
        Port(port, direction, topics[topic], is_global=False)
        for direction, section in sections.items()
        for port, topic in section.items()
    ]
    # The world makes time and mounts the sensors; every other node only listens to them.
    global_direction = Direction.OUTPUT if name == "world" else Direction.INPUT
    ports += [
        Port(port, global_direction, topics[topic], is_global=True)
        for port, topic in row.get("global", {}).items()
    ]
    return NodeInterface(name, row["package"], row["about"], row["params"], tuple(ports))
