# SPDX-License-Identifier: Apache-2.0
"""Options that replaying a bag, a folder and the live graph share, and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bulwark_core.errors import BagError

if TYPE_CHECKING:
    from bulwark_replay.outcome import Demands
    from bulwark_replay.snapshot import Snapshot

F = TypeVar("F", bound=Callable[..., Any])
_FILE = click.Path(path_type=Path)

_INPUT = (
    click.option("--map", "rules", metavar="FROM:=TO", multiple=True, help="Feed TO from FROM."),
    click.option("--time-scale", metavar="K", default="1", help="The drive K times as fast."),
    click.option("--model", type=_FILE, help="ONNX detector for the camera."),
    click.option("--params", type=_FILE, multiple=True, help="ROS parameter file to add."),
    click.option(
        "--set", "settings", metavar="NODE.PARAM=VALUE", multiple=True, help="Set one parameter."
    ),
)
_JUDGING = (
    click.option(
        "--expect", metavar="COND", multiple=True, help="Such as 'interventions = 0'; repeatable."
    ),
    click.option("--baseline", type=_FILE, help="Compare with this file; a difference is exit 1."),
    click.option("--update-baseline", is_flag=True, help="Write the baseline instead."),
    click.option(
        "--tolerance",
        "tolerances",
        metavar="NAME=VALUE",
        multiple=True,
        help="edge_frames, number, or a metric: how far it may move.",
    ),
    click.option("--junit", type=_FILE, help="Write the verdict for a CI system."),
)


def input_options(command: F) -> F:
    """What to replay with."""
    for option in reversed(_INPUT):
        command = option(command)
    return command


def judging_options(command: F) -> F:
    """What the replay is judged by."""
    for option in reversed(_JUDGING):
        command = option(command)
    return command


@dataclass(frozen=True)
class Judging:
    """The options of `judging_options`, understood."""

    demands: Demands
    baseline_file: Path | None
    known: dict[str, Snapshot]
    update: bool
    junit: Path | None

    @property
    def is_asked(self) -> bool:
        """Whether anything decides on the exit code."""
        return bool(self.demands.conditions) or self.baseline_file is not None

    @property
    def compared(self) -> dict[str, Snapshot] | None:
        """The snapshots to compare with; None for none."""
        return None if self.baseline_file is None or self.update else self.known


def understand(
    expect: tuple[str, ...],
    baseline: Path | None,
    update_baseline: bool,
    tolerances: tuple[str, ...],
    junit: Path | None,
) -> Judging:
    """Check the options; BagError where one is no good."""
    from bulwark_replay.baseline import read_baseline
    from bulwark_replay.conditions import parse_condition
    from bulwark_replay.differences import parse_tolerances
    from bulwark_replay.outcome import Demands

    if update_baseline and baseline is None:
        raise BagError("--update-baseline needs --baseline FILE: where to write it")
    conditions = tuple(parse_condition(text) for text in expect)
    demands = Demands(conditions, tolerances=parse_tolerances(tolerances))
    is_there = baseline is not None and (baseline.is_file() or not update_baseline)
    known = read_baseline(baseline) if baseline is not None and is_there else {}
    return Judging(demands, baseline, known, update_baseline, junit)
