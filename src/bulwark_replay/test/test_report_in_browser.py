# SPDX-License-Identifier: Apache-2.0
"""The report's scripts, run in a real browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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
    Tone,
    write_report,
)  # fmt: skip

T = np.arange(20) / 10.0
HASH = """(() => {
  const data = byId("birdseye").getContext("2d").getImageData(0, 0, 600, 500).data;
  let sum = 0;
  for (let i = 0; i < data.length; i += 1) sum = (sum * 31 + data[i]) | 0;
  return sum;
})()"""


UNTIL = """new Promise((done) => {
  const wait = () => %s ? done() : setTimeout(wait, 20);
  wait();
})"""


def make_log(beside: bool = False) -> RunLog:
    frames = tuple(
        Frame(
            float(t), (Box(4, "car", 20.0 - 5 * t, 0.0, 0.0, 4.0, 1.8, 1.0, 0.0, True),
                       Box(5, "wall", 20.0, 5.0, 0.0, 10.0, 0.4, is_ghost=True)),
            pose=(3.0 * float(t), 0.0, 0.0), path=np.array([[0, 1], [20, 1], [20, -1], [0, -1.0]]),
            points=np.array([[9.0, 0.5]]), target_id=4, caption=f"moment {t:.1f}",
        )
        for t in T
    )  # fmt: skip
    return RunLog(
        "drive",
        ego=np.array([[3.7, 0.95], [-1.0, 0.95], [-1.0, -0.95], [3.7, -0.95]]),
        frames=frames,
        background=(np.array([[0.0, 4.0], [40.0, 4.0]]),),
        bars=(Bar("Stage", (Span(0, 1, "NONE", Tone.IDLE), Span(1, 1.9, "FULL", Tone.CRITICAL))),),
        charts=(Chart("Speed", "m/s", (Series("own speed", T, 5.0 - T),)),),
        events=(Event(0.5, "WARNING", "first"), Event(1.5, "FULL", "second")),
        latencies=(Latency("node", np.array([1.0, 2.0]), 5.0),),
        beside=tuple(replace(one, caption=f"was {one.t_s:.1f}") for one in frames[::2] if beside),
    )  # fmt: skip


@pytest.fixture
def report(page, tmp_path: Path):
    write_report(make_log(), tmp_path / "report.html")
    page.open(tmp_path / "report.html")
    yield page
    assert page.problems == []


def clock(page) -> float:
    return page.evaluate("player.time")


def text(page, selector: str) -> str:
    return page.evaluate(f"document.querySelector({selector!r}).textContent")


def test_playing_advances_time_and_picture(report):
    before = report.evaluate(HASH)
    assert text(report, "#caption") == "moment 0.0"
    report.evaluate("byId('speed').value = '4'; byId('play').click()")
    report.evaluate(UNTIL % "player.time > 0.3")
    assert report.evaluate(HASH) != before
    assert text(report, "#caption") != "moment 0.0"
    report.evaluate(UNTIL % "!player.isPlaying")
    assert clock(report) == pytest.approx(1.9)
    assert text(report, "#caption") == "moment 1.9"


def test_the_keyboard_does_everything(report):
    report.press("ArrowRight")
    assert clock(report) == pytest.approx(0.1)
    report.press("End")
    assert clock(report) == pytest.approx(1.9)
    report.press("[")
    assert clock(report) == pytest.approx(1.5)
    report.press("[")
    report.press("ArrowLeft")
    assert clock(report) == pytest.approx(0.4)
    report.press("Home")
    report.press("]")
    assert clock(report) == pytest.approx(0.5)
    before = report.evaluate("player.birdseye.scale")
    report.press("+")
    assert report.evaluate("player.birdseye.scale") > before
    report.press(" ", text=" ")
    assert report.evaluate("player.isPlaying") is True
    report.press(" ", text=" ")
    assert report.evaluate("player.isPlaying") is False


def test_everything_shows_the_moment_of_a_clicked_event(report):
    report.evaluate("document.querySelectorAll('#events button')[1].click()")
    assert clock(report) == pytest.approx(1.5)
    assert text(report, "#caption") == "moment 1.5"
    assert text(report, ".badge") == "FULL"
    assert text(report, "#readouts .value span") == "3.50"
    assert text(report, "#events [aria-current=true] .kind") == "FULL"
    assert report.evaluate("byId('scrubber').getAttribute('aria-valuetext')") == "1.50 seconds"
    cursor = report.evaluate("document.querySelector('.cursor').getBoundingClientRect().left")
    curve = report.evaluate(
        "(() => { const r = document.querySelector('.plot').getBoundingClientRect();"
        " return r.left + toX(1.5, r.width); })()"
    )
    assert cursor == pytest.approx(curve, abs=1.5)


def test_an_object_under_the_pointer_is_named(report):
    report.evaluate(
        "(() => { const c = byId('birdseye'); const [x, y] = player.birdseye.toPixel([20, 0]);"
        " const r = c.getBoundingClientRect();"
        " c.dispatchEvent(new PointerEvent('pointermove',"
        " {clientX: r.left + x, clientY: r.top + y})); })()"
    )
    assert text(report, "#tip").startswith("car 4")


@pytest.mark.parametrize("width", [360, 800, 1360])
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_every_width_in_light_and_dark(report, width, dark, tmp_path):
    report.dark(dark)
    report.size(width, 900)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert report.evaluate(overflow) <= 0
    background = report.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == ("rgb(13, 17, 23)" if dark else "rgb(244, 246, 249)")


def test_a_run_without_anything_still_opens(page, tmp_path):
    write_report(RunLog("nothing"), tmp_path / "empty.html")
    page.open(tmp_path / "empty.html")
    page.press("]")
    page.press("ArrowRight")
    assert page.evaluate("document.title") == "nothing - Bulwark"
    assert page.problems == []


def test_two_drives_beside_each_other_show_the_same_moment_and_place(page, tmp_path):
    write_report(make_log(beside=True), tmp_path / "two.html")
    page.open(tmp_path / "two.html")
    page.evaluate("player.seek(0.5)")
    captions = "[...document.querySelectorAll('figcaption')].map((one) => one.textContent)"
    assert page.evaluate(captions) == ["was 0.4", "moment 0.5"]  # every other frame on one side
    before = page.evaluate(HASH.replace("birdseye", "beside"))
    page.press("+")
    assert page.evaluate(HASH.replace("birdseye", "beside")) != before
    scales = page.evaluate("player.fromAbove.map((one) => one.scale)")
    assert scales[0] == scales[1]
    assert page.evaluate("player.fromAbove[0].centre === player.fromAbove[1].centre")
    page.size(360, 900)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) <= 0
    assert page.problems == []
