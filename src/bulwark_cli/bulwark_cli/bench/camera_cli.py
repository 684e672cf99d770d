# SPDX-License-Identifier: Apache-2.0
"""The command `bulwark bench camera`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bulwark_camera.letterbox import Picture
    from bulwark_cli.bench.camera import Steps

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--model", required=True, type=_FILE, metavar="M.onnx", help="The detector.")
@click.option(
    "--image", "images", type=_FILE, multiple=True, metavar="FILE|DIR",
    help="Pictures to show, scaled to the size.  [default: made up]",
)  # fmt: skip
@click.option("--width", type=click.IntRange(32, 4096), default=640, show_default=True)
@click.option("--height", type=click.IntRange(32, 4096), default=384, show_default=True)
@click.option("--count", type=click.IntRange(10), default=100, show_default=True, help="Pictures.")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--no-peers", is_flag=True, help="Only ours.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write the figures here.")
def camera(
    model: Path,
    images: tuple[Path, ...],
    width: int,
    height: int,
    count: int,
    threads: int,
    no_peers: bool,
    json_file: Path | None,
) -> None:
    """Time of a picture in the camera node, step by step, beside what else would be used.

    The same JPEGs and the same file for all: OpenCV's DNN module, and ONNX Runtime as it comes,
    both with OpenCV's blobFromImage, and nobody reads their outputs. Processor time counts all
    threads of the process.

    \b
    Examples:
      bulwark bench camera --model yolox_nano.onnx
      bulwark bench camera --model yolov8n.onnx --image frames/ --threads 4 --json camera.json
    """
    from bulwark_camera.detector import load_detector
    from bulwark_camera.params import ModelParams
    from bulwark_cli.bench import camera as bench

    params = ModelParams(path=str(model), device="cpu", threads=threads, classes=("0=UNKNOWN",))
    detector = load_detector(params)
    messages = bench.compress(_pictures(images, width, height, count + bench.WARM_UP))
    ways = [bench.measure_ours(params, messages)]
    if not no_peers:
        ways += [
            bench.measure_opencv(detector, messages, threads),
            bench.measure_runtime(detector, messages),
        ]
    setting = {
        "model": model.name,
        "sha256": detector.model.sha256,
        "width": width,
        "height": height,
        "pictures": count,
        "threads": threads,
    }
    _show(ways, setting, json_file)


def _pictures(images: Sequence[Path], width: int, height: int, count: int) -> list[Picture]:
    """As many as asked for; given ones are scaled and come again and again."""
    import cv2

    from bulwark_cli.bench.camera import make_pictures
    from bulwark_cli.detect.from_files import find_pictures, read_picture

    if not images:
        return make_pictures(count, width, height)
    read = [read_picture(file) for file in find_pictures(images)[:count]]
    scaled = [cv2.resize(picture, (width, height)) for picture in read]
    return [scaled[index % len(scaled)] for index in range(count)]


def _show(ways: Sequence[Steps], setting: dict[str, Any], json_file: Path | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from bulwark_cli.bench.lidar.machine import machine

    title = "{model}, {width} x {height} JPEG, {pictures} pictures, {threads} threads".format_map(
        setting
    )
    table = Table(title=title)
    for column in ("", "step", "cpu p50, ms", "p99", "by the clock p50, ms", "p99"):
        table.add_column(column, justify="left" if column in ("", "step") else "right")
    for way in ways:
        for step, times in way.times.items():
            cpu, wall = times.spread(), times.wall_spread()
            figures = (cpu["p50"], cpu["p99"], wall["p50"], wall["p99"])
            table.add_row(way.name, step, *(f"{value:.2f}" for value in figures))
        if way.note:
            table.add_row(way.name, way.note)
        table.add_section()
    Console().print(table)
    if json_file is not None:
        figures_of = {"machine": machine(), **setting, "ways": [way.as_dict() for way in ways]}
        try:
            json_file.write_text(json.dumps(figures_of, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise click.FileError(str(json_file), error.strerror) from error
