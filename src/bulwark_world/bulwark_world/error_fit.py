# SPDX-License-Identifier: Apache-2.0
"""From drives to the figures of the error model: medians and spreads, nothing else.

Spreads are from the first and last decile of what is not far off, since wrong matches and pieces of
a long thing would make them meaningless. A place in a table that no drive gives is filled with the
nearest one of its row, a row that no drive gives with the other axis' row. How what moves is told,
where a kind has no such drives, is that of all kinds together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bulwark_core.objects import Motion, ObjectClass
from bulwark_world.edges import is_open
from bulwark_world.error_drives import Approach, Sample
from bulwark_world.error_table import AGES, KNOTS, SHARES, KindErrors, Row

Drive = tuple[Approach, list[Sample]]
FloatArray = npt.NDArray[np.float64]

_DECILES = 2.563  # how far the first and the last are apart, in standard deviations
_WRONG = 1.0  # what is farther from the median is a wrong match or a piece [m]
_LEAST = 4  # samples for a figure
_MANY = 30  # for a correlation
_BORDERS = [0.0, *((a + b) / 2.0 for a, b in pairwise(KNOTS)), 1e9]
_NEVER = 1e3  # scans
_FAST = 1.0  # below, no share of the velocity can be told [m/s]
_AT_ONCE = (0.0,) * len(SHARES)
_STEADY = (((0.0,) * len(KNOTS)),) * 2
_SETTLES = 1.0  # after a change, until the told speed has come up to the true one [s]
_FAR = 100.0  # a drive that starts nearer tells nothing of the range


def fit(drives: Sequence[Drive], everything: Sequence[Drive]) -> KindErrors:
    """The figures of one kind from its drives, and from those of all kinds."""
    seen = [[s for s in samples if s.track is not None] for _, samples in drives]
    near, near_noise = _by_axis(seen, lambda s, k: s.edges.near[k] if s.edges else np.nan)
    ends, ends_noise = _by_axis(seen, lambda s, k: s.edges.ends[k] if s.edges else np.nan)
    depth, depth_noise = _by_axis(seen, partial(_depth, looked_at=False))
    open_depth, open_noise = _by_axis(seen, partial(_depth, looked_at=True), 1.0)
    missed, gap = _missed(drives)
    gain, speed_noise = _gains(drives, everything)
    return KindErrors(
        first_range=_first_ranges(drives),
        near=near, near_noise=near_noise, ends=ends, ends_noise=ends_noise,
        depth=depth, depth_noise=depth_noise,
        open_depth=open_depth, open_noise=open_noise,
        memory=_memory(seen, near),
        missed=missed, gap=gap,
        gain=gain, speed_noise=speed_noise,
        settled_noise=_settled(drives, _share) or _settled(everything, _share) or _STEADY,
        across=_settled(drives, _aside) or _settled(everything, _aside) or _STEADY,
        speed_memory=_speed_memory(drives) or _speed_memory(everything) or 0.0,
        lag=_lag(drives) or _lag(everything) or 0.0,
        existence=_existence(seen),
        classes=_classes([s for samples in seen for s in samples]),
        **{
            name: _waits(drives, until) or _waits(everything, until) or _AT_ONCE
            for name, until in _WAITS.items()
        },
    )  # fmt: skip


def _first_ranges(drives: Sequence[Drive]) -> Row:
    far = [samples for _, samples in drives if samples and samples[0].distance > _FAR]
    first = [next((s.distance for s in samples if s.track is not None), 0.0) for samples in far]
    return _quantiles(first)


def _by_axis(
    seen: Sequence[Sequence[Sample]], value: Callable[[Sample, int], float], default: float = 0.0
) -> tuple[tuple[Row, Row], tuple[Row, Row]]:
    """Medians and spreads by axis and distance. default: the median where nothing is known."""
    samples = [s for drive in seen for s in drive]
    distance = np.array([s.distance for s in samples])
    medians, spreads = [], []
    for axis in (0, 1):
        values = np.array([value(s, axis) for s in samples])
        cells = [
            values[(distance >= low) & (distance < high) & ~np.isnan(values)]
            for low, high in pairwise(_BORDERS)
        ]
        medians.append([_median(cell) for cell in cells])
        spreads.append([_spread(cell) for cell in cells])
    return _filled(medians, default), _filled(spreads)


def _depth(s: Sample, axis: int, *, looked_at: bool) -> float:
    """Seen share behind a near edge, NaN where there is none or it is seen in the other way."""
    if s.edges is None or is_open(s.truth)[axis] is not looked_at:
        return float("nan")
    return s.edges.depth[axis]


def _memory(seen: Sequence[Sequence[Sample]], near: tuple[Row, Row]) -> float:
    """Correlation from scan to scan of what is left of the near edges' errors."""
    pairs: list[tuple[float, float]] = []
    for samples in seen:
        for axis in (0, 1):
            rest = [
                s.edges.near[axis] - float(np.interp(s.distance, KNOTS, near[axis]))
                for s in samples
                if s.edges is not None
            ]
            pairs += [(a, b) for a, b in pairwise(rest) if abs(a) < 0.5]
    table = np.array(pairs).reshape(-1, 2)
    table = table[~np.isnan(table).any(axis=1) & (np.abs(table) < 0.5).all(axis=1)]
    if len(table) < _LEAST:
        return 0.0
    return round(float(np.clip(np.corrcoef(table.T)[0, 1], 0.0, 0.98)), 3)


