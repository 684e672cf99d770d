# SPDX-License-Identifier: Apache-2.0
"""What was found, as tables on the console and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from bulwark_camera.detectors import Detectors
from bulwark_cli.detect.seen import Seen, SeenObject
from bulwark_core.objects import ObjectClass

_MOST_PICTURES = 12
"""More pictures than this are not listed one by one."""
_TIMES = ("first_ms", "steady_ms")


def models_of(detectors: Detectors) -> list[dict[str, Any]]:
    """File, hash, device, format, input and classes of each detector; no times, which differ."""
    rows: list[dict[str, Any]] = []
    for one in detectors.working:
        told = {key: value for key, value in one.describe().items() if key not in _TIMES}
        classes = sorted({kind.name for kind in one.classes.values()})
        rows.append({**told, "classes": classes})
    return rows


def summary(seen: Sequence[Seen]) -> dict[str, dict[str, Any]]:
    """For each class: in how many pictures, how many boxes, median score, nearest range [m]."""
    rows = {}
    for kind in ObjectClass:
        found = [one for each in seen for one in each.objects if one.object_class is kind]
        if found:
            rows[kind.name] = {
                "pictures": sum(any(o.object_class is kind for o in each.objects) for each in seen),
                "boxes": len(found),
                "median_score": round(float(np.median([one.score for one in found])), 3),
                "nearest_m": _nearest(found),
            }
    return rows


def to_json(seen: Sequence[Seen], detectors: Detectors) -> str:
    """All of it; the same pictures and models give the same text."""
    result = {
        "models": models_of(detectors),
        "summary": summary(seen),
        "pictures": [one.as_dict() for one in seen],
    }
    return json.dumps(result, indent=1) + "\n"


def show_models(console: Console, detectors: Detectors) -> None:
    """A line for each detector: what was made of its file."""
    for row in models_of(detectors):
        console.print(
            f"{row['model']}: {row['format']}, {row['input']}, on {row['device']}, "
            f"sha256 {row['sha256'][:12]}; reports {', '.join(row['classes'])}",
            markup=False,
            soft_wrap=True,
        )


def show(console: Console, seen: Sequence[Seen]) -> None:
    """Each picture where there are few, then the summary and what could not be looked at."""
    if len(seen) <= _MOST_PICTURES:
        for one in seen:
            found = ", ".join(each.words for each in one.objects) or "nothing"
            console.print(f"{one.name}: {one.problem or found}", markup=False, soft_wrap=True)
    table = Table(title=f"{len(seen)} pictures")
    for column in ("class", "pictures", "boxes", "median score", "nearest, m"):
        table.add_column(column, justify="left" if column == "class" else "right")
    for name, row in summary(seen).items():
        nearest = "-" if row["nearest_m"] is None else f"{row['nearest_m']:.1f}"
        score = f"{row['median_score']:.2f}"
        table.add_row(name, str(row["pictures"]), str(row["boxes"]), score, nearest)
    if table.row_count:
        console.print(table)
    _show_problems(console, seen)


def _show_problems(console: Console, seen: Sequence[Seen]) -> None:
    counts: dict[str, int] = {}
    for one in seen:
        if one.problem:
            counts[one.problem] = counts.get(one.problem, 0) + 1
    for problem, count in counts.items():
        text = f"not looked at, {count} of {len(seen)}: {problem}"
        console.print(text, markup=False, style="yellow", soft_wrap=True)


def _nearest(found: Sequence[SeenObject]) -> float | None:
    ranges = [one.range_m for one in found if one.range_m is not None]
    return round(min(ranges), 3) if ranges else None
