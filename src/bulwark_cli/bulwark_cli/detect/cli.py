# SPDX-License-Identifier: Apache-2.0
"""The command `bulwark detect`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bulwark_core.errors import BulwarkError, ModelError, ParameterError

if TYPE_CHECKING:
    from rich.console import Console

    from bulwark_camera.params import CameraParams
    from bulwark_cli.detect.seen import Seen
    from bulwark_cli.detect.source import Source
    from bulwark_core.objects import ObjectClass

NODE = "camera_perception"
DRAWINGS = Path("reports") / "detect"
_FILE = click.Path(path_type=Path)
_EPILOG = """\b
Examples:
  bulwark detect --model yolox_nano.onnx --image street.png
                                          what is in one picture
  bulwark detect --model yolov8n.onnx --image frames/ --json found.json
                                          a folder of pictures, and the result for a script
  bulwark detect --model yolox_nano.onnx --bag drive/ --every 10
                                          each tenth picture of a bag, with ranges
  bulwark detect --model site.onnx --set 'model.classes=["0=CONE", "1=WATER_BARRIER"]' --image a.png
                                          a model whose file does not name its classes
  bulwark detect --config my_camera.param.yaml --bag drive/ --topic /cam2/image_raw --only CAR

\b
A bag goes through the camera node itself, so boxes have ids, and a range where the bag has
CameraInfo and a /tf_static from base_link to the camera. Drawings go to reports/detect/ or --out.
How to bring a detector: docs/detectors.md.
Exit codes: 0 done; 1 a picture could not be looked at; 2 the model, input or an option is no good.
"""


@click.command(epilog=_EPILOG)
@click.option("--model", type=_FILE, metavar="M.onnx", help="The detector.")
@click.option(
    "--image", "images", type=_FILE, multiple=True, metavar="FILE|DIR",
    help="A picture, or a folder of them; repeatable.",
)  # fmt: skip
@click.option("--bag", type=_FILE, metavar="BAG", help="A bag with pictures: its folder or file.")
@click.option("--topic", metavar="NAME", help="Bag: the pictures.  [default: the camera ahead]")
@click.option(
    "--every", type=click.IntRange(1), default=1, show_default=True, help="Each so-manieth picture."
)
@click.option("--config", type=_FILE, metavar="YAML", help="A parameter file of camera_perception.")
@click.option(
    "--set", "settings", multiple=True, metavar="PARAM=VALUE",
    help="Set a parameter, such as model.min_score=0.5; repeatable.",
)  # fmt: skip
@click.option("--only", multiple=True, metavar="CLASS", help="Show only this class; repeatable.")
@click.option("--out", type=_FILE, metavar="DIR", help="Where to write the drawings.")
@click.option("--no-drawings", is_flag=True, help="Write no drawings.")
@click.option("--json", "json_file", metavar="FILE", help="Write the result; '-' for stdout.")
def detect(
    model: Path | None,
    images: tuple[Path, ...],
    bag: Path | None,
    topic: str | None,
    every: int,
    config: Path | None,
    settings: tuple[str, ...],
    only: tuple[str, ...],
    out: Path | None,
    no_drawings: bool,
    json_file: str | None,
) -> int:
    """Run a detector on pictures or a bag and draw what it finds."""
    from bulwark_cli.detect.source import open_bag_source, open_files
    from bulwark_cli.replay_console import make_console

    if bool(images) == (bag is not None):
        raise click.UsageError("give --image FILE, or --bag BAG")
    console = make_console(on_stderr=json_file == "-")
    params, wanted = _params(model, config, settings), _classes(only)
    folder = None if no_drawings else out or DRAWINGS / (bag or images[0]).resolve().stem
    opened = (
        open_files(params, images, every)
        if bag is None
        else open_bag_source(params, bag, topic, every)
    )
    with opened as source:
        found = _look(console, source, wanted, folder)
        return _end(console, source, found, folder, json_file)


def _look(
    console: Console, source: Source, wanted: frozenset[ObjectClass], folder: Path | None
) -> list[Seen]:
    """What is in each picture; each is drawn as soon as it was looked at."""
    from bulwark_cli.detect import tables
    from bulwark_cli.detect.draw import write_drawing
    from bulwark_cli.replay_console import progress

    found = []
    tables.show_models(console, source.detectors)
    with progress(console, "looking") as on_progress:
        for seen in source.seen:
            shown = seen.only(wanted)
            if folder is not None:
                write_drawing(shown, folder)
            found.append(shown.without_picture())
            on_progress(len(found), source.total)
    return found


def _end(
    console: Console,
    source: Source,
    found: list[Seen],
    folder: Path | None,
    json_file: str | None,
) -> int:
    from bulwark_cli.detect import tables

    tables.show(console, found)
    for reason, count in source.without_range.items():
        text = f"no ranges in {count} of {len(found)}: {reason}"
        console.print(text, markup=False, style="yellow", soft_wrap=True)
    if folder is not None and any(one.size != (0, 0) for one in found):
        console.print(f"drawings: {folder}/", markup=False, soft_wrap=True)
    if json_file is not None:
        _write(json_file, tables.to_json(found, source.detectors))
    return 1 if any(one.problem for one in found) else 0


def _write(json_file: str, text: str) -> None:
    if json_file == "-":
        click.echo(text, nl=False)
        return
    try:
        Path(json_file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise BulwarkError(f"cannot write {json_file}: {error.strerror}") from error


def _params(model: Path | None, config: Path | None, settings: tuple[str, ...]) -> CameraParams:
    """Those of the file, then the model, then single ones."""
    from bulwark_replay.parameters import Parameters

    parameters = Parameters([NODE])
    if config is not None:
        parameters.read(config)
    if model is not None:
        parameters.put(NODE, "model.path", str(model))
    for setting in settings:
        parameters.set(f"{NODE}.{setting.removeprefix(f'{NODE}.')}")
    params: CameraParams = parameters.of(NODE)
    if not params.detectors()[0].path:
        raise ModelError("give --model M.onnx, or a --config that sets model.path")
    return params


def _classes(names: tuple[str, ...]) -> frozenset[ObjectClass]:
    from bulwark_core.objects import ObjectClass

    for name in names:
        if name.upper() not in ObjectClass.__members__:
            has = ", ".join(ObjectClass.__members__)
            raise ParameterError(f"--only {name}: there is no such class; there are {has}")
    return frozenset(ObjectClass[name.upper()] for name in names)
