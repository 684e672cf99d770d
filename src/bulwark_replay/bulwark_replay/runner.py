# SPDX-License-Identifier: Apache-2.0
"""Puts a bag through the nodes that drive: the same components, offline and in lock step."""

from __future__ import annotations

import importlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from bulwark_core.component import Component, Now
from bulwark_core.errors import ModelError
from bulwark_core.health import Level
from bulwark_core.offline import Observer, OfflineHost
from bulwark_replay.bags import Bag, open_bag
from bulwark_replay.collector import Collector
from bulwark_replay.parameters import Parameters
from bulwark_replay.recording import Recording
from bulwark_replay.timeline import deliveries
from bulwark_replay.topics import COMPRESSED, IMAGE, LIDAR, ROUTE, TopicMap, find_topics

LIDAR_NODE = "lidar_perception"
CAMERA_NODE = "camera_perception"
OBSTACLES_NODE = "static_obstacles"
PLANNER_NODE = "planner"
AEB_NODE = "aeb_supervisor"

_COMPONENTS = {
    LIDAR_NODE: "bulwark_lidar.component:LidarPerception",
    CAMERA_NODE: "bulwark_camera.component:CameraPerception",
    OBSTACLES_NODE: "bulwark_obstacles.component:StaticObstacles",
    PLANNER_NODE: "bulwark_planner.component:Planner",
    AEB_NODE: "bulwark_aeb.component:AebSupervisor",
}
_PICTURES = 60
"""About how many camera pictures a report gets."""


@dataclass(frozen=True)
class ReplayOptions:
    """What to replay a bag with.

    mappings: bag topic -> graph topic, beside what is found by type. model: an ONNX detector; the
    camera node runs only with one. config: the folder of the shipped parameter files. params:
    further ROS parameter files. settings: `node.parameter=value`.
    """

    mappings: tuple[tuple[str, str], ...] = ()
    time_scale: Fraction = Fraction(1)
    model: Path | None = None
    config: Path | None = None
    params: tuple[Path, ...] = ()
    settings: tuple[str, ...] = ()
    with_pictures: bool = False
    with_points: bool = True


def replay(
    path: Path,
    options: ReplayOptions,
    on_topics: Callable[[TopicMap], None],
    on_progress: Callable[[int, int], None],
    observers: Sequence[Observer] = (),
) -> Recording:
    """Replay a bag. `on_topics` is told what feeds what, `on_progress` messages done and in all.

    observers: called with topic, message and time [ns] of all that the nodes send.
    Raises BagError, ParameterError or ModelError, each of one line.
    """
    with open_bag(path) as bag:
        topics = _with_camera_note(find_topics(bag.topics, options.mappings), options)
        on_topics(topics)
        parameters = plan_parameters(topics, options)
        components = _components(parameters, is_heard=bool(observers))
        recording = Recording(bag.name, topics, parameters.of(AEB_NODE).vehicle)
        host = OfflineHost(components)
        for observer in observers:
            host.on_output(observer)
        _run(bag, host, recording, options, on_progress)
    return recording


def _with_camera_note(topics: TopicMap, options: ReplayOptions) -> TopicMap:
    if options.model is not None or not _has_pictures(topics):
        return topics
    note = "no --model: pictures are only shown in the report, the AEB works on geometry alone"
    return replace(topics, bridged=(*topics.bridged, note))


def _has_pictures(topics: TopicMap) -> bool:
    return bool(topics.source_of(IMAGE) or topics.source_of(COMPRESSED))


def plan_parameters(topics: TopicMap, options: ReplayOptions) -> Parameters:
    """Which nodes run on these topics, with which parameters; ParameterError or ModelError."""
    nodes = [LIDAR_NODE, OBSTACLES_NODE, AEB_NODE]
    if options.model is not None:
        nodes.insert(0, CAMERA_NODE)
    if topics.source_of(ROUTE):
        nodes.insert(-1, PLANNER_NODE)
    parameters = Parameters(nodes)
    if options.config is not None:
        parameters.read_shipped(options.config)
    for file in options.params:
        parameters.read(file)
    if options.model is not None:
        parameters.put(CAMERA_NODE, "model.path", _checked(options.model, topics))
    for setting in options.settings:
        parameters.set(setting)
    return parameters


