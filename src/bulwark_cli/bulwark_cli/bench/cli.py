# SPDX-License-Identifier: Apache-2.0
"""The commands under `bulwark bench`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bulwark_cli.bench import transport as transport_bench
from bulwark_cli.bench.camera_cli import camera
from bulwark_cli.bench.lidar.cli import lidar
from bulwark_cli.bench.peers_cli import peers
from bulwark_cli.bench.recorder_cli import recorder
from bulwark_cli.bench.speed_cli import aeb, jitter, world


@click.group()
def bench() -> None:
    """Measure, beside what you would use instead, in one run."""


for command in (lidar, camera, world, aeb, jitter, recorder, peers):
    bench.add_command(command)


@bench.command()
@click.option(
    "--points", default=120_000, show_default=True, help="Points of a cloud, 16 bytes each."
)
@click.option("--clouds", default=100, show_default=True, help="Clouds to send with each profile.")
@click.option("--rate", default=10.0, show_default=True, help="Clouds a second.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write the figures here."
)
def transport(points: int, clouds: int, rate: float, json_file: Path | None) -> None:
    """Latency of a point cloud from process to process.

    Sends the same clouds with the shipped Fast DDS profile and with Fast DDS as it comes, one after
    the other, best effort as lidar drivers do.

    \b
    Examples:
      bulwark bench transport
      bulwark bench transport --points 500000 --clouds 50 --json transport.json
    """
    results = []
    with Progress(transient=True) as progress:
        task = progress.add_task("sending clouds", total=len(transport_bench.profiles()))
        for profile in transport_bench.profiles():
            results.append(transport_bench.measure(profile, points, clouds, rate))
            progress.advance(task)
    Console().print(_table(results, points))
    if json_file:
        rows = [result.as_dict() for result in results]
        json_file.write_text(json.dumps({"points": points, "profiles": rows}, indent=2) + "\n")


def _table(results: list[transport_bench.Result], points: int) -> Table:
    table = Table(title=f"cloud of {points} points, process to process")
    for column in ("Fast DDS profile", "delivered", "p50, ms", "p99, ms"):
        table.add_column(column, justify="left" if column.startswith("Fast") else "right")
    for result in results:
        table.add_row(
            result.profile,
            f"{result.received} of {result.sent}",
            f"{result.p50_ms:.1f}",
            f"{result.p99_ms:.1f}",
        )
    return table
