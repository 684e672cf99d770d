# SPDX-License-Identifier: Apache-2.0
"""`bulwark replay`: recorded bags through the stack, judged, with tables, JSON and a report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from bulwark_cli.replay_console import make_console, progress, shipped_config
from bulwark_cli.replay_folder import FolderOptions, replay_folder
from bulwark_cli.replay_graph import recording_name, replay_on_graph
from bulwark_cli.replay_options import Judging, input_options, judging_options, understand
from bulwark_core.errors import BagError, BulwarkError

if TYPE_CHECKING:
    from bulwark_replay.outcome import Outcome
    from bulwark_replay.recording import Recording

REPORTS = Path("reports")
_EPILOG = """\b
Examples:
  bulwark replay drive/                            a bag's folder: MCAP or sqlite3
  bulwark replay drive.mcap --json drive.json      a bare file, and the result for a script
  bulwark replay drive/ --map /os1/points:=/lidar/points
                                                   which cloud to use, where there are several
  bulwark replay drive/ --model yolox_nano.onnx    with the camera, and a detector of your own
  bulwark replay drive/ --time-scale 2             the same drive at twice the speed
  bulwark replay drive/ --params my_car.param.yaml --set aeb_supervisor.stage.warning_lead=1.4
  bulwark replay drive/ --expect 'interventions = 0' --expect 'warnings <= 1'
  bulwark replay drives/ --baseline drives.json --update-baseline
  bulwark replay drives/ --baseline drives.json --junit junit.xml --workers 8
  bulwark replay /share/drives --out /share/results --ray head:10001
  bulwark replay drive/ --graph --expect 'interventions = 0'

