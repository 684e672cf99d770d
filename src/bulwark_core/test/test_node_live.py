# SPDX-License-Identifier: Apache-2.0
"""The ROS host as a real process on a real graph."""

import signal
import subprocess
import sys
import time

import pytest
import rclpy
from diagnostic_msgs.msg import DiagnosticArray
from lifecycle_msgs.srv import ChangeState, GetState
from nav_msgs.msg import Odometry
from rclpy.executors import SingleThreadedExecutor
from rclpy.qos import QoSProfile, ReliabilityPolicy
from std_msgs.msg import Header

from bulwark_core.convert.odometry import make_odometry
from bulwark_core.interfaces import Qos
from bulwark_core.objects import EgoMotion
from bulwark_core.ros_ports import qos_profile

NODE = """
from dataclasses import dataclass
from nav_msgs.msg import Path
from bulwark_core.component import Component, Output
from bulwark_core.errors import BadMessageError, ModelError
from bulwark_core.health import Level, Status
from bulwark_core.node import run
from bulwark_core.params import param

@dataclass(frozen=True)
class Params:
    gain: float = param(1.0, "answers to each odometry", minimum=0.0, maximum=5.0)
    tags: tuple[str, ...] = param((), "words")

class Echo(Component):
    name = "planner"
    heavy = {heavy}
    def __init__(self, params):
        super().__init__()
        if params.gain == 5.0:
            raise ModelError("a gain of 5 has no model")
        self.count, self.needed = int(params.gain), ""
    def handlers(self):
        return {{"odometry": self.on_odometry}}
    def on_odometry(self, message, now):
        if message.child_frame_id == "bad":
            raise BadMessageError("it is bad")
        self.needed = message.child_frame_id if message.child_frame_id == "needed" else ""
        return [Output("path", Path(header=message.header))] * self.count
    def why_needed(self, now):
        return self.needed
    def health(self, now):
        return [Status("echo", Level.OK, "fine")]

run(Echo, Params)
"""


