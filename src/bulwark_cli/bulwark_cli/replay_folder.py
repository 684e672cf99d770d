# SPDX-License-Identifier: Apache-2.0
"""`bulwark replay FOLDER`: many bags over workers, resumable, with a catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from bulwark_cli.replay_console import make_console, progress
from bulwark_cli.replay_options import Judging

if TYPE_CHECKING:
    from bulwark_replay.outcome import Outcome
    from bulwark_replay.runner import ReplayOptions

INTERRUPTED = 130


@dataclass(frozen=True)
class FolderOptions:
    """What only folders have."""

    out: Path
    workers: int | None
    ray: str | None
    fresh: bool
    bag_reports: bool
    bag_outputs: bool


def replay_folder(
    folder: Path, options: ReplayOptions, judging: Judging, of_folder: FolderOptions
) -> int:
    """Replay every bag below the folder; the exit code."""
    from bulwark_replay import many
    from bulwark_replay.commit import source_commit
    from bulwark_replay.console import print_outcomes
    from bulwark_replay.job import Keep
    from bulwark_replay.junit import write_junit

    console = make_console()
    plan = many.Plan(
        folder=folder,
        out=of_folder.out,
        options=options,
        demands=judging.demands,
        commit=source_commit(),
        baseline=judging.compared,
        keep=Keep(report=of_folder.bag_reports, said=of_folder.bag_outputs),
        workers=of_folder.workers,
        ray=of_folder.ray,
        fresh=of_folder.fresh,
    )
    try:
        with progress(console) as on_progress:
            outcomes = many.replay_folder(plan, lambda _, done, total: on_progress(done, total))
    except KeyboardInterrupt:
        console.print("interrupted; the same command again goes on where it was", markup=False)
        return INTERRUPTED
    print_outcomes(console, outcomes)
    if judging.junit is not None:
        write_junit(judging.junit, outcomes, folder.resolve().name)
    if judging.update:
        _update(judging, outcomes, plan.commit)
    for name in (many.REPORT, many.CATALOGUE, many.JUNIT):
        console.print(Text(f"{name}: {plan.out / name}"), soft_wrap=True)
    passed = all(one.passed or (judging.update and one.snapshot is not None) for one in outcomes)
    return 0 if passed else 1


def _update(judging: Judging, outcomes: list[Outcome], commit: str) -> None:
    from bulwark_replay.baseline import write_baseline

    assert judging.baseline_file is not None
    snapshots = {one.name: one.snapshot for one in outcomes if one.snapshot is not None}
    write_baseline(judging.baseline_file, snapshots, commit)
