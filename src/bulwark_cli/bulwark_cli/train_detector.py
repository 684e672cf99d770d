# SPDX-License-Identifier: Apache-2.0
"""The steps of `bulwark train --stage detector`, with their progress on the terminal."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bulwark_camera.detector import load_detector
from bulwark_cli.evaluate.camera_tables import show_figures
from bulwark_core.errors import BulwarkError
from bulwark_training.card import Made, list_in_manifest, write_card
from bulwark_training.evaluation import Figures, evaluate, evaluation_params
from bulwark_training.shards import (
    PER_SHARD,
    Stored,
    make_shard,
    missing_shards,
    read_shards,
    shard_files,
)
from bulwark_training.split import Split


@dataclass(frozen=True)
class Job:
    """What is asked for; see the command's options."""

    pictures: int
    views: int
    whole_views: int
    held_out: int
    seed: int
    threads: int
    work: Path
    output: Path


def train_detector(job: Job) -> None:
    """From nothing, or from where an interrupted run was, to model, figures and card."""
    import torch

    torch.set_num_threads(job.threads)
    cv2.setNumThreads(1)
    console = Console(highlight=False, stderr=True)
    training = pictures_of(console, job.work, Split.TRAIN, job.seed, job.pictures)
    held_out = pictures_of(console, job.work, Split.HELD_OUT, job.seed, job.held_out)
    model = job.output / "detector.onnx"
    parameters = _train(console, job, training, model)
    figures = _judge(console, job, model, held_out)
    made = Made(
        _command(job), job.seed, _commit(), len(training), job.views + job.whole_views,
        len(held_out), parameters, _latency(model, job.threads), figures.as_dict(),
    )  # fmt: skip
    write_card(model.with_suffix(".md"), made)
    list_in_manifest(model)
    console.print(f"model, card, figures and manifest are in {job.output}")


def pictures_of(console: Console, work: Path, split: Split, seed: int, count: int) -> list[Stored]:
    """The first pictures of a split; those that are not there yet are made."""
    missing = missing_shards(work, split, seed, count)
    name = split.name.lower().replace("_", "-")
    with _progress(console) as progress:
        task = progress.add_task(f"{name} pictures", total=len(missing) * PER_SHARD)
        for number in missing:
            make_shard(work, split, seed, number, lambda: progress.advance(task))
    shards = shard_files(work, split, seed)[: -(-count // PER_SHARD)]
    return read_shards(shards)[:count]


def _train(console: Console, job: Job, pictures: list[Stored], model: Path) -> int:
    """Train and export; how many parameters the network has."""
    from bulwark_training.export import export
    from bulwark_training.trainer import Plan, Trainer
    from bulwark_training.trainer import Progress as State

    plan = Plan(parts=job.views, wholes=job.whole_views, seed=job.seed)
    trainer = Trainer(plan, job.work / f"detector_{job.seed}.checkpoint")
    with _progress(console) as progress:
        task = progress.add_task("training", total=plan.steps, completed=trainer.step)

        def on_step(state: State) -> None:
            loss = state.losses["total"]
            progress.update(task, completed=state.step, description=f"training, loss {loss:.2f}")

        trainer.run(lambda: pictures, on_step)
    export(trainer.mean, model, {"seed": str(job.seed), "license": "Apache-2.0"})
    return sum(weights.numel() for weights in trainer.mean.parameters())


def _judge(console: Console, job: Job, model: Path, held_out: list[Stored]) -> Figures:
    detector = load_detector(evaluation_params(str(model), threads=job.threads))
    with _progress(console) as progress:
        task = progress.add_task("judging", total=len(held_out))
        figures = evaluate(detector, held_out, lambda *_: progress.advance(task))
    show_figures(console, figures)
    file = job.output / "detector.json"
    try:
        file.write_text(json.dumps(figures.as_dict(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BulwarkError(f"cannot write {file}: {error.strerror}") from error
    return figures


def _latency(model: Path, threads: int) -> str:
    detector = load_detector(evaluation_params(str(model), threads=threads))
    took = detector.model.warm_up(runs=20)
    return f"{took.steady_ms:.0f} ms a picture on {threads} thread(s) of the machine that made it."


def _command(job: Job) -> str:
    return (
        f"./run train --stage detector --pictures {job.pictures} --views {job.views} "
        f"--whole-views {job.whole_views} --seed {job.seed}"
    )


def _commit() -> str:
    """Of the sources; `unknown` outside of a checkout."""
    folder = Path(__file__).resolve().parent
    command = ["git", "-C", str(folder), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def _progress(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"), *Progress.get_default_columns()[1:3],
        MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    return Progress(*columns, console=console, disable=not console.is_terminal)
