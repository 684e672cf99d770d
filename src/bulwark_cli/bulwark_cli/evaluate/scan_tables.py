# SPDX-License-Identifier: Apache-2.0
"""Tables of real scans beside the world's."""

from __future__ import annotations

import math
from itertools import pairwise

from rich.console import Console
from rich.table import Table

from bulwark_cli.evaluate.scan_figures import BINS, SURFACES, THINGS, ScanFigures


def show(console: Console, real: ScanFigures, world: ScanFigures) -> None:
    """Points of a thing by distance; missing returns, noise and intensity by surface."""
    points = Table("points, median (things)", *_bins())
    for name in THINGS:
        for label, figures in (("real", real), ("world", world)):
            cells = [f"{m:.0f} ({n})" if n else "" for n, m in figures.median_points(name)]
            points.add_row(f"{name}, {label}", *cells)
    console.print(points)
    surfaces = Table("surface", "", "missing", "noise", "intensity 5, 25, 50, 75, 95 %")
    for name in SURFACES:
        for label, figures in (("real", real), ("world", world)):
            intensity = " ".join(_cell(v, "{:.2f}") for v in figures.intensity[name])
            surfaces.add_row(
                name, label, _cell(100.0 * figures.missing[name], "{:.1f} %"),
                _cell(1000.0 * figures.noise[name], "{:.0f} mm"), intensity,
            )  # fmt: skip
    console.print(surfaces)


def _bins() -> list[str]:
    return [f"{a:g}-{b:g} m" for a, b in pairwise(BINS)]


def _cell(value: float, form: str) -> str:
    return form.format(value) if math.isfinite(value) else "-"
