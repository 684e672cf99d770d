# SPDX-License-Identifier: Apache-2.0
"""The evaluation as tables on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bulwark_cli.evaluate.run import Evaluation
from bulwark_cli.evaluate.scores import Score

_COLUMNS = (
    "", "scans", "ground recall", "precision", "without bushes", "F1", "Patchwork++ F1",
    "found < 20 m", "found < 40 m", "ghosts ahead", "ghosts", "walls, posts",
)  # fmt: skip


def show(console: Console, result: Evaluation, *, misses: bool) -> None:
    """Print a row for each folder and one for all, and what was missed where that is asked for."""
    table = Table()
    for name in _COLUMNS:
        table.add_column(name, justify="left" if not name else "right")
    for folder, score in sorted(result.by_folder.items()):
        table.add_row(folder, *_row(score))
    table.add_section()
    table.add_row("all", *_row(result.total))
    console.print(table)
    kinds = ", ".join(
        f"{kind.name.lower()} {share.hits} of {share.total}"
        for kind, share in sorted(result.total.by_kind.items())
    )
    console.print(f"found within 40 m: {kinds or 'nothing to find'}")
    if result.peer_missing:
        console.print(f"Patchwork++ is left out: {result.peer_missing}")
    if misses:
        _show_misses(console, result.total)


def _row(score: Score) -> tuple[str, ...]:
    ground = score.ground.as_dict()
    scans = max(score.scans, 1)
    return (
        str(score.scans),
        _percent(ground["recall"]),
        _percent(ground["precision"]),
        _percent(ground["precision_no_vegetation"]),
        _percent(ground["f1"]),
        _percent(score.peer.f1),
        f"{score.near.hits} of {score.near.total}",
        f"{score.far.hits} of {score.far.total}",
        f"{score.corridor_ghosts / scans:.2f}",
        f"{score.ghosts / scans:.2f}",
        f"{score.shape.hits} of {score.shape.total}",
    )


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


def _show_misses(console: Console, score: Score) -> None:
    for miss in score.misses:
        console.print(
            f"{miss.folder}/{miss.name}: {miss.kind} at x {miss.x:.1f} m, y {miss.y:.1f} m "
            f"({miss.points} points): {miss.what}"
        )
