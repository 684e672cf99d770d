# SPDX-License-Identifier: Apache-2.0
"""`bulwark train`: models from nothing."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--stage",
    required=True,
    type=click.Choice(["detector"]),
    help="What to train: the camera's detector.",
)
@click.option(
    "--pictures", default=4000, show_default=True, type=click.IntRange(50), help="To train on."
)
@click.option(
    "--views",
    default=200_000,
    show_default=True,
    type=click.IntRange(16),
    help="Parts of pictures that are shown, a quarter of a picture each.",
)
@click.option(
    "--whole-views",
    default=12_000,
    show_default=True,
    type=click.IntRange(4),
    help="Whole pictures that are shown after that.",
)
@click.option(
    "--held-out", default=600, show_default=True, type=click.IntRange(50), help="To judge it by."
)
@click.option("--seed", default=1, show_default=True, help="Of pictures, weights and order.")
@click.option("--threads", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--work",
    default=Path("build/training"),
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Pictures and checkpoints; a run that was interrupted goes on from them.",
)
@click.option(
    "--output",
    default=Path("build/training/model"),
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where model, card, manifest and figures go; `models` replaces what is shipped.",
)
def train(
    stage: str,
    pictures: int,
    views: int,
    whole_views: int,
    held_out: int,
    seed: int,
    threads: int,
    work: Path,
    output: Path,
) -> None:
    """Make pictures, train on them, export, judge the model and write its card.

    \b
    Examples:
      bulwark train --stage detector
      bulwark train --stage detector --pictures 300 --views 3200 --whole-views 40
      bulwark train --stage detector --output models      replaces the shipped model
    """
    del stage  # there is one so far
    from bulwark_cli.train_detector import Job, train_detector
    from bulwark_training.torch_check import require_torch

    require_torch()
    train_detector(Job(pictures, views, whole_views, held_out, seed, threads, work, output))
