# SPDX-License-Identifier: Apache-2.0
"""One side of a comparison: bags through the stack of one commit with one set of parameters.

It runs as a process of its own (`python -m bulwark_replay.side`), so that the other side may be
other code. Replay and metrics are always those of this file: both sides have the same ruler.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bulwark_core.errors import BagError, BulwarkError
from bulwark_replay.outcome import Demands, Outcome, broken, judge
from bulwark_replay.outcome import outcome_from_plain as from_plain
from bulwark_replay.outcome import outcome_to_plain as to_plain
from bulwark_replay.replay_log import report_frames
from bulwark_replay.runner import ReplayOptions, replay
from bulwark_replay.seen import Seen, seen_from_plain, seen_to_plain
from bulwark_replay.topics import parse_mapping

_PARAMETER_SUFFIXES = (".yaml", ".yml")
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Side:
    """What one side is. params: a parameter file; commit: of this source tree; neither: as it is.

    name: as the user wrote it.
    """

    name: str
    params: Path | None = None
    commit: str | None = None


def parse_side(text: str) -> Side:
    """`FILE.yaml`, a git commit, or `.` for the code as it is; BagError where it is none."""
    if text == ".":
        return Side(text)
    path = Path(text)
    if path.suffix in _PARAMETER_SUFFIXES:
        if not path.is_file():
            raise BagError(f"{text}: there is no such parameter file")
        return Side(text, params=path.resolve())
    commit = _git("rev-parse", "--verify", "--quiet", f"{text}^{{commit}}")
    if commit.returncode:
        raise BagError(
            f"'{text}' is neither a parameter file (.yaml) nor a commit of the source tree "
            f"{_HERE.parent}; '.' is the code as it is"
        )
    return Side(text, commit=commit.stdout.strip())


@dataclass(frozen=True)
class Answer:
    """What one side makes of a bag. seen: empty where nobody asked for it, or the bag is broken."""

    outcome: Outcome
    seen: Seen = field(default_factory=Seen)


def run_side(
    side: Side,
    bags: Sequence[Path],
    config: Path | None,
    mappings: Sequence[str] = (),
    *,
    with_seen: bool = False,
) -> list[Answer]:
    """The answer to each bag, in order; BagError where the side's code cannot run."""
    with _tree(side) as tree:
        config = tree / "config" if tree is not None else config
        order: dict[str, Any] = {
            "bags": [str(bag.resolve()) for bag in bags],
            "config": None if config is None else str(config),
            "params": [] if side.params is None else [str(side.params)],
            "mappings": list(mappings),
            "with_seen": with_seen,
        }
        return _in_process(side, order, tree)


def _in_process(side: Side, order: dict[str, Any], tree: Path | None) -> list[Answer]:
    with tempfile.TemporaryDirectory(prefix="bulwark_side_") as folder:
        answer = Path(folder) / "answer.json"
        (Path(folder) / _HERE.name).symlink_to(_HERE)
        paths = [folder, *_sources(tree), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
        command = [sys.executable, "-m", "bulwark_replay.side", str(answer)]
        ended = subprocess.run(
            command,
            input=json.dumps(order),
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        if ended.returncode:
            last = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise BagError(f"{side.name}: its code cannot be replayed with this tool: {last}")
        rows = json.loads(answer.read_text())
        return [Answer(from_plain(row["outcome"]), seen_from_plain(row["seen"])) for row in rows]


def _sources(tree: Path | None) -> list[str]:
    return [] if tree is None else [str(path) for path in sorted((tree / "src").glob("bulwark_*"))]


@contextmanager
def _tree(side: Side) -> Iterator[Path | None]:
    """The source tree of the side's commit in a temporary folder; None where it has none."""
    if side.commit is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="bulwark_compare_") as folder:
        tree = Path(folder) / "tree"
        made = _git("worktree", "add", "--detach", str(tree), side.commit)
        if made.returncode:
            raise BagError(f"{side.name}: git: {made.stderr.strip().splitlines()[-1]}")
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def _git(*words: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(_HERE), *words]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BagError(f"git cannot be run: {error.strerror}") from error


def main() -> None:
    """Read an order from standard input, write the answers to the file that is named."""
    order = json.load(sys.stdin)
    options = ReplayOptions(
        mappings=tuple(parse_mapping(rule) for rule in order["mappings"]),
        config=None if order["config"] is None else Path(order["config"]),
        params=tuple(map(Path, order["params"])),
        with_points=order["with_seen"],
    )
    answers = [_answer(Path(bag), options) for bag in order["bags"]]
    Path(sys.argv[1]).write_text(json.dumps(answers))


def _answer(bag: Path, options: ReplayOptions) -> dict[str, Any]:
    seen = Seen()
    try:
        recording = replay(bag, options, lambda _: None, lambda _done, _all: None)
        outcome = judge(bag.name, recording, Demands())
        if options.with_points:
            seen = Seen(report_frames(recording), recording.vehicle.corners())
    except BulwarkError as error:
        outcome = broken(bag.name, str(error))
    return {"outcome": to_plain(outcome), "seen": seen_to_plain(seen)}


if __name__ == "__main__":
    main()
