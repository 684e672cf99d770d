# SPDX-License-Identifier: Apache-2.0
"""The commands `bulwark bench world`, `aeb` and `jitter`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bulwark_cli.bench.lidar.machine import machine

_json = click.option(
    "--json", "json_file", metavar="FILE", type=click.Path(path_type=Path),
    help="Write the figures here.",
)  # fmt: skip


@click.command()
@click.option("--suite", default="smoke", show_default=True, help="Whose runs are driven.")
@click.option(
    "--sensors",
    multiple=True,
    type=click.Choice(["objects", "lidar", "all"]),
    default=["objects", "lidar", "all"],
    show_default=True,
    help="What the stack senses with; repeatable.",
)
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--runs", type=click.IntRange(min=1), help="Only so many of the suite.")
@_json
def world(
    suite: str, sensors: tuple[str, ...], workers: int, runs: int | None, json_file: Path | None
) -> None:
    """Simulated seconds a second of one core: world, sensors and stack in lock step.

    \b
    Examples:
      bulwark bench world --sensors objects --workers 2
      bulwark bench world --sensors lidar --runs 3 --json world.json
    """
    from bulwark_cli.bench.world import measure
    from bulwark_world.stack import Sensing
    from bulwark_world.suite import load_suite

    chosen = load_suite(suite).runs[:runs]
    table = _table("world", "sensors", "workers", "simulated, s", "x a core", "x by the clock")
    rows = []
    for name in sensors:
        speed = measure(chosen, Sensing(name), workers)
        rows.append(speed.as_dict())
        table.add_row(
            name, str(workers), f"{speed.simulated_s:.0f}", f"{speed.per_core:.1f}",
            f"{speed.real_time_factor:.1f}",
        )  # fmt: skip
    _show(table, {"suite": suite, "speeds": rows}, json_file)


@click.command()
@click.option(
    "--objects", multiple=True, type=click.IntRange(min=0), default=[1, 10, 50, 200],
    show_default=True, help="In a list; repeatable.",
)  # fmt: skip
@click.option("--ticks", type=click.IntRange(min=10), default=1000, show_default=True)
@_json
def aeb(objects: tuple[int, ...], ticks: int, json_file: Path | None) -> None:
    """Time of a decision by the number of objects, messages in and out, on one core."""
    from bulwark_cli.bench.aeb import measure

    table = _table(
        "AEB decision", "objects", "with target", "p50, ms", "p99, ms", "new list p50, ms"
    )
    rows = []
    for count in objects:
        row = measure(count, ticks).as_dict()
        rows.append(row)
        table.add_row(
            str(count), f"{row['targets']:.0%}", f"{row['decision_ms']['p50']:.3f}",
            f"{row['decision_ms']['p99']:.3f}", f"{row['new_list_ms']['p50']:.3f}",
        )  # fmt: skip
    _show(table, {"ticks": ticks, "decisions": rows}, json_file)


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0.05), default=1.0, show_default=True)
@click.option("--objects", type=click.IntRange(min=0), default=50, show_default=True)
@click.option("--load", is_flag=True, help="Keep all cores busy beside it.")
@_json
def jitter(minutes: float, objects: int, load: bool, json_file: Path | None) -> None:
    """Timer jitter and collection pauses of the real supervisor node, fed over DDS at full rate."""
    from bulwark_cli.bench.jitter import measure

    found = measure(60.0 * minutes, objects, load)
    table = _table(f"aeb_supervisor, {found.state}", "", "count", "p50, ms", "p99, ms", "max, ms")
    for name, row in (("tick jitter", found.tick_jitter), ("collection", found.collection)):
        table.add_row(
            name, f"{row['count']:.0f}", f"{row['p50_ms']:.2f}", f"{row['p99_ms']:.2f}",
            f"{row['max_ms']:.2f}",
        )  # fmt: skip
    _show(table, found.as_dict(), json_file)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _show(table: Table, figures: dict[str, Any], json_file: Path | None) -> None:
    Console().print(table)
    if json_file is None:
        return
    try:
        text = json.dumps({"machine": machine(), **figures}, indent=2)
        json_file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(json_file), error.strerror) from error
