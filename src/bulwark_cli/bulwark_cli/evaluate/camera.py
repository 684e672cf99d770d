# SPDX-License-Identifier: Apache-2.0
"""`bulwark evaluate camera`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
    from bulwark_camera.detector import load_detector
    from bulwark_training.evaluation import evaluation_params

    detector = load_detector(evaluation_params(model, threads=threads))
    console = Console(highlight=False)
    if data is None:
        result = _world(console, detector, (work, seed, count), drawn_in)
    else:
        result = _real(console, detector, data, drawn_in)
    if json_file is not None:
        try:
            json_file.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise BulwarkError(f"cannot write {json_file}: {error.strerror}") from error


def _world(
    console: Console, detector: Any, chosen: tuple[Path, int, int], drawn_in: Path | None
) -> dict[str, Any]:
    from bulwark_cli.evaluate.camera_tables import show_figures
    from bulwark_cli.train_detector import pictures_of
    from bulwark_training.drawing import drawn, save
    from bulwark_training.evaluation import WORKING_SCORE, evaluate
    from bulwark_training.split import Split

    work, seed, count = chosen
    held_out = pictures_of(console, work, Split.HELD_OUT, seed, count)

    def on_picture(number: int, picture: Any, found: Any, _labels: Any) -> None:
        if drawn_in is not None:
            save(drawn(picture, found, WORKING_SCORE), drawn_in / f"{number:05d}.jpg")

    figures = evaluate(detector, held_out, on_picture)
    show_figures(console, figures)
    return figures.as_dict()


def _real(console: Console, detector: Any, data: Path, drawn_in: Path | None) -> dict[str, Any]:
    from bulwark_cli.evaluate.camera_tables import show_real
    from bulwark_training.drawing import drawn, save
    from bulwark_training.evaluation import WORKING_SCORE
    from bulwark_training.real_figures import evaluate_real
    from bulwark_training.real_pictures import RealPicture, find_pictures, read_picture

    def on_picture(real: RealPicture, found: Any) -> None:
        if drawn_in is not None:
            save(drawn(real.picture, found, WORKING_SCORE), drawn_in / f"{real.name}.jpg")

    pictures = [read_picture(file) for file in find_pictures(data)]
    figures = evaluate_real(detector, pictures, on_picture)
    show_real(console, figures)
    return figures.as_dict()