\b
Topics are found by their type and shown before the run. One lidar scan is one frame. The same bag,
code and parameters give the same JSON, byte for byte; --timing adds wall times to it. A folder that
is no bag is searched for bags; a bag that is broken is told, and the others go on.
Exit codes: 0 replayed, and as asked; 1 a condition does not hold, or it is not as in the baseline;
2 the bag or an option is no good.
"""


@click.command(epilog=_EPILOG)
@click.argument("bag", type=click.Path(path_type=Path))
@click.option("--json", "json_file", metavar="FILE", help="Write the result; '-' for stdout.")
@click.option("--jsonl", type=click.Path(path_type=Path), help="Write a line for each scan.")
@click.option("--said", type=click.Path(path_type=Path), help="Write what the nodes say as a bag.")
@click.option(
    "--report",
    metavar="DIR|FILE",
    help="Where to write the HTML report.  [default: reports/<bag>/index.html]",
)
@click.option("--no-report", is_flag=True, help="Write no report.")
@input_options
@judging_options
@click.option("--graph", is_flag=True, help="The real nodes over DDS, in lock step.")
@click.option(
    "--rate", type=click.FloatRange(0.01, 100.0), help="With --graph: not in lock step, this fast."
)
@click.option("--timing", is_flag=True, help="Put wall times into the JSON.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder: where all files go.  [default: reports/<folder>]",
)
@click.option("--workers", type=click.IntRange(1), help="Folder: processes.  [default: cores]")
@click.option(
    "--ray", metavar="ADDRESS", help="Folder: over a Ray cluster; 'local' starts one here."
)
@click.option("--fresh", is_flag=True, help="Folder: do not go on where a run was interrupted.")
@click.option("--bag-reports", is_flag=True, help="Folder: an HTML report of each bag.")
@click.option("--bag-outputs", is_flag=True, help="Folder: what the nodes say, of each bag.")
def replay(bag: Path, **given: Any) -> int:
    """Put recorded drives through the nodes that drive, and show what they did.

    BAG is a bag's folder, a single .mcap, .db3 or (ROS 1) .bag file, or a folder of such. Nothing
    is published, and no ROS daemon or clock is involved: the nodes run in lock step with the
    recording.
    """
    from bulwark_replay.folder import is_folder_of_bags
    from bulwark_replay.runner import ReplayOptions
    from bulwark_replay.timeline import parse_time_scale
    from bulwark_replay.topics import parse_mapping

    if given["rate"] is not None and not given["graph"]:
        raise BagError("--rate is for --graph: without it there is no clock to be fast or slow")
    console = make_console(on_stderr=given["json_file"] == "-")
    judging = understand(
        given["expect"],
        given["baseline"],
        given["update_baseline"],
        given["tolerances"],
        given["junit"],
    )
    options = ReplayOptions(
        mappings=tuple(parse_mapping(rule) for rule in given["rules"]),
        time_scale=parse_time_scale(given["time_scale"]),
        model=given["model"],
        config=shipped_config(console),
        params=given["params"],
        settings=given["settings"],
    )
    if is_folder_of_bags(bag):
        if given["graph"]:
            raise BagError(f"{bag}: --graph plays one bag, this is a folder of bags")
        out = given["out"] or REPORTS / bag.resolve().name
        names = ("workers", "ray", "fresh", "bag_reports", "bag_outputs")
        of_folder = FolderOptions(out, *(given[name] for name in names))
        return replay_folder(bag, replace(options, with_points=False), judging, of_folder)
    return _replay_one(console, bag, options, judging, given)


def _replay_one(
    console: Console, bag: Path, options: Any, judging: Judging, given: dict[str, Any]
) -> int:
    from bulwark_replay.commit import source_commit
    from bulwark_replay.console import print_outcome, print_topics, print_verdict
    from bulwark_replay.job import Job, with_case
    from bulwark_replay.outcome import judge

    report = None if given["no_report"] else _report_file(given["report"], bag)
    job = with_case(Job(bag.name, bag, options, judging.demands, source_commit()))
    if given["graph"]:
        out = given["said"] or REPORTS / recording_name(bag) / "graph"
        recording = replay_on_graph(console, bag, job.options, out, given["rate"])
    else:
        recording = _run(console, job, report, given["said"], print_topics)
    demands = replace(job.demands, **_compared(judging, recording.bag))
    outcome = judge(recording.bag, recording, demands)
    result = _write(recording, outcome, job.commit, report, given)
    _write_verdict(judging, given["jsonl"], recording, outcome, demands, job.commit)
    print_outcome(console, recording, result)
    if not (judging.is_asked or demands.conditions):
        return 0
    print_verdict(console, outcome)
    return 0 if outcome.passed else 1


def _compared(judging: Judging, name: str) -> dict[str, Any]:
    """The snapshot of this bag in the baseline, as a change of the demands."""
    if judging.compared is None:
        return {}
    if name not in judging.compared:
        has = ", ".join(judging.compared) or "none"
        raise BagError(f"{judging.baseline_file}: has no bag '{name}'; it has {has}")
    return {"baseline": judging.compared[name]}


def _run(
    console: Console, job: Any, report: Path | None, said: Path | None, print_topics: Any
) -> Recording:
    from bulwark_replay import runner
    from bulwark_replay.bag_writer import BagWriter
    from bulwark_replay.job import to_bag

    shown = report is not None
    options = replace(job.options, with_pictures=shown, with_points=shown)
    with progress(console) as on_progress:
        if said is None:
            return runner.replay(job.bag, options, lambda t: print_topics(console, t), on_progress)
        with BagWriter(said) as writer:
            return runner.replay(
                job.bag,
                options,
                lambda t: print_topics(console, t),
                on_progress,
                (to_bag(writer),),
            )


def _write(
    recording: Recording,
    outcome: Outcome,
    commit: str,
    report_file: Path | None,
    given: dict[str, Any],
) -> dict[str, Any]:
    """Write the files that were asked for; the result."""
    from bulwark_replay.outcome import judged
    from bulwark_replay.replay_log import make_run_log
    from bulwark_replay.report import write_report
    from bulwark_replay.result import make_result, to_json

    where, json_file = None if report_file is None else str(report_file), given["json_file"]
    result = make_result(recording, commit, where, with_timing=given["timing"])
    result |= judged(outcome)
    try:
        if report_file is not None:
            write_report(make_run_log(recording, commit, outcome), report_file)
            _link_latest(report_file)
        if json_file == "-":
            click.echo(to_json(result), nl=False)
        elif json_file is not None:
            Path(json_file).parent.mkdir(parents=True, exist_ok=True)
            Path(json_file).write_text(to_json(result), encoding="utf-8")
    except OSError as error:
        raise BulwarkError(f"cannot write {error.filename}: {error.strerror}") from error
    return result


def _write_verdict(
    judging: Judging,
    jsonl: Path | None,
    recording: Recording,
    outcome: Outcome,
    demands: Any,
    commit: str,
) -> None:
    from bulwark_replay.baseline import write_baseline
    from bulwark_replay.frame_lines import write_lines
    from bulwark_replay.junit import write_junit

    if jsonl is not None:
        write_lines(jsonl, commit, demands, outcome, recording)
    if judging.junit is not None:
        write_junit(judging.junit, [outcome], outcome.name)
    if judging.update and judging.baseline_file and outcome.snapshot:
        snapshots = {**judging.known, outcome.name: outcome.snapshot}
        write_baseline(judging.baseline_file, snapshots, commit)


def _report_file(report: str | None, bag: Path) -> Path:
    if report is None:
        return REPORTS / recording_name(bag) / "index.html"
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
