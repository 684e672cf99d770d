# SPDX-License-Identifier: Apache-2.0
"""The planner node's component: route, odometry and objects in; trajectory and control out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bulwark_core.component import Component, Handler, Now, Output
from bulwark_core.convert.object_arrays import read_objects, read_sensor_health
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.stamps import stamp_ns
from bulwark_core.health import Level, Sight, Status
from bulwark_core.objects import EgoMotion
from bulwark_planner.ego_frames import advance, relative, yaw_of
from bulwark_planner.inputs import Inputs
from bulwark_planner.messages import (
    check_frame,
    make_control,
    make_path,
    make_trajectory,
    read_route,
)
from bulwark_planner.params import PlannerParams
from bulwark_planner.planning import Plan, Task, make_plan
from bulwark_planner.tracking import Pose, Tracker
from bulwark_planner.trajectory import STEP_S, State

CONTROL_PERIOD_S = 0.02
LIDAR, STATIC = "objects", "static_obstacles"
KMH = 3.6


class Planner(Component):
    """Plans at 10 Hz, controls at 50 Hz; silent where there is nothing to follow."""

    name = "planner"
    niceness = 10
    timer_period_s = CONTROL_PERIOD_S

    def __init__(self, params: PlannerParams) -> None:
        super().__init__()
        self._params = params
        self._alive_counter = 0
        self.reset()

    def reset(self) -> None:
        self._inputs = Inputs(self._params.input_timeout)
        self._tracker = Tracker(self._params)
        self._stop_driving()

    def _stop_driving(self) -> None:
        self._plan: Plan | None = None
        self._plan_ego: EgoMotion | None = None
        self._control_ns: int | None = None

    def handlers(self) -> Mapping[str, Handler]:
        return {
            "odometry": self._on_odometry,
            "route": self._on_route,
            LIDAR: lambda msg, _: self._on_objects(LIDAR, msg),
            STATIC: lambda msg, _: self._on_objects(STATIC, msg),
        }

    def _on_odometry(self, msg: Any, _: Now) -> Iterable[Output]:
        if not self._inputs.add_odometry(read_odometry(msg)):
            self._stop_driving()
        return ()

    def _on_route(self, msg: Any, _: Now) -> Iterable[Output]:
        self._inputs.add_route(read_route(msg))
        return ()

    def _on_objects(self, port: str, msg: Any) -> Iterable[Output]:
        check_frame(port, msg.header.frame_id)
        if read_sensor_health(msg).sight is not Sight.BLIND:  # a blind list says nothing
            self._inputs.add_objects(port, stamp_ns(msg.header.stamp), read_objects(msg))
        return ()

    def on_timer(self, now: Now) -> Iterable[Output]:
        if self._inputs.cannot_drive(now.ns):
            self._stop_driving()
            return []
        assert self._inputs.odometry is not None
        ego = advance(self._inputs.odometry, now.ns)
        outputs = self._replan(ego) if self._plan_is_due(now.ns) else []
        return [*outputs, self._control(ego)]

    def _plan_is_due(self, now_ns: int) -> bool:
        if self._plan_ego is None:
            return True
        elapsed = (now_ns - self._plan_ego.stamp_ns) * 1e-9
        return elapsed > STEP_S - CONTROL_PERIOD_S / 2.0 or elapsed < 0.0

    def _replan(self, ego: EgoMotion) -> list[Output]:
        self._plan = make_plan(self._task(ego), self._start(ego), self._params)
        self._plan_ego = ego
        trajectory = self._plan.trajectory
        return [
            Output("trajectory", make_trajectory(trajectory, ego.stamp_ns)),
            Output("path", make_path(trajectory, ego.stamp_ns)),
        ]

    def _task(self, ego: EgoMotion) -> Task:
        route = self._inputs.route
        assert route is not None
        follows = self._params.follow_objects
        return Task(
            line=self._inputs.line(ego),
            speed_limit=route.speed_limit,
            obstacles=self._inputs.obstacles(ego) if follows else (),
            ends_here=route.ends_here,
            stop=follows and bool(self._inputs.objects_lost(LIDAR, ego.stamp_ns)),
        )

    def _start(self, ego: EgoMotion) -> State:
        """On the last plan, or at the measured speed where the car did not follow it."""
        speed, steering = max(ego.speed, 0.0), self._tracker.last.steering
        if self._plan is not None and self._plan_ego is not None:
            elapsed = (ego.stamp_ns - self._plan_ego.stamp_ns) * 1e-9
            planned = self._plan.trajectory.at(elapsed)
            if abs(planned.speed - speed) <= self._params.speed_control.max_error:
                return planned
        self._tracker.restart()
        return State(0.0, 0.0, 0.0, 0.0, speed, 0.0, 0.0, steering)

    def _control(self, ego: EgoMotion) -> Output:
        assert self._plan is not None
        assert self._plan_ego is not None
        elapsed = (ego.stamp_ns - self._plan_ego.stamp_ns) * 1e-9
        pose = relative(ego, self._plan_ego)
        control = self._tracker.control(
            self._plan.trajectory,
            elapsed,
            Pose(pose[0, 3], pose[1, 3], yaw_of(pose)),
            ego.speed,
            self._since_last_control(ego.stamp_ns),
        )
        self._alive_counter = (self._alive_counter + 1) % 2**32
        message = make_control(control, ego.stamp_ns, self._alive_counter, self._lidar_stamp())
        return Output("control", message)

    def _since_last_control(self, now_ns: int) -> float:
        last, self._control_ns = self._control_ns, now_ns
        if last is None:
            return CONTROL_PERIOD_S
        return min(max((now_ns - last) * 1e-9, 0.0), 5.0 * CONTROL_PERIOD_S)

    def _lidar_stamp(self) -> int:
        received = self._inputs.objects.get(LIDAR)
        return received.ego.stamp_ns if received and self._params.follow_objects else 0

    def health(self, now: Now) -> list[Status]:
        return [self._planning_health(now.ns)]

    def _planning_health(self, now_ns: int) -> Status:
        lost = self._inputs.cannot_drive(now_ns)
        if lost:
            return Status("planning", Level.ERROR, f"no control is published: {lost}")
        if not self._params.follow_objects:
            return Status("planning", Level.OK, "follows the route; obstacles are ignored")
        blind = self._inputs.objects_lost(LIDAR, now_ns)
        if blind:
            return Status("planning", Level.ERROR, f"stops comfortably: {blind}")
        blind = self._inputs.objects_lost(STATIC, now_ns)
        if blind:
            return Status("planning", Level.DEGRADED, f"without near obstacles: {blind}")
        return Status("planning", Level.OK, *self._what_it_does())

    def _what_it_does(self) -> tuple[str, dict[str, str]]:
        if self._plan is None or self._inputs.route is None:
            return "ready", {}
        values = {"speed_limit_kmh": f"{self._inputs.route.speed_limit * KMH:.1f}"}
        if self._plan.leader is None:
            return "follows the route", values
        values["leader"] = str(self._plan.leader.id)
        values["gap_m"] = f"{self._plan.gap:.1f}"
        return "follows the route behind an obstacle", values
