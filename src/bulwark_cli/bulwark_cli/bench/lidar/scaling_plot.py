# SPDX-License-Identifier: Apache-2.0
"""The chain's time against the points as an SVG: logarithmic axes, the curve, the fitted line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from bulwark_cli.bench.lidar.scaling import ScalingPoint, fit

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 56, 52
_STEPS = (1, 2, 5)
_INK, _GRID, _CURVE, _LINE = "#1f2933", "#d9dee4", "#1769aa", "#c2571a"
_HEAD = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" \
font-family="Helvetica, Arial, sans-serif" font-size="13" fill="{_INK}">
<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>"""


@dataclass(frozen=True)
class _Axis:
    """A logarithmic axis from a value to another, between two places of the picture [px]."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        """1, 2 and 5 times the powers of ten."""
        powers = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        values = [step * 10.0**power for power in powers for step in _STEPS]
        return [v for v in values if self.low * 0.999 <= v <= self.high * 1.001]


def scaling_svg(curve: Sequence[ScalingPoint], machine: str) -> str:
    """The picture, with the machine that was measured below the title."""
    across = _axis([p.points for p in curve], _LEFT, _WIDTH - _RIGHT)
    up = _axis([p.chain_ms for p in curve], _HEIGHT - _BOTTOM, _TOP)
    slope, factor = fit(curve)
    ends = [(x, factor * x**slope) for x in (curve[0].points, curve[-1].points)]
    line = _polyline(
        [(across.place(x), up.place(y)) for x, y in ends],
        f'stroke="{_LINE}" stroke-dasharray="6 4"',
    )
    marks = [_mark(across.place(p.points), up.place(p.chain_ms), p) for p in curve]
    parts = [_HEAD, *_title(slope, machine), *_grid(across, up), line, *marks, "</svg>"]
    return "\n".join(parts) + "\n"


def _title(slope: float, machine: str) -> list[str]:
    power = f'<tspan dy="-5" font-size="11">{slope:.2f}</tspan>'
    title = f"Whole lidar chain on one core: time grows with points{power}"
    return [
        f'<text x="{_LEFT}" y="24" font-size="16">{title}</text>',
        f'<text x="{_LEFT}" y="42" fill="#52606d">{escape(machine)}</text>',
    ]


def _axis(values: Sequence[float], start: float, end: float) -> _Axis:
    """An axis with some room beyond the values."""
    return _Axis(min(values) / 1.4, max(values) * 1.4, start, end)


def _grid(across: _Axis, up: _Axis) -> list[str]:
    lines = []
    for value in across.ticks():
        x = across.place(value)
        lines.append(_polyline([(x, up.start), (x, up.end)], f'stroke="{_GRID}"'))
        lines.append(_text(x, up.start + 18, f"{value:,.0f}", "middle"))
    for value in up.ticks():
        y = up.place(value)
        lines.append(_polyline([(across.start, y), (across.end, y)], f'stroke="{_GRID}"'))
        lines.append(_text(across.start - 8, y + 4, f"{value:g}", "end"))
    lines.append(
        _text((across.start + across.end) / 2, up.start + 40, "points of a scan", "middle")
    )
    lines.append(_text(across.start - 8, up.end - 2, "ms", "end"))
    return lines


def _mark(x: float, y: float, point: ScalingPoint) -> str:
    circle = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{_CURVE}"/>'
    return circle + _text(x - 8, y - 8, f"{point.chain_ms:.1f} ms", "end")


def _polyline(places: Sequence[tuple[float, float]], style: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" {style}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
