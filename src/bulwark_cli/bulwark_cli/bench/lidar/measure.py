# SPDX-License-Identifier: Apache-2.0
"""The measurement: chain and baselines scan by scan, so that a busy machine hits all alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from bulwark_cli.bench.lidar.baselines.base import (
    Answer,
    Baseline,
    BaselineMissingError,
    Given,
    Run,
)
from bulwark_cli.bench.lidar.finding import FloatArray, Found, compare
from bulwark_cli.bench.lidar.frames import SCAN_NS, Drive, Frame
from bulwark_cli.bench.lidar.one_core import Times
from bulwark_core.geometry import Matrix, transform_points
from bulwark_lidar.params import LidarParams
from bulwark_lidar.pipeline import LidarPipeline, LidarResult, mount_matrix
from bulwark_lidar.warmup import warm_up

CHAIN = "chain"
LEARNING = 5
"""Scans from which a new pipeline learns how far the lidar's beams are apart, once and for all."""
_SETTLED = 4
"""Scans until new tracks are published; only later ones are compared with truth."""
_THINNED = 20


@dataclass
class Measurement:
    """Times of the chain, its stages [ms] and the baselines, and what each of them found.

    learning: the chain's on the first scans, which are not among the others.
    baselines: those that ran; left_out: why others did not. counts: by baseline, clusters of each
    answer, or points of the ground. found: by key, `chain` for ours; only for clouds with truth.
    """

    chain: Times = field(default_factory=Times)
    learning: Times = field(default_factory=Times)
    stages: dict[str, list[float]] = field(default_factory=dict)
    times: dict[str, Times] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=dict)
    found: dict[str, Found] = field(default_factory=dict)
    baselines: list[Baseline] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def measure(
    drives: Sequence[Drive],
    baselines: Sequence[Baseline],
    repeat: int,
    on_scan: Callable[[], None],
) -> Measurement:
    """Go through all drives so many times, each time with a new tracker."""
    bench = _Bench(LidarParams(), drives[0][0])
    for baseline in baselines:
        bench.start(baseline)
    for turn in range(repeat):
        for drive in drives:
            last = len(drive) - 1
            bench.new_drive(drive[0])
            for index, frame in enumerate(drive):
                judge = turn == 0 and index >= min(_SETTLED, last)
                bench.scan(frame, last - index, judge=judge)
                on_scan()
    return bench.measurement


def learned_pipeline(params: LidarParams, first: Frame, times: Times) -> LidarPipeline:
    """A pipeline that knows the beams of a frame's lidar, and how long it took to learn."""
    pipeline = LidarPipeline(params)
    for scan in range(LEARNING):
        stamp_ns = first.stamp_ns + scan * SCAN_NS
        times.measure(pipeline.update, first.xyz, None, stamp_ns, first.mount)
    pipeline.reset()
    return pipeline


class _Bench:
    """Runs what is due on a scan, and notes how long it took and what it found."""

    def __init__(self, params: LidarParams, first: Frame) -> None:
        """`first`: a frame whose points, thinned, everything is called with before it is timed."""
        warm_up(params)
        self.measurement = Measurement()
        self._params = params
        self._runs: dict[str, Run] = {}
        few = np.ascontiguousarray(first.xyz[::_THINNED])
        result = LidarPipeline(params).update(few, None, first.stamp_ns, first.mount)
        self._few = Given(few, self._mount(first), result.obstacle_points)

    def new_drive(self, first: Frame) -> None:
        """A new pipeline, that has learned the beams but has no tracks."""
        self._pipeline = learned_pipeline(self._params, first, self.measurement.learning)

    def start(self, baseline: Baseline) -> None:
        """Load a baseline, or note why that is not possible."""
        m = self.measurement
        try:
            run = baseline.start()
        except BaselineMissingError as error:
            m.left_out[baseline.key] = str(error)
            return
        run(self._few)
        self._runs[baseline.key] = run
        m.baselines.append(baseline)
        m.times[baseline.key], m.counts[baseline.key] = Times(), []

    def scan(self, frame: Frame, left: int, *, judge: bool) -> None:
        """One scan, with so many left in its drive; `judge`: compare with the truth."""
        m, mount = self.measurement, self._mount(frame)
        result = m.chain.measure(
            self._pipeline.update, frame.xyz, frame.ego, frame.stamp_ns, frame.mount
        )
        for stage, ms in result.timings_ms.items():
            m.stages.setdefault(stage, []).append(ms)
        answers = dict(self._answers(Given(frame.xyz, mount, result.obstacle_points), left))
        if judge and frame.truth:
            self._compare(frame, mount, result, answers)

    def _answers(self, given: Given, left: int) -> Iterator[tuple[str, Answer]]:
        """What the baselines that are due say: all of them on a drive's last scan."""
        m = self.measurement
        for baseline in m.baselines:
            if left % baseline.every:
                continue
            key = baseline.key
            answer = m.times[key].measure(self._runs[key], given)
            m.counts[key].append(answer.count if baseline.clusters else answer.clustered)
            if baseline.clusters:
                yield key, answer

    def _compare(
        self, frame: Frame, mount: Matrix, result: LidarResult, answers: dict[str, Answer]
    ) -> None:
        seen = [thing for thing in result.objects if thing.last_seen_ns == frame.stamp_ns]
        spans = {CHAIN: [thing.footprint() for thing in seen]}
        spans |= {key: _spans(answer, mount) for key, answer in answers.items()}
        for key, of_one in spans.items():
            before = self.measurement.found.get(key, Found())
            self.measurement.found[key] = before + compare(frame, mount, of_one)

    def _mount(self, frame: Frame) -> Matrix:
        return mount_matrix(self._params.mount) if frame.mount is None else frame.mount


def _spans(answer: Answer, mount: Matrix) -> list[FloatArray]:
    """The points (N, 2) of each cluster, in base_link [m]."""
    xyz = answer.xyz.astype(np.float64)
    xy = (xyz if answer.in_base_link else transform_points(mount, xyz))[:, :2]
    return [np.asarray(xy[answer.labels == k]) for k in range(answer.count)]
