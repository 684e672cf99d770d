# SPDX-License-Identifier: Apache-2.0
"""`bulwark view`: a run as an MCAP for RViz and Foxglove, and live where an extra is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bulwark_world.live_view import LiveView

VIEWS = Path("reports") / "views"
_EPILOG = """\b
Examples:
  bulwark view crossing --set speed_kmh=40                a scenario with its parameters
  bulwark view reports/forward --run car-60 --sensors lidar
                                                          a run of a suite's report, on points
  bulwark view run.json                                   a run log
  bulwark view demo --live                                plays it to Foxglove, again and again

\b
The run is driven again in lock step with the stack's own components: the same run gives the same
messages. `ros2 bag play DIR` plays them to RViz (config/bulwark.rviz); Foxglove opens the .mcap.
Exit codes: 0 the bag was written, 2 bad usage or a wrong file.
"""


@click.command(epilog=_EPILOG)
@click.argument("run", metavar="RUN")
@click.option("--run", "run_id", metavar="ID", help="Which run of a suite's report.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set a parameter; repeatable."
)
@click.option(
    "--sensors",
    type=click.Choice(["objects", "lidar", "all"]),
    help="With what the stack senses.  [default: as the run did, else objects]",
)
@click.option("--seed", type=click.IntRange(0), help="[default: the run's, else 1]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where to write the bag.  [default: reports/views/<run>]",
)
@click.option("--live", is_flag=True, help="Play it to Foxglove (needs foxglove-sdk).")
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True)
def view(
    run: str,
    run_id: str | None,
    settings: tuple[str, ...],
    sensors: str | None,
    seed: int | None,
    out: Path | None,
    live: bool,
    port: int,
) -> int:
    """Write a run as an MCAP bag that RViz and Foxglove show.

    RUN is a scenario's name or file, a run log (.json), or a suite's report: its folder or its
    page, with --run.
    """
    from bulwark_world.live_view import LiveView
    from bulwark_world.run_bag import write_run_bag
    from bulwark_world.run_source import find_run
    from bulwark_world.runner import Conditions
    from bulwark_world.scenario import load_scenario, parse_settings
    from bulwark_world.stack import Sensing
    from bulwark_world.suite import Run

    viewer = LiveView(port) if live else None  # what is missing is said before the drive
    source = find_run(run, run_id)
    given = {**source.settings, **parse_settings(settings)}
    conditions = Conditions(
        Sensing(sensors or source.sensors or "objects"),
        next(value for value in (seed, source.seed, 1) if value is not None),
    )
    folder = out or VIEWS / re.sub(r"[^\w.+=-]+", "_", source.id)
    file = write_run_bag(Run(source.id, load_scenario(source.scenario), given), conditions, folder)
    click.echo(f"{file} ({file.stat().st_size / 1e6:.1f} MB): open it in Foxglove, or")
    click.echo(f"ros2 bag play --loop {folder}, with rviz2 -d config/bulwark.rviz")
    if viewer is not None:
        _play(viewer, folder)
    return 0


def _play(viewer: LiveView, folder: Path) -> None:
    click.echo(f"playing to {viewer.address}: in Foxglove, Open connection; Ctrl-C ends it")
    try:
        viewer.play(folder)
    except KeyboardInterrupt:
        viewer.close()
