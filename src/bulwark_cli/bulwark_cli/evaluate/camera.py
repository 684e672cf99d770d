# SPDX-License-Identifier: Apache-2.0
"""`bulwark evaluate camera`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from bulwark_core.errors import BulwarkError


@click.command()
@click.option(
    "--model",
    default="package://bulwark_bringup/models/detector.onnx",
    show_default=True,
    metavar="FILE",
    help="An ONNX detector of any format that the node reads.",
)
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder with image_2/NAME.png and label_2/NAME.txt: real pictures instead of the world.",
)
@click.option(
    "--count",
    default=600,
    show_default=True,
    type=click.IntRange(1),
    help="Held-out pictures of the world; they are made once and kept.",
)
@click.option("--seed", default=1, show_default=True, help="Of the held-out pictures.")
@click.option("--threads", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--work",
    default=Path("build/training"),
    show_default=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the held-out pictures are kept.",
)
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the figures.",
)
@click.option(
    "--pictures",
    "drawn_in",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Draw what was found into copies of the pictures here.",
)
def camera(
    model: str,
    data: Path | None,
    count: int,
    seed: int,
    threads: int,
    work: Path,
    json_file: Path | None,
    drawn_in: Path | None,
) -> None:
    """How much a detector finds, and how much it makes up.

    Without --data: average precision at an overlap (IoU) of 0.5 on pictures of worlds that were
    never trained on. A box is asked for where both sides have 8 pixels or more and 35 % or more of
    the thing is seen; what is found on anything smaller or more hidden does not count.

    With --data: what it finds of what people labelled in real pictures, at the score at which the
    node reports.

    \b
    Examples:
      bulwark evaluate camera
      bulwark evaluate camera --model build/training/model/detector.onnx --json camera.json
      bulwark evaluate camera --data kitti_object/ --pictures drawn/
    """
    from bulwark_cli.evaluate.camera_run import real_figures, world_figures

    console = Console(highlight=False)
    if data is None:
        result = world_figures(console, model, threads, (work, seed, count), drawn_in)
    else:
        result = real_figures(console, model, threads, data, drawn_in)
    if json_file is not None:
        try:
            json_file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise BulwarkError(f"cannot write {json_file}: {error.strerror}") from error
