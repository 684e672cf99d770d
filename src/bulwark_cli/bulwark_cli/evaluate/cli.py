# SPDX-License-Identifier: Apache-2.0
"""The commands under `bulwark evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, track

from bulwark_cli.evaluate.camera import camera
from bulwark_core.errors import BulwarkError


@click.group()
def evaluate() -> None:
    """How right the perception is, against labels that people made."""


evaluate.add_command(camera)


@evaluate.command()
@click.option(
    "--data",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder with labelled scans, in any folders below it.",
)
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the figures here.",
)
@click.option(
    "--pictures",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Draw each scan from above here, with what was missed or made up in red.",
)
@click.option("--misses", is_flag=True, help="List what was missed, made up or told wrong.")
def lidar(data: Path, json_file: Path | None, pictures: Path | None, misses: bool) -> None:
    """Ground, obstacles, ghosts and shapes on labelled lidar scans.

    Reads NAME.bin with NAME.int16 (SemanticKITTI train ids), NAME.npz with `xyzi` and `label`, and
    KITTI object folders. A scan is shown to the chain as a standing car would see it for 1.2 s.

    \b
    ground        points labelled ground against points found to be ground
    recall        things of 10 points or more, 0.2 to 2 m above the ground, of which half or more
                  lies within 0.3 m of obstacles
    ghosts        obstacles of which 80 % or more is labelled ground; in the corridor: in the 3 m
                  wide way ahead, up to 40 m
    walls, posts  buildings and fences that are called wall or guard rail, poles and trunks that are
                  called pole or pillar, of 30 points or more; no class counts as wrong

    \b
    Examples:
      bulwark evaluate lidar --data scans/
      bulwark evaluate lidar --data scans/ --json lidar.json --pictures pictures/ --misses
    """
    from bulwark_cli.evaluate.labelled_scans import LabelledScan, find_scans, read_scans
    from bulwark_cli.evaluate.pictures import draw
    from bulwark_cli.evaluate.run import evaluate as evaluate_scans
    from bulwark_cli.evaluate.show import show
    from bulwark_cli.evaluate.shown import Shown
    from bulwark_lidar.params import LidarParams

    files = find_scans(data)
    console = Console(highlight=False)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("scans", total=len(files))

        def on_scan(scan: LabelledScan, shown: Shown) -> None:
            progress.advance(task)
            if pictures is not None:
                draw(scan, shown, pictures / f"{scan.folder}_{scan.name}.png")

        result = evaluate_scans(read_scans(files), LidarParams(), on_scan)
    show(console, result, misses=misses)
    if json_file is not None:
        try:
            json_file.write_text(json.dumps(result.as_dict(), indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise BulwarkError(f"cannot write {json_file}: {error.strerror}") from error


@evaluate.command("world-lidar")
@click.option(
    "--data",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A folder with labelled scans of an HDL-64E: NAME.bin with NAME.int16, KITTI objects.",
)
@click.option(
    "--scans", default=20, show_default=True, type=click.IntRange(1), help="Of the world."
)
@click.option(
    "--plot",
    metavar="FILE.png",
    type=click.Path(path_type=Path),
    help="Draw the points of things by distance.",
)
def world_lidar(data: Path, scans: int, plot: Path | None) -> None:
    """The world's lidar beside real scans: points, missing returns, noise, intensity.

    \b
    points     of a thing with ten or more between 0.2 and 2 m above the ground, by its distance
    missing    returns that lack between two of one surface on a ring
    noise      of the range along a ring, from its second differences
    intensity  quantiles

    \b
    Example:
      bulwark evaluate world-lidar --data scans/ --plot docs/images/lidar_real_vs_world.png
    """
    from bulwark_cli.evaluate.labelled_scans import find_scans, read_scans
    from bulwark_cli.evaluate.scan_figures import figures_of
    from bulwark_cli.evaluate.scan_plot import draw
    from bulwark_cli.evaluate.scan_tables import show
    from bulwark_cli.evaluate.world_scans import world_scans

    files = [file for file in find_scans(data) if file.suffix == ".bin"]
    if not files:
        raise BulwarkError(f"{data}: no .bin scans, whose points go ring by ring, below it")
    console = Console(highlight=False)
    real = figures_of(track(read_scans(files), "real scans", len(files), console=console))
    world = figures_of(track(world_scans(scans), "world", scans, console=console))
    show(console, real, world)
    if plot is not None:
        try:
            draw(real, world, plot)
        except OSError as error:
            raise BulwarkError(f"cannot write {plot}: {error.strerror or error}") from error