def _checked(model: Path, topics: TopicMap) -> str:
    if not model.is_file():
        raise ModelError(f"--model {model}: there is no such file")
    if not _has_pictures(topics):
        raise ModelError(f"--model {model}: the bag has no camera pictures to run it on")
    return str(model.resolve())


def _components(parameters: Parameters, *, is_heard: bool) -> list[Component]:
    """The nodes' components. is_heard: somebody wants all that they say, not only what they need
    of each other.
    """
    components = [_component(node, parameters.of(node)) for node in parameters.nodes]
    for component in components:
        if component.name == OBSTACLES_NODE and not is_heard:
            component.gives_free_space = False  # type: ignore[attr-defined]
        if component.name == CAMERA_NODE:
            _require_detector(component)
        component.warm_up()
    return components


def _component(node: str, params: Any) -> Component:
    module, _, name = _COMPONENTS[node].partition(":")
    component: Component = getattr(importlib.import_module(module), name)(params)
    component.is_listened_to = lambda _port: False
    return component


def _require_detector(camera: Component) -> None:
    """A node lives on without its model and says so; a user who names one wants it to run."""
    for status in camera.health(Now(0, 0)):
        if status.task == "detector" and status.level is not Level.OK:
            raise ModelError(f"--model: {status.message}")


def _run(
    bag: Bag,
    host: OfflineHost,
    recording: Recording,
    options: ReplayOptions,
    on_progress: Callable[[int, int], None],
) -> None:
    total = sum(link.source.count for link in recording.topics.links)
    collector: Collector | None = None
    copies: Counter[str] = Counter()
    now_ns, start = 0, time.perf_counter()
    stream = deliveries(bag, recording.topics, options.time_scale, copies)
    for done, delivery in enumerate(stream, 1):
        now_ns = delivery.time_ns
        if collector is None:
            every = _picture_every(recording, options)
            collector = Collector(recording, now_ns, every, with_points=options.with_points)
            host.on_output(collector.on_output)
        collector.before(delivery.target, delivery.message, now_ns)
        host.deliver(delivery.target, delivery.message, now_ns)
        on_progress(done, total)
    host.advance(now_ns + _longest_period_ns(host))  # the decision on the last scan
    recording.wall_s = time.perf_counter() - start
    recording.durations_ms = {
        name: np.array(hosted.durations_ns) / 1e6 for name, hosted in host.hosted.items()
    }
    recording.complaints = [*_copies(copies), *_odd_stamps(collector), *_complaints(host, now_ns)]


def _copies(copies: Counter[str]) -> Iterator[str]:
    for topic, count in sorted(copies.items()):
        are = "message is" if count == 1 else "messages are"
        yield f"{topic}: {count} {are} in the bag twice; each was brought once"


def _odd_stamps(collector: Collector | None) -> Iterator[str]:
    if collector is not None:
        yield from collector.stamps.complaints()


def _picture_every(recording: Recording, options: ReplayOptions) -> int:
    scans = next(link.source.count for link in recording.topics.links if link.target == LIDAR)
    return max(1, round(scans / _PICTURES)) if options.with_pictures else 0


def _longest_period_ns(host: OfflineHost) -> int:
    periods = (hosted.component.timer_period_s or 0.0 for hosted in host.hosted.values())
    return max(round(period * 1e9) for period in periods)


def _complaints(host: OfflineHost, now_ns: int) -> list[str]:
    """Broken messages of each node, with the newest reason where the node still knows it."""
    complaints = []
    for name, hosted in host.hosted.items():
        if hosted.bad_messages:
            why = [s.message for s in hosted.health(Now(now_ns, now_ns)) if s.task == "input"]
            reason = f", the last: {why[0]}" if why else ""
            complaints.append(f"{name} refused {hosted.bad_messages} broken messages{reason}")
    return complaints