@pytest.fixture
def start(tmp_path):
    processes = []

    def start(*arguments, heavy=False):
        program = tmp_path / "node.py"
        program.write_text(NODE.format(heavy=heavy))
        command = [sys.executable, str(program), "--ros-args", *arguments]
        processes.append(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.communicate()


class Peer:
    """The other side of the graph."""

    def __init__(self, context):
        self.node = rclpy.create_node("peer", context=context)
        self.executor = SingleThreadedExecutor(context=context)
        self.executor.add_node(self.node)
        self.got = []

    def until(self, condition, limit_s=20.0):
        end = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < end, "the node did not answer in time"
            self.executor.spin_once(timeout_sec=0.05)


@pytest.fixture
def peer():
    context = rclpy.Context()
    rclpy.init(context=context)
    peer = Peer(context)
    yield peer
    peer.executor.shutdown()
    peer.node.destroy_node()
    rclpy.shutdown(context=context)


def echo(peer, child_frame="base_link", topic="/planner/input/odometry", qos=None):
    """Send odometry until an answer comes."""
    from nav_msgs.msg import Path

    qos = qos or qos_profile(Qos.SENSOR)
    publisher = peer.node.create_publisher(Odometry, topic, qos)
    peer.node.create_subscription(
        Path, "/planner/output/path", peer.got.append, qos_profile(Qos.COMMAND)
    )
    peer.until(lambda: publisher.get_subscription_count() > 0)
    message = make_odometry(EgoMotion(123, 1.0, 0.0))
    message.child_frame_id = child_frame
    peer.node.create_timer(0.05, lambda: publisher.publish(message))


@pytest.mark.parametrize("heavy", [False, True], ids=["inline", "worker"])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_messages_in_messages_out_and_a_polite_end(start, peer, heavy, ending):
    node = start(heavy=heavy)
    echo(peer)
    peer.until(lambda: peer.got)
    assert peer.got[0].header == Header(stamp=peer.got[0].header.stamp, frame_id="odom")
    assert peer.got[0].header.stamp.nanosec == 123
    node.send_signal(ending)
    assert node.wait(timeout=10) == 0
    assert "Traceback" not in node.stderr.read()


def diagnostics(peer):
    lines = {}

    def collect(array):
        lines.update({status.name: status for status in array.status})

    peer.node.create_subscription(DiagnosticArray, "/diagnostics", collect, 10)
    return lines


def test_a_bad_message_is_in_the_diagnostics(start, peer):
    start()
    lines = diagnostics(peer)
    echo(peer, child_frame="bad")
    peer.until(lambda: "planner: input" in lines)
    assert lines["planner: input"].message == "odometry: it is bad"
    assert lines["planner: echo"].message == "fine"


def test_an_output_that_nobody_can_read_is_in_the_diagnostics(start, peer):
    """A peer that wants what a best-effort sensor topic does not offer gets nothing: say so."""
    start()
    lines = diagnostics(peer)
    latched = qos_profile(Qos.LATCHED)
    from nav_msgs.msg import Path

    peer.node.create_subscription(Path, "/planner/output/path", peer.got.append, latched)
    peer.until(lambda: "QoS" in getattr(lines.get("planner: host"), "message", ""))
    assert "DURABILITY" in lines["planner: host"].message


def test_best_effort_input_takes_reliable_senders(start, peer):
    start()
    echo(peer, qos=QoSProfile(depth=1, reliability=ReliabilityPolicy.RELIABLE))
    peer.until(lambda: peer.got)


@pytest.mark.parametrize(
    "argument, why",
    [
        ("gain:=9.0", "parameter 'gain' = 9.0 is out of range: 0 <= value <= 5"),
        ("gain:=much", "parameter 'gain' = 'much' must be a float"),
        ("autostart:=maybe", "parameter 'autostart' = 'maybe' must be a bool"),
        ("gian:=1.0", "unknown parameter 'gian'; did you mean 'gain'?"),
    ],
)
def test_a_bad_parameter_ends_the_node_with_one_line(start, argument, why):
    node = start("-p", argument)
    assert node.wait(timeout=20) == 2
    (line,) = node.stderr.read().splitlines()
    assert line.startswith(f"planner: error: {why}")


def test_parameter_files_with_whole_numbers_empty_lists_and_the_vehicle(start, peer, tmp_path):
    file = tmp_path / "params.yaml"
    file.write_text(
        "/**:\n  ros__parameters:\n    gain: 2\n    tags: []\n    vehicle:\n      width: 1.8\n"
    )
    start("--params-file", str(file))
    echo(peer)
    peer.until(lambda: len(peer.got) >= 2)


def ask(peer, service, kind, request):
    client = peer.node.create_client(kind, f"/planner/{service}")
    peer.until(client.service_is_ready)
    answer = client.call_async(request)
    peer.until(answer.done)
    return answer.result()


def state(peer):
    return ask(peer, "get_state", GetState, GetState.Request()).current_state.label


def change(peer, label):
    request = ChangeState.Request()
    request.transition.label = label
    return ask(peer, "change_state", ChangeState, request).success


def is_silent(peer, seconds=0.5):
    peer.got.clear()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        peer.executor.spin_once(timeout_sec=0.05)
    return not peer.got


@pytest.mark.parametrize("heavy", [False, True], ids=["inline", "worker"])
def test_a_lifecycle_manager_can_start_stop_and_renew_it(start, peer, heavy):
    node = start("-p", "autostart:=false", heavy=heavy)
    lines = diagnostics(peer)
    assert state(peer) == "unconfigured"
    peer.until(lambda: "planner: lifecycle" in lines)
    assert lines["planner: lifecycle"].message == "unconfigured: nothing is sent"
    assert not change(peer, "activate")
    assert change(peer, "configure")
    echo(peer)
    assert is_silent(peer)
    for _ in range(2):
        assert change(peer, "activate")
        peer.until(lambda: peer.got)
        assert change(peer, "deactivate")
        assert is_silent(peer)
    assert change(peer, "cleanup")
    assert (state(peer), is_silent(peer)) == ("unconfigured", True)
    assert change(peer, "configure")
    assert change(peer, "activate")
    peer.until(lambda: peer.got)
    assert change(peer, "shutdown")
    assert (state(peer), is_silent(peer)) == ("finalized", True)
    node.send_signal(signal.SIGINT)
    assert node.wait(timeout=10) == 0
    assert "Traceback" not in node.stderr.read()


def test_it_stays_active_while_it_is_needed(start, peer):
    start()
    echo(peer, child_frame="needed")
    peer.until(lambda: peer.got)
    assert not change(peer, "deactivate")
    assert state(peer) == "active"
    peer.got.clear()
    peer.until(lambda: peer.got)


def test_what_cannot_be_made_leaves_it_unconfigured_with_a_reason(start, peer):
    node = start("-p", "autostart:=false", "-p", "gain:=5.0")
    assert not change(peer, "configure")
    assert state(peer) == "unconfigured"
    node.send_signal(signal.SIGINT)
    assert node.wait(timeout=10) == 0
    assert "not configured: a gain of 5 has no model" in node.stderr.read()


def test_what_cannot_be_made_at_its_own_start_ends_it_with_one_line(start):
    node = start("-p", "gain:=5.0")
    assert node.wait(timeout=20) == 2
    assert node.stderr.read() == "planner: error: a gain of 5 has no model\n"