def _missed(drives: Sequence[Drive]) -> tuple[float, float]:
    """Share of scans without a track after the first one, and their mean number in a row."""
    missed = gaps = total = 0
    for _, samples in drives:
        has = [s.track is not None for s in samples]
        after = has[has.index(True) :] if True in has else []
        total += len(after)
        missed += after.count(False)
        gaps += sum(a and not b for a, b in pairwise(after))
    return round(missed / max(total, 1), 4), round(missed / max(gaps, 1), 2) or 1.0


def _until_stationary(drive: Drive) -> float | None:
    approach, samples = drive
    return None if approach.of else _until(samples, Motion.STATIONARY)


def _until_moving(drive: Drive) -> float | None:
    approach, samples = drive
    return _until(samples, Motion.MOVING) if approach.of and not approach.starts_s else None


def _until_started(drive: Drive) -> float | None:
    approach, samples = drive
    if not approach.starts_s or not any(
        s.time_s < approach.starts_s and s.track is not None for s in samples
    ):
        return None
    return _until([s for s in samples if s.time_s >= approach.starts_s], Motion.MOVING)


def _until_stopped(drive: Drive) -> float | None:
    approach, samples = drive
    stood = [s for s in samples if s.time_s > approach.stops_s and s.acceleration == 0.0]
    if not approach.stops_s or not stood:
        return None
    return _until(stood, Motion.STATIONARY)


def _until(samples: Sequence[Sample], motion: Motion) -> float | None:
    """Scans from the first track until it is called so."""
    tracks = [s.track for s in samples if s.track is not None]
    if not tracks:
        return None
    return next((float(k) for k, track in enumerate(tracks) if track.motion is motion), _NEVER)


_WAITS: dict[str, Callable[[Drive], float | None]] = {
    "to_stationary": _until_stationary, "to_moving": _until_moving,
    "to_start": _until_started, "to_stop": _until_stopped,
}  # fmt: skip


def _waits(drives: Sequence[Drive], until: Callable[[Drive], float | None]) -> Row | None:
    waits = [wait for drive in drives if (wait := until(drive)) is not None and wait < _NEVER]
    return _quantiles(waits) if waits else None


def _gains(drives: Sequence[Drive], everything: Sequence[Drive]) -> tuple[Row, Row]:
    """Told share of the velocity by age, and its spread as a share of the speed."""
    pairs = zip(_shares_by_age(drives), _shares_by_age(everything), strict=True)
    cells = [np.array(own if len(own) >= _LEAST else every) for own, every in pairs]
    medians, spreads = [_median(cell) for cell in cells], [_spread(cell) for cell in cells]
    return _line(medians, 1.0), _line(spreads[:-1], 0.0)


def _shares_by_age(drives: Sequence[Drive]) -> list[list[float]]:
    """The last of AGES stands for all older tracks."""
    cells: list[list[float]] = [[] for _ in AGES]
    for s, age in _steady(drives):
        cell = min(age, AGES[-1])
        if cell in AGES:
            cells[AGES.index(cell)].append(_share(s))
    return cells


def _settled(drives: Sequence[Drive], error: Callable[[Sample], float]) -> tuple[Row, Row] | None:
    """Spread of an old track's error by distance, seen from its end and from its side."""
    cells: list[list[list[float]]] = [[[] for _ in KNOTS] for _ in range(2)]
    for s, age in _steady(drives):
        if age >= AGES[-1]:
            cell = int(np.digitize(s.distance, _BORDERS)) - 1
            cells[is_open(s.truth)[0]][cell].append(error(s))
    spreads = [[_spread(np.array(cell)) for cell in row] for row in cells]
    return _filled(spreads) if any(v is not None for row in spreads for v in row) else None


