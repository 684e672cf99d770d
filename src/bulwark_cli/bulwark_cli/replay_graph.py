# SPDX-License-Identifier: Apache-2.0
"""`bulwark replay --graph`: the real nodes over DDS, fed by a bag, judged like a replay."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from rich.console import Console
from rich.text import Text

from bulwark_cli.demo.drive import DISCOVERY_S, refuse_double
from bulwark_cli.demo.graph import GraphWatch
from bulwark_cli.launch.events import Event, Exited
from bulwark_cli.launch.files import find_launch_file
from bulwark_cli.launch.launcher import Launcher
from bulwark_cli.launch.resolve import resolve_file
from bulwark_cli.launch.shared_memory import remove_stale
from bulwark_core.errors import BagError
from bulwark_core.interfaces import load_manifest

if TYPE_CHECKING:
    from bulwark_replay.graph_player import Played
    from bulwark_replay.parameters import Parameters
    from bulwark_replay.recording import Recording
    from bulwark_replay.runner import ReplayOptions

START_S = 300.0
"""The lidar's loops may have to be compiled [s]."""
_LAST_S = 0.1
STOPPED_CLOCK_S = 5.0
"""In lock step the player stops the time where the machine is slow: that is no fault [s]."""


def replay_on_graph(
    console: Console, bag: Path, options: ReplayOptions, out: Path, rate: float | None
) -> Recording:
    """Start the nodes, play the bag to them, record; what was recorded, as a replay's recording.

    rate: how fast [x real time]; None: lock step. out: the bag that is written. Raises BagError.
    """
    from bulwark_replay.bags import open_bag
    from bulwark_replay.console import print_topics
    from bulwark_replay.from_bag import recording_of
    from bulwark_replay.runner import AEB_NODE, plan_parameters
    from bulwark_replay.topics import find_topics

    with open_bag(bag) as opened:
        topics = find_topics(opened.topics, options.mappings)
        print_topics(console, topics)
        parameters = plan_parameters(topics, options)
        if rate is None:
            parameters.put(AEB_NODE, "age.clock", STOPPED_CLOCK_S)
        with _running(parameters, options) as check:
            played = _play(console, opened, topics, parameters.nodes, options, out, rate, check)
    recording = recording_of(out, parameters.of(AEB_NODE).vehicle)
    recording.bag, recording.wall_s = recording_name(bag), played.wall_s
    recording.durations_ms = {"scan to decision": np.array(played.latencies_ms)}
    return recording


def _play(
    console: Console,
    bag: Any,
    topics: Any,
    names: Sequence[str],
    options: ReplayOptions,
    out: Path,
    rate: float | None,
    check: Any,
) -> Played:
    from bulwark_replay.bag_writer import BagWriter
    from bulwark_replay.graph_player import GraphPlayer
    from bulwark_replay.timeline import deliveries

    nodes = [load_manifest().nodes[name] for name in names]
    with BagWriter(out) as writer, GraphPlayer(topics, nodes, writer) as player:
        player.wait_until_ready(START_S, check)
        start_ns: int | None = None
        for delivery in deliveries(bag, topics, options.time_scale):
            start_ns = delivery.time_ns if start_ns is None else start_ns
            player.play(delivery, start_ns, rate)
            check()
        player.finish(_LAST_S)
        played = player.played
    text = f"graph: {played.scans} scans in {played.wall_s:.1f} s, recorded in {out}"
    if played.unanswered:
        text += f"; the AEB did not decide on {played.unanswered} of them within a second"
    console.print(Text(text), soft_wrap=True)
    return played


@contextmanager
def _running(parameters: Parameters, options: ReplayOptions) -> Iterator[Any]:
    """The nodes as processes; yields a check that raises BagError where one has died."""
    died: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Exited) and not event.asked:
            died.append(f"{event.node} ({event.how})")

    def check() -> None:
        if died:
            raise BagError(f"a node died: {', '.join(died)}")

    remove_stale()
    with tempfile.TemporaryDirectory(prefix="bulwark_graph_") as folder, GraphWatch() as graph:
        specs = resolve_file(
            find_launch_file("replay"), _arguments(parameters, options, Path(folder))
        ).nodes
        refuse_double(graph.present(DISCOVERY_S) & {spec.name for spec in specs if spec.name})
        with Launcher(specs, listen):
            yield check


def _arguments(parameters: Parameters, options: ReplayOptions, folder: Path) -> dict[str, str]:
    """Launch arguments; the parameters go into files of their own, so that all sources count."""
    arguments = {
        "use_sim_time": "true",
        "use_camera": str("camera_perception" in parameters.nodes).lower(),
        "use_planner": str("planner" in parameters.nodes).lower(),
    }
    if options.model is not None:
        arguments["model"] = str(options.model.resolve())
    for node in parameters.nodes:
        file = folder / f"{node}.param.yaml"
        content = {"/**": {"ros__parameters": parameters.values_of(node)}}
        file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
        arguments[f"{node}_params_file"] = str(file)
    return arguments


def recording_name(bag: Path) -> str:
    resolved = bag.resolve()
    return resolved.name if resolved.is_dir() else resolved.stem
