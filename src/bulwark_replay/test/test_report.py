# SPDX-License-Identifier: Apache-2.0
"""Reports: complete, small, safe against their own content, always the same."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from bulwark_replay.report import (
    Bar,
    Box,
    Chart,
    Event,
    Frame,
    Latency,
    RunLog,
    Series,
    Span,
    Table,
    Tone,
    Verdict,
    render,
    write_report,
)  # fmt: skip
from bulwark_replay.report.payload import make_payload
from bulwark_replay.report.thinning import (
    MAX_FRAMES,
    MAX_SAMPLES,
    PICTURE_BUDGET,
    pictures_to_keep,
    spread,
    thin_curve,
    thin_points,
)  # fmt: skip

HOSTILE = "</script><script>alert(1)</script> & <b>"


def run_log(**values: object) -> RunLog:
    t_s = np.arange(5) / 10.0
    made = {
        "title": "drive",
        "verdict": Verdict("No intervention", Tone.GOOD),
        "summary": (("Duration", "0.5 s"),),
        "ego": np.array([[3.7, 0.95], [-1.0, 0.95], [-1.0, -0.95], [3.7, -0.95]]),
        "frames": tuple(
            Frame(
                float(t), (Box(4, "car", 10.0 - t, 0.0, 0.1, 4.0, 1.8, 1.0, 0.0, True),),
                pose=(float(t), 0.0, 0.0), path=np.array([[0, 1], [20, 1], [20, -1], [0, -1.0]]),
                points=np.array([[9.0, 0.5], [9.0, -0.5]]), target_id=4, caption="car ahead",
            )
            for t in t_s
        ),
        "bars": (Bar("State", (Span(0.0, 0.2, "READY", Tone.GOOD),)),),
        "charts": (Chart("Speed", "m/s", (Series("own speed", t_s, t_s + 3.0),), low=0.0),),
        "events": (Event(0.1, "WARNING", "car 4 ahead", Tone.CAUTION),
                   Event(0.3, "FULL", "car 4", Tone.CRITICAL)),
        "latencies": (Latency("lidar_perception", np.array([1.0, 2.0, 9.0]), 10.0),),
        "tables": (Table("Topics", ("bag", "stack"), (("/points", "/lidar/points"),)),),
        "notes": ("no camera",),
    }  # fmt: skip
    return RunLog(**{**made, **values})  # type: ignore[arg-type]


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(html)
    return parser.found


def embedded(html: str):
    match = re.search(r'<script id="run" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert match
    return json.loads(match.group(1), parse_constant=pytest.fail)


def test_the_same_run_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_report(run_log(), tmp_path / "deep" / f"{name}.html")
    assert (tmp_path / "deep/a.html").read_bytes() == (tmp_path / "deep/b.html").read_bytes()


def test_a_report_needs_no_other_file_and_no_network():
    html = render(run_log())
    for tag, attributes in elements(html):
        for name in ("src", "href", "srcset", "action"):
            assert (attributes.get(name) or "data:").startswith("data:"), (tag, attributes)
    assert "@import" not in html
    assert not re.search(r"url\(|fetch\(|XMLHttpRequest|WebSocket", html)


def test_text_of_the_run_cannot_become_markup():
    log = run_log(
        title=HOSTILE, subtitle=HOSTILE, notes=(HOSTILE,), verdict=Verdict(HOSTILE, Tone.GOOD),
        frames=(Frame(0.0, (Box(1, HOSTILE, 1, 1, 0, 1, 1),), caption=HOSTILE),),
        events=(Event(0.0, HOSTILE, HOSTILE),), summary=((HOSTILE, HOSTILE),),
        tables=(Table(HOSTILE, (HOSTILE,), ((HOSTILE,),)),),
    )  # fmt: skip
    html = render(log)
    assert sum(tag == "script" for tag, _ in elements(html)) == 2
    assert "<b>" not in html
    assert embedded(html)["frames"][0]["caption"] == HOSTILE


def test_values_that_are_none_become_gaps():
    series = Series("gap", np.arange(3.0), np.array([np.nan, 1.0, np.inf]))
    payload = make_payload(run_log(charts=(Chart("x", "m", (series,)),)))
    assert payload["charts"][0]["series"][0]["v"] == [None, 1.0, None]
    empty = make_payload(RunLog("nothing", latencies=(Latency("node", np.array([])),)))
    assert empty["end"] == 0.0
    assert empty["latencies"][0]["p50"] is None
    assert embedded(render(RunLog("nothing"))) == make_payload(RunLog("nothing"))


def test_a_long_run_stays_small_and_keeps_its_ends():
    frame = run_log().frames[0]
    noise = np.random.default_rng(1).normal(size=100_000)
    series = Series("noise", np.arange(100_000.0), noise)
    frames = tuple(
        Frame(t / 10, frame.boxes * 20, points=np.ones((9_000, 2)), jpeg=b"j" * 40_000)
        for t in range(3_000)
    )  # fmt: skip
    log = run_log(frames=frames, charts=(Chart("x", "m", (series,)),))
    assert len(render(log).encode()) < 5_000_000
    payload = make_payload(log)
    assert len(payload["frames"]) == MAX_FRAMES
    assert (payload["frames"][0]["t"], payload["frames"][-1]["t"]) == (0.0, 299.9)
    values = payload["charts"][0]["series"][0]["v"]
    assert len(values) <= MAX_SAMPLES
    assert max(values) == round(noise.max(), 3)
    assert min(values) == round(noise.min(), 3)


def test_thinning_keeps_gaps_points_and_pictures_in_measure():
    t_s = np.arange(50_000.0)
    _, values = thin_curve(t_s, np.where((t_s > 20_000) & (t_s < 30_000), np.nan, t_s))
    assert np.isnan(values).any()
    assert len(thin_points(np.ones((100_000, 2)), 10)) <= 1_500
    assert len(thin_points(np.ones((10, 2)), 10)) == 10
    assert pictures_to_keep([0, 5, 0, 5]) == [False, True, False, True]
    kept = pictures_to_keep([100_000] * 90)
    assert kept[0]
    assert 0 < sum(kept) * 100_000 <= PICTURE_BUDGET
    assert spread(list(range(10)), 4) == [0, 3, 6, 9]
