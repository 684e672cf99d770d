# SPDX-License-Identifier: Apache-2.0
"""`bulwark replay`: a recorded bag through the stack, with tables, JSON and a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bulwark_cli.resources import config_file
from bulwark_core.errors import BulwarkError

REPORTS = Path("reports")
_SHIPPED = "vehicle.param.yaml"
_WIDTH = 120
"""Columns where there is no terminal to ask."""
_EPILOG = """\b
Examples:
  bulwark replay drive/                            a bag's folder: MCAP or sqlite3
  bulwark replay drive.mcap --json drive.json      a bare file, and the result for a script
  bulwark replay drive/ --map /os1/points:=/lidar/points
                                                   which cloud to use, where there are several
  bulwark replay drive/ --model yolox_nano.onnx    with the camera, and a detector of your own
  bulwark replay drive/ --time-scale 2             the same drive at twice the speed
  bulwark replay drive/ --params my_car.param.yaml --set aeb_supervisor.stage.warning_lead=1.4

\b
Topics are found by their type and shown before the run. One lidar scan is one frame. The same bag,
code and parameters give the same JSON, byte for byte; --timing adds wall times to it.
Exit codes: 0 the bag was replayed, whatever the AEB did; 2 the bag or an option is no good.
"""


@click.command(epilog=_EPILOG)
@click.argument("bag", type=click.Path(path_type=Path))
@click.option("--json", "json_file", metavar="FILE", help="Write the result; '-' for stdout.")
@click.option(
    "--report",
    metavar="DIR|FILE",
    help="Where to write the HTML report.  [default: reports/<bag>/index.html]",
)
@click.option("--no-report", is_flag=True, help="Write no report.")
@click.option("--map", "rules", metavar="FROM:=TO", multiple=True, help="Feed TO from topic FROM.")
@click.option("--time-scale", metavar="K", default="1", help="Replay the drive K times as fast.")
@click.option("--model", type=click.Path(path_type=Path), help="ONNX detector for the camera.")
@click.option(
    "--params", type=click.Path(path_type=Path), multiple=True, help="ROS parameter file to add."
)
@click.option(
    "--set", "settings", metavar="NODE.PARAM=VALUE", multiple=True, help="Set one parameter."
)
@click.option("--timing", is_flag=True, help="Put wall times into the JSON.")
def replay(
    bag: Path,
    json_file: str | None,
    report: str | None,
    no_report: bool,
    rules: tuple[str, ...],
    time_scale: str,
    model: Path | None,
    params: tuple[Path, ...],
    settings: tuple[str, ...],
    timing: bool,
) -> None:
    """Put a recorded drive through the nodes that drive, and show what they did.

    BAG is a bag's folder or a single .mcap, .db3 or (ROS 1) .bag file. Nothing is published, and
    no ROS daemon or clock is involved: the nodes run in lock step with the recording.
    """
    from bulwark_replay import runner
    from bulwark_replay.console import print_outcome, print_topics
    from bulwark_replay.timeline import parse_time_scale
    from bulwark_replay.topics import parse_mapping

    console = _console(on_stderr=json_file == "-")
    report_file = None if no_report else _report_file(report, bag)
    options = runner.ReplayOptions(
        mappings=tuple(parse_mapping(rule) for rule in rules),
        time_scale=parse_time_scale(time_scale),
        model=model,
        config=_shipped_config(console),
        params=params,
        settings=settings,
        with_pictures=report_file is not None,
    )
    with _progress(console) as on_progress:
        recording = runner.replay(bag, options, lambda t: print_topics(console, t), on_progress)
    result = _write(recording, report_file, json_file, timing)
    print_outcome(console, recording, result)


def _write(
    recording: Any, report_file: Path | None, json_file: str | None, timing: bool
) -> dict[str, Any]:
    """Write the files that were asked for; the result."""
    from bulwark_replay.commit import source_commit
    from bulwark_replay.replay_log import make_run_log
    from bulwark_replay.report import write_report
    from bulwark_replay.result import make_result, to_json

    commit = source_commit()
    where = None if report_file is None else str(report_file)
    result = make_result(recording, commit, where, with_timing=timing)
    try:
        if report_file is not None:
            write_report(make_run_log(recording, commit), report_file)
            _link_latest(report_file)
        if json_file == "-":
            click.echo(to_json(result), nl=False)
        elif json_file is not None:
            Path(json_file).parent.mkdir(parents=True, exist_ok=True)
            Path(json_file).write_text(to_json(result), encoding="utf-8")
    except OSError as error:
        raise BulwarkError(f"cannot write {error.filename}: {error.strerror}") from error
    return result


def _console(*, on_stderr: bool) -> Console:
    console = Console(stderr=on_stderr, highlight=False)
    return (
        console if console.is_terminal else Console(stderr=on_stderr, highlight=False, width=_WIDTH)
    )


def _report_file(report: str | None, bag: Path) -> Path:
    if report is None:
        resolved = bag.resolve()
        return REPORTS / (resolved.name if resolved.is_dir() else resolved.stem) / "index.html"
    path = Path(report)
    return path if path.suffix in (".html", ".htm") else path / "index.html"


def _link_latest(report_file: Path) -> None:
    """`reports/latest` leads to the newest report of the default place."""
    if report_file.parent.parent != REPORTS or report_file.parent.name == "latest":
        return
    link = REPORTS / "latest"
    if link.is_symlink() or not link.exists():
        link.unlink(missing_ok=True)
        link.symlink_to(report_file.parent.name)


def _shipped_config(console: Console) -> Path | None:
    try:
        return config_file(_SHIPPED).parent
    except BulwarkError as error:
        console.print(f"parameters: the defaults in the code, since {error}", markup=False)
        return None


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("replaying"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("replaying", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
