# SPDX-License-Identifier: Apache-2.0
"""The figures as a table on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bulwark_cli.bench.lidar.measure import CHAIN, LEARNING

_BUSY = 1.15
"""Time by the clock over the processor's: above it something else wanted the core."""


def show(console: Console, result: Mapping[str, Any]) -> None:
    """Table, settings, scaling, and what has to be known to judge them."""
    console.print(_table(result))
    for text in result["settings"].values():
        console.print(Text(f"  {text}"), soft_wrap=True)
    console.print(
        Text(
            f"a new tracker learns the lidar's beams from its first {LEARNING} scans, which take "
            f"{result['learning_ms']:.1f} ms and are not counted above"
        ),
        soft_wrap=True,
    )
    if result["scaling"]:
        steps = ", ".join(f"{p['points']:,}: {p['chain_ms']:.1f} ms" for p in result["scaling"])
        power = result["scaling_exponent"]
        console.print(Text(f"chain by points: {steps}; it grows with points^{power:.2f}"))
    for key, why in result["left_out"].items():
        console.print(Text.assemble(("! ", "yellow"), f"{key} left out: {why}"), soft_wrap=True)
    busy = result["wall_ms"][CHAIN]["p50"] / result["chain_ms"]["p50"]
    if busy > _BUSY:
        note = (
            f"the core was shared: by the clock the chain took {busy:.1f} times as long. Figures "
            "are the processor's time, but those of the stages go by the clock"
        )
        console.print(Text.assemble(("! ", "yellow"), note), soft_wrap=True)


def _table(result: Mapping[str, Any]) -> Table:
    title = f"{result['clouds']}: {result['points']:,} points a scan, one core"
    table = Table(title=title, box=box.SIMPLE_HEAD, header_style="bold")
    columns = ("", "median, ms", "p99, ms", "x the whole chain")
    finding = ("found", "of ground", "merged") if result["found"] else ()
    for index, column in enumerate((*columns, *finding)):
        table.add_column(column, justify="right" if index else "left")
    p99 = {key: f"{ms:.2f}" for key, ms in result["p99_ms"].items()}
    median = f"{result['chain_ms']['p50']:.2f}"
    found = _found(result, CHAIN)
    table.add_row("the whole chain", median, p99[CHAIN], "1.0", *found, style="bold")
    for stage, ms in result["stages_ms"].items():
        table.add_row(f"  {stage}", f"{ms:.2f}")
    for key, ms in result["baselines_ms"].items():
        ratio = f"{result['ratios'][key]:.1f}"
        table.add_row(key, f"{ms:.2f}", p99[key], ratio, *_found(result, key))
    return table


def _found(result: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Things found, and obstacles a scan that are made of ground or of several things."""
    found = result["found"].get(key)
    if not found or found["recall"] is None:
        return ()
    scans = found["scans"]
    return (
        f"{found['recall']:.0%}",
        f"{found['of_ground'] / scans:.1f}",
        f"{found['merged'] / scans:.1f}",
    )
