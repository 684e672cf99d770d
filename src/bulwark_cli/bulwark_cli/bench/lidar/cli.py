# SPDX-License-Identifier: Apache-2.0
"""The command `bulwark bench lidar`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bulwark_core.errors import BulwarkError

if TYPE_CHECKING:
    from bulwark_cli.bench.lidar.frames import Drive

_SCALING = "30000,60000,120000,250000,500000"
_WIDTH = 120
"""Columns where there is no terminal to ask."""
_EPILOG = """\b
Examples:
  bulwark bench lidar                              scans of the world's street, all baselines
  bulwark bench lidar --data drive/                a bag's clouds, in order and with its odometry
  bulwark bench lidar --data scans/ --scans 5      single scans: .bin (float32 x y z intensity) or
                                                   .npz (array 'xyzi'), each shown ten times
  bulwark bench lidar --baselines open3d_plane_dbscan,sklearn_dbscan --json lidar.json
  bulwark bench lidar --baselines none --plot docs/images/lidar_scaling.svg
                                                   the chain alone, and how it grows with points

\b
Each scan goes through the chain and then through the baselines that are due; slow ones are due on
each 5th or 10th scan. For the world's scans the table also tells which share of the things within
40 m was found, and how many obstacles a scan were made of ground or of several things at once.
Exit codes: 0 measured; 2 the data or an option is no good.
"""


@click.command(epilog=_EPILOG)
@click.option("--data", metavar="PATH", type=click.Path(path_type=Path), help="Recorded clouds.")
@click.option(
    "--points",
    type=click.IntRange(min=1000),
    help="About so many points a world scan.  [default: those of 64 x 1800 beams]",
)
@click.option(
    "--scans",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="World scans; at most so many of a recording.",
)
@click.option(
    "--repeat",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Go through all so many times.",
)
@click.option(
    "--baselines", metavar="NAMES", default="all", show_default=True, help="all, none, or names."
)
@click.option(
    "--scaling",
    "growth",
    metavar="POINTS",
    default=_SCALING,
    show_default=True,
    help="Sizes of world scans for the growth with points, or none.",
)
@click.option(
    "--json",
    "json_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write the figures here.",
)
@click.option(
    "--plot",
    "plot_file",
    metavar="FILE.svg",
    type=click.Path(path_type=Path),
    help="Draw the growth with points.",
)
def lidar(
    data: Path | None,
    points: int | None,
    scans: int,
    repeat: int,
    baselines: str,
    growth: str,
    json_file: Path | None,
    plot_file: Path | None,
) -> None:
    """The lidar chain, points to tracked objects, beside other libraries.

    Everything runs in one process on one core with one thread, on the same clouds.
    """
    from bulwark_cli.bench.lidar import scaling
    from bulwark_cli.bench.lidar.baselines.all import chosen
    from bulwark_cli.bench.lidar.frames import mean_points
    from bulwark_cli.bench.lidar.measure import measure
    from bulwark_cli.bench.lidar.one_core import one_core
    from bulwark_cli.bench.lidar.result import make_result
    from bulwark_cli.bench.lidar.scaling_plot import scaling_svg
    from bulwark_cli.bench.lidar.show import show

    sizes, picked = scaling.parse_sizes(growth), chosen(baselines)
    if plot_file is not None and not sizes:
        raise BulwarkError("--plot draws the growth with points: leave out --scaling none")
    console = _console()
    with one_core():
        clouds, drives = _clouds(data, points, scans)
        total = repeat * (sum(map(len, drives)) + (scaling.SCANS if sizes else 0))
        with _progress(console, total) as on_scan:
            measured = measure(drives, picked, repeat, on_scan)
            curve = scaling.measure_scaling(sizes, repeat, on_scan) if sizes else []
    result = make_result(clouds, mean_points(drives), measured, curve)
    show(console, result)
    if json_file is not None:
        _write(json_file, json.dumps(result, indent=2) + "\n")
    if plot_file is not None:
        _write(plot_file, scaling_svg(curve, result["machine"]))


def _clouds(data: Path | None, points: int | None, scans: int) -> tuple[str, list[Drive]]:
    """What is measured with, in words and as drives."""
    if data is not None:
        from bulwark_cli.bench.lidar.recorded import recorded_drives

        return data.resolve().name, recorded_drives(data, scans)
    from bulwark_cli.bench.lidar.world_drive import scaled, world_drive
    from bulwark_world.beams import LIDAR_MODELS

    model = LIDAR_MODELS["hdl64e"] if points is None else scaled(points)
    return "the world's street", [world_drive(model, scans)]


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BulwarkError(f"cannot write {file}: {error.strerror}") from error


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH)


@contextmanager
def _progress(console: Console, total: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not console.is_terminal:
        yield lambda: None
        return
    columns = (TextColumn("measuring"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("measuring", total=total)
        yield lambda: progress.advance(task)
