# SPDX-License-Identifier: Apache-2.0
"""`bulwark compare`: two commits or two parameter files on the same bags."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.text import Text

from bulwark_cli.replay_console import make_console, shipped_config
from bulwark_core.errors import BagError

if TYPE_CHECKING:
    from bulwark_replay.outcome import Outcome
    from bulwark_replay.side import Answer, Side

_EPILOG = """\b
Examples:
  bulwark compare old.param.yaml new.param.yaml drive/
  bulwark compare v1.2 HEAD drives/ --junit compare.xml
  bulwark compare HEAD . drives/                   the last commit with what is not committed yet

\b
Edges that moved are told in frames, figures as deltas. Both sides are replayed and measured by the
same tool; a commit brings its nodes and its config/. Messages must be those that are built here.
Exit codes: 0 no difference; 1 there are some; 2 an option or a bag is no good.
"""


@click.command(epilog=_EPILOG)
@click.argument("before")
@click.argument("after")
@click.argument("bags", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--map", "rules", metavar="FROM:=TO", multiple=True, help="Feed TO from FROM.")
@click.option(
    "--tolerance", "tolerances", metavar="NAME=VALUE", multiple=True, help="As for `replay`."
)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write what differs.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write it for a CI system.")
@click.option("--report", type=click.Path(path_type=Path), help="Folder for a page for each bag.")
def compare(
    before: str,
    after: str,
    bags: tuple[Path, ...],
    rules: tuple[str, ...],
    tolerances: tuple[str, ...],
    json_file: Path | None,
    junit: Path | None,
    report: Path | None,
) -> int:
    """Replay BAGS with BEFORE and with AFTER, and tell what is different.

    BEFORE and AFTER are parameter files (.yaml), commits of the source tree, or '.', the code and
    the parameters as they are.
    """
    from bulwark_replay.differences import parse_tolerances
    from bulwark_replay.junit import write_junit
    from bulwark_replay.side import parse_side, run_side
    from bulwark_replay.two_sides import compare_outcomes

    console, limits = make_console(), parse_tolerances(tolerances)
    sides, all_bags = (parse_side(before), parse_side(after)), _all(bags)
    config = shipped_config(console)
    old, new = (
        run_side(side, all_bags, config, rules, with_seen=report is not None) for side in sides
    )
    outcomes = compare_outcomes([one.outcome for one in old], [one.outcome for one in new], limits)
    _print(console, outcomes)
    if json_file is not None:
        _write_json(json_file, sides, outcomes)
    if junit is not None:
        write_junit(junit, outcomes, f"{before} to {after}")
    if report is not None:
        _write_reports(console, report, (old, new), outcomes, (before, after))
    return 0 if all(one.passed for one in outcomes) else 1


def _all(bags: Sequence[Path]) -> list[Path]:
    from bulwark_replay.folder import find_bags, is_folder_of_bags

    found = [b for bag in bags for b in (find_bags(bag) if is_folder_of_bags(bag) else [bag])]
    if not found:
        raise BagError(f"{', '.join(map(str, bags))}: holds no bag")
    return found


def _print(console: Console, outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        reasons = one.reasons()
        head = f"{one.name}: " + (one.verdict.value if reasons else "no difference")
        console.print(Text(head, "yellow" if reasons else "green"), soft_wrap=True)
        for reason in reasons:
            console.print(Text(f"  {reason}"), soft_wrap=True)


def _write_json(file: Path, sides: Sequence[Side], outcomes: Sequence[Outcome]) -> None:
    rows = [
        {"bag": one.name, "verdict": one.verdict.value, "differences": one.reasons()}
        for one in outcomes
    ]
    content = {"before": sides[0].name, "after": sides[1].name, "bags": rows}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise BagError(f"cannot write {file}: {error.strerror}") from error


def _write_reports(
    console: Console,
    folder: Path,
    answers: tuple[Sequence[Answer], Sequence[Answer]],
    outcomes: Sequence[Outcome],
    sides: tuple[str, str],
) -> None:
    from bulwark_replay.compare_log import make_compare_log
    from bulwark_replay.report import write_report

    for index, (was, now, one) in enumerate(zip(*answers, outcomes, strict=True)):
        before, after = was.outcome.snapshot, one.snapshot
        if before is None or after is None:
            continue
        seen = was.seen, now.seen
        page = make_compare_log(one.name, before, after, one.differences, sides, seen)
        file = folder / f"{index:03d}_{Path(one.name).stem}.html"
        try:
            write_report(page, file)
        except OSError as error:
            raise BagError(f"cannot write {file}: {error.strerror}") from error
        console.print(Text(f"report: {file}"), soft_wrap=True)
