# SPDX-License-Identifier: Apache-2.0
"""What `bulwark evaluate camera` does: run a detector on pictures, show and draw what it found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from bulwark_camera.detections import Detections
from bulwark_camera.detector import load_detector
from bulwark_cli.evaluate.camera_tables import show_figures, show_real
from bulwark_cli.train_detector import pictures_of
from bulwark_training.drawing import drawn, save
from bulwark_training.evaluation import WORKING_SCORE, evaluate, evaluation_params
from bulwark_training.labels import Labels
from bulwark_training.real_figures import evaluate_real
from bulwark_training.real_pictures import RealPicture, find_pictures, read_picture
from bulwark_training.shots import Picture
from bulwark_training.split import Split


def world_figures(
    console: Console, model: str, threads: int, chosen: tuple[Path, int, int], drawn_in: Path | None
) -> dict[str, Any]:
    """Of held-out pictures of the world; chosen: where they are kept, their seed and how many."""
    detector = load_detector(evaluation_params(model, threads=threads))
    work, seed, count = chosen
    held_out = pictures_of(console, work, Split.HELD_OUT, seed, count)

    def on_picture(number: int, picture: Picture, found: Detections, _labels: Labels) -> None:
        if drawn_in is not None:
            save(drawn(picture, found, WORKING_SCORE), drawn_in / f"{number:05d}.jpg")

    shown = track(held_out, "pictures", console=console, disable=not console.is_terminal)
    figures = evaluate(detector, shown, on_picture)
    show_figures(console, figures)
    return figures.as_dict()


def real_figures(
    console: Console, model: str, threads: int, data: Path, drawn_in: Path | None
) -> dict[str, Any]:
    """Of real pictures with labels below a folder."""
    pictures = [read_picture(file) for file in find_pictures(data)]
    detector = load_detector(evaluation_params(model, threads=threads))

    def on_picture(real: RealPicture, found: Detections) -> None:
        if drawn_in is not None:
            save(drawn(real.picture, found, WORKING_SCORE), drawn_in / f"{real.name}.jpg")

    figures = evaluate_real(detector, pictures, on_picture)
    show_real(console, figures)
    return figures.as_dict()
