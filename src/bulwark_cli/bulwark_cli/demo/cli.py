# SPDX-License-Identifier: Apache-2.0
"""The command `bulwark demo`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from bulwark_cli.demo.drive import drive
from bulwark_cli.demo.outcome import outcome, shortfall
from bulwark_replay.report import write_report
from bulwark_world.run_report import make_report

REPORT = Path("reports/demo")


@click.command()
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the result here.")
@click.option(
    "--report",
    "report_folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=REPORT,
    show_default=True,
    help="Folder for the HTML report.",
)
@click.option(
    "--model",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="ONNX detector for the camera node; none by default.",
)
@click.option("--seed", default=1, show_default=True, help="Decides all noise and the roadside.")
@click.option("--rviz", is_flag=True, help="Open RViz too (needs an installed ROS).")
def demo(
    json_file: Path | None, report_folder: Path, model: Path | None, seed: int, rviz: bool
) -> int:
    """Drive at 60 km/h towards a standing car; nobody brakes but the AEB.

    The world, the lidar, camera, static-obstacle and planner nodes and the AEB supervisor run as
    processes of their own and talk over DDS. The planner is told to ignore obstacles. Exit code 0:
    stopped without contact, and no node died.

    \b
    Examples:
      bulwark demo
      bulwark demo --json out.json --report /tmp/demo
      bulwark demo --model yolox_nano.onnx
    """
    arguments = {"planner_follow_objects": "false", "seed": str(seed), "rviz": str(rviz).lower()}
    if model:
        arguments["model"] = str(model.absolute())
    result_of = drive(arguments)
    report = None
    if result_of.log is not None:
        report = report_folder / "index.html"
        write_report(make_report(result_of.log, "Demo: a standing car ahead"), report)
    result = outcome(result_of, None if report is None else str(report))
    if json_file:
        json_file.write_text(json.dumps(result, indent=2) + "\n")
    return _tell(result)


def _tell(result: dict[str, Any]) -> int:
    console, why = Console(), shortfall(result)
    console.print(_table(result))
    if result["report"]:
        console.print(f"report: {result['report']}", soft_wrap=True)
    console.print(
        "[bold green]the AEB stopped the car[/]" if why is None else f"[bold red]{why}[/]"
    )
    return 0 if why is None else 1


def _table(result: dict[str, Any]) -> Table:
    latency = result["latency_ms"]
    table = Table(title="demo", show_header=False)
    table.add_row("speed when braking began", _unit(result["v0_kmh"], "km/h"))
    table.add_row("contact", {None: "unknown", True: "YES", False: "no"}[result["contact"]])
    table.add_row("gap at standstill", _unit(result["stop_gap_m"], "m"))
    stages = ", ".join(f"{row['stage']} {row['t_s']:.2f} s" for row in result["stages"])
    table.add_row("stages", stages or "-")
    table.add_row("node processes", f"{result['node_processes']}: {', '.join(result['nodes'])}")
    if latency["p50"] is not None:
        figures = f"{latency['p50']:.0f} ms median, {latency['p99']:.0f} ms p99"
        table.add_row("lidar stamp to command", figures)
    table.add_row("real-time factor", _unit(result["real_time_factor"], ""))
    return table


def _unit(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{value:.2f} {unit}".rstrip()
