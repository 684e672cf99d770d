# SPDX-License-Identifier: Apache-2.0
"""The launched stack as it is on the graph, against the interface manifest."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest
import rclpy
from rclpy.node import Node

from bulwark_cli.launch.events import Event, Exited
from bulwark_cli.launch.files import find_launch_file
from bulwark_cli.launch.launcher import Launcher
from bulwark_cli.launch.resolve import resolve_file
from bulwark_core.interfaces import Direction, Port, load_manifest
from bulwark_core.ros_ports import qos_profile

STACK = sorted(set(load_manifest().nodes) - {"world", "clip_recorder"})
START_S = 300.0  # compiles the lidar's loops where nobody has yet


class Live:
    """The running stack and a node that looks at it."""

    def __init__(self, launcher: Launcher, node: Node, events: list[Event]) -> None:
        self.launcher, self.node, self.events = launcher, node, events

    def wait(self, condition, limit_s: float = START_S) -> None:
        end = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < end, f"in vain; died: {self.launcher.failed}"
            time.sleep(0.1)

    def topics_of(self, name: str, direction: Direction) -> dict[str, list[str]]:
        asked = (
            self.node.get_subscriber_names_and_types_by_node
            if direction is Direction.INPUT
            else self.node.get_publisher_names_and_types_by_node
        )
        return dict(asked(name, "/"))

    def ends_of(self, port: Port, name: str) -> list:
        asked = (
            self.node.get_subscriptions_info_by_topic
            if port.direction is Direction.INPUT
            else self.node.get_publishers_info_by_topic
        )
        return [end for end in asked(port.topic.name) if end.node_name == name]


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    context = rclpy.Context()
    rclpy.init(context=context)
    node = Node("observer", context=context)
    events: list[Event] = []
    with Launcher(resolve_file(find_launch_file("stack")).nodes, events.append) as launcher:
        one = Live(launcher, node, events)
        one.wait(lambda: set(STACK) <= set(node.get_node_names()))
        yield one
    node.destroy_node()
    rclpy.shutdown(context=context)


def ports() -> list[pytest.ParameterSet]:
    return [
        pytest.param(name, port, id=f"{name}-{port.name}")
        for name in STACK
        for port in load_manifest().nodes[name].ports
    ]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("name, port", ports())
def test_every_port_is_on_its_topic_with_type_and_qos(live, name, port):
    live.wait(lambda: port.topic.name in live.topics_of(name, port.direction), 30.0)
    assert live.topics_of(name, port.direction)[port.topic.name] == [port.topic.type]
    live.wait(lambda: live.ends_of(port, name), 30.0)
    (end,) = live.ends_of(port, name)
    wanted = qos_profile(port.topic.qos)
    assert end.qos_profile.reliability == wanted.reliability
    assert end.qos_profile.durability == wanted.durability


@pytest.mark.parametrize("name", STACK)
def test_no_node_has_topics_that_the_manifest_does_not_know(live, name):
    known = {port.topic.name for port in load_manifest().nodes[name].ports}
    own = {"/diagnostics", "/rosout", "/parameter_events", "/clock", f"/{name}/transition_event"}
    found = live.topics_of(name, Direction.INPUT) | live.topics_of(name, Direction.OUTPUT)
    assert set(found) - own <= known


def test_a_killed_node_is_named_and_the_others_go_on(live):
    victim = live.launcher.pids["camera_perception"]
    os.kill(victim, signal.SIGKILL)
    live.wait(lambda: any(isinstance(event, Exited) for event in live.events), 20.0)
    (ended,) = [event for event in live.events if isinstance(event, Exited)]
    assert (ended.node, ended.how, ended.ok) == ("camera_perception", "killed by SIGKILL", False)
    assert set(live.launcher.pids) == set(STACK) - {"camera_perception"}
