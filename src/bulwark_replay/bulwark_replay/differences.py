# SPDX-License-Identifier: Apache-2.0
"""How one replay differs from another: edges in frames, earlier or later; figures as deltas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bulwark_core.errors import BagError
from bulwark_replay.metrics import Value
from bulwark_replay.snapshot import CURVES, Edge, Snapshot

EDGE, METRIC, CURVE = "edge", "metric", "curve"


@dataclass(frozen=True)
class Tolerances:
    """What counts as equal: an edge's shift [frames], and how far a metric or curve may move.

    At 0 frames an edge may not move at all, not even between two scans. by_name: for single
    metrics and curves; `number`: for all others.
    """

    edge_frames: int = 0
    number: float = 1e-3
    by_name: Mapping[str, float] = field(default_factory=dict)

    def of(self, name: str) -> float:
        """How far this metric or curve may move."""
        return self.by_name.get(name, self.number)


@dataclass(frozen=True)
class Difference:
    """One difference: its kind, about what, and in words."""

    kind: str
    name: str
    text: str


def parse_tolerances(rules: Sequence[str]) -> Tolerances:
    """`edge_frames=1`, `number=0.01`, or `metric=value`; BagError where one is no good."""
    named: dict[str, float] = {}
    for rule in rules:
        name, _, text = rule.partition("=")
        try:
            named[name] = float(text)
        except ValueError:
            named[name] = -1.0
        if not name or not 0.0 <= named[name] < float("inf"):
            raise BagError(f"--tolerance {rule}: write it as name=value, with a value >= 0")
    frames, number = int(named.pop("edge_frames", 0)), named.pop("number", Tolerances.number)
    return Tolerances(frames, number, named)


def differences(before: Snapshot, after: Snapshot, tolerances: Tolerances) -> list[Difference]:
    """All differences beyond the tolerances: edges first, then metrics, then curves."""
    return [
        *_edge_differences(before.edges, after.edges, tolerances.edge_frames),
        *_metric_differences(before.metrics, after.metrics, tolerances),
        *_curve_differences(before, after, tolerances),
    ]


def _edge_differences(
    before: Sequence[Edge], after: Sequence[Edge], frames: int
) -> Iterator[Difference]:
    keys = dict.fromkeys((edge.what, edge.after) for edge in (*before, *after))
    for key in keys:
        olds = [edge for edge in before if (edge.what, edge.after) == key]
        news = [edge for edge in after if (edge.what, edge.after) == key]
        pairs, gone, come = _paired(olds, news)
        for old, new in pairs:
            if _moved(old, new, frames):
                yield Difference(EDGE, key[1], _shift(old, new))
            elif (old.reason, old.target) != (new.reason, new.target):
                yield Difference(EDGE, key[1], _other_reason(old, new))
        for old in gone:
            yield Difference(EDGE, key[1], f"{_named(old)} at frame {old.frame} is gone")
        for new in come:
            yield Difference(EDGE, key[1], f"{_named(new)} at frame {new.frame} is new")


def _paired(
    olds: list[Edge], news: list[Edge]
) -> tuple[list[tuple[Edge, Edge]], list[Edge], list[Edge]]:
    """Pairs in order where the numbers agree, else the closest first; and what is left over."""
    if len(olds) == len(news):
        return list(zip(olds, news, strict=True)), [], []
    rows = sorted(
        (abs(o.t_s - n.t_s), i, j) for i, o in enumerate(olds) for j, n in enumerate(news)
    )
    used_i: set[int] = set()
    used_j: set[int] = set()
    for _, i, j in rows:
        if i not in used_i and j not in used_j:
            used_i.add(i)
            used_j.add(j)
    pairs = [(olds[i], news[j]) for i, j in zip(sorted(used_i), sorted(used_j), strict=True)]
    gone = [edge for i, edge in enumerate(olds) if i not in used_i]
    return pairs, gone, [edge for j, edge in enumerate(news) if j not in used_j]


def _moved(old: Edge, new: Edge, frames: int) -> bool:
    return abs(new.frame - old.frame) > frames or (frames == 0 and new.t_s != old.t_s)


def _shift(old: Edge, new: Edge) -> str:
    by, seconds = new.frame - old.frame, new.t_s - old.t_s
    way = "later" if seconds > 0 else "earlier"
    count = f"{abs(by)} frame{'' if abs(by) == 1 else 's'} {way}" if by else f"{way} in its frame"
    return f"{_named(new)}: {count} (frame {old.frame} to {new.frame}, {seconds:+.2f} s)"


def _other_reason(old: Edge, new: Edge) -> str:
    was, now = (" ".join(filter(None, (e.reason, e.target))).lower() for e in (old, new))
    return f"{_named(new)} at frame {new.frame}: {was} became {now}"


def _named(edge: Edge) -> str:
    return f"{edge.what} {edge.after}" + (f" for {edge.target}" if edge.target else "")


def _metric_differences(
    before: Mapping[str, Value], after: Mapping[str, Value], tolerances: Tolerances
) -> Iterator[Difference]:
    """A metric that only one side knows is of another version of the tool, and not compared."""
    for name in before:
        if name in after and _differ(before[name], after[name], tolerances.of(name)):
            yield Difference(METRIC, name, f"{name}: {_delta(before[name], after[name])}")


def _curve_differences(
    before: Snapshot, after: Snapshot, tolerances: Tolerances
) -> Iterator[Difference]:
    for name, unit in CURVES.items():
        rows = list(zip(before.curves.get(name, ()), after.curves.get(name, ()), strict=False))
        odd = [i for i, row in enumerate(rows) if _differ(*row, tolerances.of(name))]
        if odd:
            worst = max(odd, key=lambda i: abs((rows[i][1] or 0.0) - (rows[i][0] or 0.0)))
            yield Difference(
                CURVE,
                name,
                f"{name} differs in {len(odd)} of {len(rows)} frames, first in {odd[0]}, most in "
                f"{worst}: {_delta(*rows[worst])} {unit}".rstrip(),
            )


def _differ(old: Value, new: Value, tolerance: float) -> bool:
    if old is None or new is None:
        return old is not new
    return abs(new - old) > tolerance + 1e-9


def _delta(old: Value, new: Value) -> str:
    if old is None or new is None:
        return f"{_number(old)} became {_number(new)}"
    return f"{_number(old)} to {_number(new)} ({new - old:+.4g})"


def _number(value: Value) -> str:
    return "nothing" if value is None else f"{value:.4g}"
