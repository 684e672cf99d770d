# SPDX-License-Identifier: Apache-2.0
"""`bulwark clip`: look at what the clip recorder kept, say what is right, make tests of it."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from bulwark_cli.replay_console import make_console, shipped_config

if TYPE_CHECKING:
    from bulwark_replay.clips.clip import Clip
    from bulwark_replay.recording import Recording

FOLDER = Path("~/bulwark_clips")
CASES = Path("regression")
SAMPLES = Path("samples")
_PATH = click.Path(path_type=Path)
_CLIP = click.argument("clip", type=_PATH)


@click.group()
def clip() -> None:
    """From a moment on the road to a test that never forgets it.

    CLIP is a folder that the clip recorder has written.

    \b
    Examples:
      bulwark clip list
      bulwark clip show ~/bulwark_clips/20261124T120137.123_intervention
      bulwark clip label CLIP --outcome false --note "steel plate on the road"
      bulwark clip add CLIP                  a case in regression/, a sample in samples/
      bulwark replay regression/             every case, with its own expected outcome
    """


@clip.command("list")
@click.argument("folder", type=_PATH, default=FOLDER)
def list_clips(folder: Path) -> None:
    """The clips of a folder, newest last."""
    from bulwark_replay.clips.store import ClipStore
    from bulwark_replay.console import print_answer

    store = ClipStore(folder.expanduser(), 0)
    rows = [
        (one.name, one.reason, len(one.triggers), one.messages, one.outcome or "-", _state(one))
        for _, one in store.clips()
    ]
    columns = ("clip", "reason", "triggers", "messages", "label", "state")
    print_answer(make_console(), columns, rows)


def _state(one: Clip) -> str:
    return "recovered" if one.recovered else "whole"


@clip.command()
@_CLIP
def show(clip: Path) -> None:
    """Why a clip was kept, with the figures."""
    from bulwark_replay.bags import open_bag
    from bulwark_replay.clips.clip import read_clip
    from bulwark_replay.console import print_answer

    console, one = make_console(), read_clip(clip.expanduser())
    console.print(Text(f"{one.name}: {_time(one.start_ns)} to {_time(one.end_ns)}"))
    console.print(Text(f"label: {one.outcome or 'none'}  {one.note}".rstrip()))
    rows = [
        (_time(t.ns), t.reason, t.text, ", ".join(f"{k} {v:g}" for k, v in t.figures.items()))
        for t in one.triggers
    ]
    print_answer(console, ("when", "reason", "what", "figures"), rows)
    with open_bag(clip.expanduser()) as bag:
        topics = [(topic.name, topic.type, topic.count) for topic in bag.topics]
    print_answer(console, ("topic", "type", "messages"), topics)


@clip.command()
@_CLIP
@click.option("--outcome", required=True, help="right, false, missed or unclear.")
@click.option("--note", default="", help="What was there, in a sentence.")
def label(clip: Path, outcome: str, note: str) -> None:
    """Say what the stack did in a clip: right, false (braked for nothing), missed (did not)."""
    from dataclasses import replace

    from bulwark_core.errors import BagError
    from bulwark_replay.clips.clip import OUTCOMES, read_clip, write_clip_file

    if outcome not in OUTCOMES:
        raise BagError(f"--outcome {outcome}: there are {', '.join(OUTCOMES)}")
    folder = clip.expanduser()
    one = read_clip(folder)
    write_clip_file(folder, replace(one, outcome=outcome, note=note or one.note))


@clip.command()
@_CLIP
@click.option("--to", "cases", type=_PATH, default=CASES, show_default=True, help="The cases.")
@click.option("--samples", type=_PATH, default=SAMPLES, show_default=True, help="The samples.")
@click.option("--no-sample", is_flag=True, help="Only the regression case.")
@click.option("--expect", multiple=True, metavar="COND", help="Instead of what the label asks.")
def add(clip: Path, cases: Path, samples: Path, no_sample: bool, expect: tuple[str, ...]) -> int:
    """Make a clip a regression case with its expected outcome, and a training sample.

    Exit code 1 where the stack as it is does not fulfil what is expected: the case is added all the
    same, since that is what it is for.
    """
    from bulwark_replay.clips.clip import read_clip
    from bulwark_replay.clips.sample import write_sample
    from bulwark_replay.clips.to_case import expected_of, make_case

    console, folder = make_console(), clip.expanduser()
    one = read_clip(folder)
    asked = expect or expected_of(one)
    case = make_case(folder, one, cases, asked)
    console.print(Text(f"case: {case}: {', '.join(asked)}"), soft_wrap=True)
    recording, passed, reasons = _judged(case, shipped_config(console))
    if not no_sample:
        about = {"outcome": one.outcome, "reason": one.reason, "note": one.note, "clip": one.name}
        sample = write_sample(samples, one.name, recording, about)
        console.print(Text(f"sample: {sample}"), soft_wrap=True)
    for reason in reasons:
        console.print(Text(f"now: {reason}", "yellow"), soft_wrap=True)
    return 0 if passed else 1


def _judged(case: Path, config: Path | None) -> tuple[Recording, bool, list[str]]:
    """The case replayed with the stack as it is: the recording, whether it passes, why not."""
    from bulwark_replay.job import Job, run, with_case
    from bulwark_replay.outcome import Demands, judge
    from bulwark_replay.runner import ReplayOptions

    job = with_case(Job(case.name, case, ReplayOptions(config=config), Demands(), ""))
    recording = run(job)
    outcome = judge(case.name, recording, job.demands)
    return recording, outcome.passed, outcome.reasons()


@clip.command()
@click.argument("file", type=_PATH)
@click.argument("target", type=_PATH)
def recover(file: Path, target: Path) -> int:
    """Write the readable part of a cut .mcap FILE as the bag TARGET."""
    from bulwark_core.errors import BagError
    from bulwark_replay.clips.recover import recover_bag

    if not file.is_file():
        raise BagError(f"{file}: there is no such file")
    count = recover_bag(file, target)
    text = f"{target}: {count} messages" if count else f"{file}: nothing of it is readable"
    make_console().print(Text(text), soft_wrap=True)
    return 0 if count else 1


def _time(ns: int) -> str:
    return f"{datetime.fromtimestamp(ns / 1e9, timezone.utc):%Y-%m-%d %H:%M:%S.%f}"[:-3]
