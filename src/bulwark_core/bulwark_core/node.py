# SPDX-License-Identifier: Apache-2.0
"""The ROS host: runs a component as a managed node with one single-threaded executor.

See docs/architecture.md for why no other executor of rclpy is used, and for the states of a node.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import TypeVar

import rclpy
from rclpy.clock import Clock, ClockType
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn

from bulwark_core.component import Component, Now
from bulwark_core.component_host import ComponentHost
from bulwark_core.errors import BulwarkError
from bulwark_core.health import Level, Status
from bulwark_core.health_report import HealthReport
from bulwark_core.ros_context import context_may_end
from bulwark_core.ros_params import declare_autostart, declare_params

P = TypeVar("P")

_SUCCESS, _FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE
_IDLE_REPORT_S = 1.0
SWITCH_S = 0.0005
"""How long the threads of a node keep each other waiting for the interpreter; 5 ms by default."""


def run(component_class: Callable[[P], Component], params_class: type[P]) -> None:
    """Run a component as a node until it is told to stop; the `main` of every node.

    The node configures and activates itself unless its parameter `autostart` is false. Ends the
    process with 2 and one line on stderr where parameters are no good, or models at its own start.
    """
    name: str = component_class.name  # type: ignore[attr-defined]
    sys.setswitchinterval(SWITCH_S)
    rclpy.init()
    try:
        node = ManagedNode(name)
        params = declare_params(node, params_class)
        os.nice(component_class.niceness)  # type: ignore[attr-defined]
        node.host(lambda: component_class(params))
        if declare_autostart(node):
            node.start()
        node.spin()
    except BulwarkError as error:
        sys.stderr.write(f"{name}: error: {error}\n")
        sys.exit(2)
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        rclpy.try_shutdown()


class ManagedNode(LifecycleNode):
    """A node whose component exists from `configure` to `cleanup` and works while active.

    In every other state nothing is sent but diagnostics, which name the state.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._make: Callable[[], Component] | None = None
        self._host: ComponentHost | None = None
        self._error: Exception | None = None
        self._starts_itself = False
        self._state = "unconfigured"
        self._report = HealthReport(self)
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self.create_timer(_IDLE_REPORT_S, self._report_idle, clock=self._steady)

    def host(self, make: Callable[[], Component]) -> None:
        """What `configure` makes the component with."""
        self._make = make

    def start(self) -> None:
        """Configure and activate; raises what stood in the way."""
        self._starts_itself = True
        if self.trigger_configure() is not _SUCCESS or self.trigger_activate() is not _SUCCESS:
            raise self._error or RuntimeError("the node could not be started")
        self._starts_itself = False

    def spin(self) -> None:
        """Work until shutdown."""
        executor = SingleThreadedExecutor()
        executor.add_node(self)
        try:
            with context_may_end(self):
                executor.spin()
        finally:
            self._drop_host()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:  # noqa: ARG002
        """Make the component: loads models and compiles, so that it is ready once active."""
        assert self._make is not None
        try:
            self._host = ComponentHost(self, self._make(), self._report)
        except BulwarkError as error:
            self._fail(error, str(error))
            return _FAILURE
        except Exception as error:  # rclpy keeps it to itself
            self._fail(error, traceback.format_exc())
            raise
        return self._enter("inactive")

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:  # noqa: ARG002
        """Open the gates."""
        assert self._host is not None
        self._host.open()
        self.get_logger().info("ready")
        return self._enter("active")

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:  # noqa: ARG002
        """Close the gates, unless the component is needed just now."""
        assert self._host is not None
        if reason := self._host.why_open():
            self.get_logger().error(f"not deactivated: {reason}")
            return _FAILURE
        self._host.close()
        return self._enter("inactive")

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:  # noqa: ARG002
        """Drop the component and leave its topics."""
        self._drop_host()
        return self._enter("unconfigured")

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:  # noqa: ARG002
        """As cleanup, for good; the process stays until it is told to stop."""
        self._drop_host()
        return self._enter("finalized")

    def _fail(self, error: Exception, text: str) -> None:
        self._error = error
        if not self._starts_itself:
            self.get_logger().error(f"not configured: {text}")

    def _enter(self, state: str) -> TransitionCallbackReturn:
        self._state = state
        return _SUCCESS

    def _drop_host(self) -> None:
        if self._host is not None:
            self._host.end()
        self._host = None

    def _report_idle(self) -> None:
        if self._state != "active":
            now = Now(self.get_clock().now().nanoseconds, self._steady.now().nanoseconds)
            text = f"{self._state}: nothing is sent"
            self._report.publish([Status("lifecycle", Level.STALE, text)], now)
