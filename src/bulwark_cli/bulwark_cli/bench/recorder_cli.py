# SPDX-License-Identifier: Apache-2.0
"""The command `bulwark bench recorder`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bulwark_cli.bench.lidar.machine import machine

if TYPE_CHECKING:
    from bulwark_cli.bench.recorder import Turn


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0.1), default=4.0, show_default=True)
@click.option(
    "--turn", "turn_s", type=click.FloatRange(min=2.0), default=30.0, show_default=True,
    help="Seconds without the recorder, then with it, and so on.",
)  # fmt: skip
@click.option(
    "--memory", type=click.FloatRange(min=1.0), default=512.0, show_default=True,
    help="Bound of the recorder's messages, MB.",
)  # fmt: skip
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write the figures here."
)
def recorder(minutes: float, turn_s: float, memory: float, json_file: Path | None) -> None:
    """Latency from a scan to the AEB's command, without and with the clip recorder by turns.

    The real lidar, obstacle and AEB nodes over DDS, fed with clouds of 120,000 points and raw
    pictures at 10 Hz; in the middle of each of its turns the recorder writes a clip.

    \b
    Examples:
      bulwark bench recorder
      bulwark bench recorder --minutes 10 --turn 60 --json recorder.json
    """
    from bulwark_cli.bench.recorder import measure, summary

    turns = measure(60.0 * minutes, turn_s, memory, _tell)
    found = summary(turns)
    for name in ("without", "with"):
        click.echo(f"{name:8} p50 {found[name]['p50_ms']} ms, p99 {found[name]['p99_ms']} ms")
    click.echo(f"change   p50 {_share(found, 'p50_ms')}, p99 {_share(found, 'p99_ms')}")
    click.echo(f"recorder at most {found['rss_mb_max']} MB resident")
    if json_file is not None:
        content = {"machine": machine(), "turn_s": turn_s, "memory_mb": memory, **found}
        content["turns"] = [turn.as_dict() for turn in turns]
        try:
            json_file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise click.FileError(str(json_file), error.strerror) from error


def _share(found: dict[str, dict[str, float | None]], name: str) -> str:
    value = found["change"][name]
    return "unknown" if value is None else f"{100.0 * value:+.1f} %"


def _tell(turn: Turn) -> None:
    row = turn.as_dict()
    text = f"{row['scans']} scans, p50 {row['p50_ms']} ms, p99 {row['p99_ms']} ms"
    if turn.with_recorder:
        rss = max(turn.rss_mb, default=0.0)
        said = turn.said
        text += f"; recorder {rss:.0f} MB, {100.0 * turn.cpu:.0f} % of a core, "
        text += f"holds {said.get('held_mb', '?')} MB, dropped {said.get('dropped', '?')}, "
        text += f"clips {said.get('written', '?')}"
    click.echo(f"{'with' if turn.with_recorder else 'without'}: {text}")