def _steady(drives: Sequence[Drive]) -> Iterator[tuple[Sample, int]]:
    """Tracks of what moves and keeps its speed, with their age in scans.

    A speed that changes is told late: see `_lag`.
    """
    for approach, samples in drives:
        if not approach.of or approach.stops_s:
            continue
        tracks = [s for s in samples if s.track is not None]
        changed = max((s.time_s for s in samples if s.acceleration), default=-_SETTLES)
        for age, s in enumerate(tracks):
            fast = np.hypot(s.truth.vx, s.truth.vy) > _FAST
            if fast and s.time_s > changed + _SETTLES:
                yield s, age


def _share(s: Sample) -> float:
    """Of the true velocity that the track has along it."""
    assert s.track is not None
    true = np.array([s.truth.vx, s.truth.vy])
    return float(np.dot((s.track.vx, s.track.vy), true) / np.dot(true, true))


def _aside(s: Sample) -> float:
    """Velocity of the track across the true one, to the left of it [m/s]."""
    assert s.track is not None
    cross = s.truth.vx * s.track.vy - s.truth.vy * s.track.vx
    return float(cross / np.hypot(s.truth.vx, s.truth.vy))


def _speed_memory(drives: Sequence[Drive]) -> float | None:
    """Correlation of an old track's velocity errors with those of the scan before."""
    pairs: list[tuple[float, float]] = []
    for one in drives:
        errors = [_aside(s) for s, age in _steady([one]) if age >= AGES[-1]]
        pairs += pairwise(errors)
    if len(pairs) < _MANY:
        return None
    before, after = np.array(pairs).T
    return round(float(np.clip(np.corrcoef(before, after)[0, 1], 0.0, 0.95)), 3)


def _lag(drives: Sequence[Drive]) -> float | None:
    """How many scans the told speed is behind one that falls steadily."""
    lags = []
    for approach, samples in drives:
        for s in samples:
            braking = approach.stops_s and s.acceleration < -1.0
            if s.track is not None and braking and s.track.motion is Motion.MOVING:
                speed = float(np.hypot(s.truth.vx, s.truth.vy))
                if speed > _FAST:
                    lags.append((_share(s) - 1.0) * speed / -s.acceleration / 0.1)
    return round(max(float(np.median(lags)), 0.0), 2) if lags else None


def _existence(seen: Iterable[Sequence[Sample]]) -> Row:
    cells: list[list[float]] = [[] for _ in AGES]
    for samples in seen:
        for k, age in enumerate(AGES):
            if age < len(samples) and (track := samples[age].track) is not None:
                cells[k].append(track.existence)
    return _line([_median(np.array(cell)) for cell in cells], 1.0)


def _classes(samples: Sequence[Sample]) -> tuple[tuple[ObjectClass, float], ...]:
    rows = []
    for low, high in pairwise(_BORDERS):
        tracks = [s.track for s in samples if s.track is not None and low <= s.distance < high]
        if not tracks:
            rows.append((ObjectClass.UNKNOWN, 0.0))
            continue
        kind = Counter(track.object_class for track in tracks).most_common(1)[0][0]
        chances = [track.class_probability for track in tracks if track.object_class is kind]
        rows.append((kind, round(float(np.mean(chances)), 2)))
    return tuple(rows)


def _quantiles(values: Sequence[float]) -> Row:
    if not values:
        return (0.0,) * len(SHARES)
    return tuple(round(float(v), 2) for v in np.quantile(np.array(values), SHARES))


def _median(values: FloatArray) -> float | None:
    return float(np.median(values)) if len(values) >= _LEAST else None


def _spread(values: FloatArray) -> float | None:
    if len(values) < _LEAST:
        return None
    right = values[np.abs(values - np.median(values)) < _WRONG]
    low, high = np.percentile(right, [10.0, 90.0])
    return float(high - low) / _DECILES


def _filled(rows: Sequence[Sequence[float | None]], default: float = 0.0) -> tuple[Row, Row]:
    """Both axes' rows without gaps."""
    first, second = (row if any(v is not None for v in row) else None for row in rows)
    nothing = [None] * len(KNOTS)
    return _line(first or second or nothing, default), _line(second or first or nothing, default)


def _line(row: Sequence[float | None], default: float) -> Row:
    known = [k for k, v in enumerate(row) if v is not None]
    if not known:
        return (default,) * len(row)
    values = []
    for k in range(len(row)):
        value = row[min(known, key=lambda j: abs(j - k))]
        assert value is not None
        values.append(round(value, 3))
    return tuple(values)
