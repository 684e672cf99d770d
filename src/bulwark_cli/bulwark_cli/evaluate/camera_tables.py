# SPDX-License-Identifier: Apache-2.0
"""The figures of a detector as tables on the terminal."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table

from bulwark_training.evaluation import BARRIER_RANGE, Figures
from bulwark_training.real_figures import RealFigures


def show_figures(console: Console, figures: Figures) -> None:
    """Of pictures of the world."""
    table = Table(title=f"{figures.pictures} pictures of held-out worlds")
    near = f"AP50 < {BARRIER_RANGE:.0f} m"
    for title in ("class", "boxes", "AP50", near, "recall"):
        table.add_column(title, justify="left" if title == "class" else "right")
    for name, part in figures.by_class.items():
        barrier = figures.barriers_near.get(name)
        table.add_row(
            name.name.lower(), str(part.asked), _shown(part.value),
            "" if barrier is None else _shown(barrier.value), _shown(part.recall),
        )  # fmt: skip
    table.add_section()
    table.add_row("all", "", _shown(figures.mean), "", "")
    console.print(table)
    places = ", ".join(f"{name} {_shown(value)}" for name, value in figures.by_place.items())
    console.print(f"mAP50 by place: {places}")
    console.print(
        f"as it runs: precision {figures.precision:.2f}, recall {figures.recall:.2f}, "
        f"{figures.false_boxes:.2f} false boxes a picture"
    )


def show_real(console: Console, figures: RealFigures) -> None:
    """Of real pictures."""
    table = Table(title=f"{figures.pictures} real pictures")
    for title in ("class", "labelled", "found", "false"):
        table.add_column(title, justify="left" if title == "class" else "right")
    for name, row in figures.rows.items():
        labelled = "not labelled" if row.labelled is None else str(row.labelled)
        table.add_row(name.name.lower(), labelled, str(row.found), str(row.other))
    console.print(table)
    console.print("false: boxes that no label explains; of classes without labels, all boxes")


def _shown(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"
