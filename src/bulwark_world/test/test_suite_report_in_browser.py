# SPDX-License-Identifier: Apache-2.0
"""A suite's page in a real browser: heat maps, filters, sorting, and runs that open and play."""

from __future__ import annotations

from pathlib import Path

import pytest
from report_browser import browser, page  # noqa: F401  fixtures
from suite_page import BROKEN, FALSE, HIT, STOPPED, make_page

from bulwark_world.suite_report.keep import Logs
from bulwark_world.suite_report.page import SuitePage, write_suite_page

UNTIL = """new Promise((done) => {
  const wait = () => %s ? done() : setTimeout(wait, 20);
  wait();
})"""
FIND = "byId('find').value = '%s'; byId('find').dispatchEvent(new Event('input'))"
RUN = "byId('single-frame').contentWindow"
POINT = """(() => {
  const map = maps.maps.find((map) => map.spots.some((spot) => spot.runs.some((run) => run.id === "%s")));
  const spot = map.spots.find((spot) => spot.runs.some((run) => run.id === "%s"));
  const [x, y, wide, high] = map.box(spot);
  const at = map.canvas.getBoundingClientRect();
  const place = { clientX: at.left + x + wide / 2, clientY: at.top + y + high / 2, bubbles: true };
  map.canvas.dispatchEvent(new PointerEvent("%s", place));
})()"""  # noqa: E501


@pytest.fixture
def report(page, tmp_path: Path):  # noqa: F811
    write_suite_page(make_page(), tmp_path / "index.html")
    page.open(tmp_path / "index.html")
    yield page
    assert page.problems == []


def rows(report) -> list[str]:
    return report.evaluate(
        "[...document.querySelectorAll('#runs tbody tr[data-id]')].map((row) => row.dataset.id)"
    )


def text(report, selector: str) -> str:
    return report.evaluate(f"document.querySelector({selector!r}).textContent")


def colour_of(report, run_id: str) -> list[int]:
    script = """(() => {
      const map = maps.maps.find((map) => map.spots.some((spot) => spot.runs[0].id === "%s"));
      const [x, y] = map.box(map.spots.find((spot) => spot.runs[0].id === "%s"));
      return [...map.context.getImageData(x + 3, y + 3, 1, 1).data];
    })()"""
    return report.evaluate(script % (run_id, run_id))


def test_the_heat_map_chooses_speed_by_overlap_for_each_target(report):
    assert report.evaluate("[maps.x.name, maps.y.name, maps.facet.name]") == [
        "speed_kmh", "overlap", "target",
    ]  # fmt: skip
    assert report.evaluate("document.querySelectorAll('.map canvas').length") == 2
    assert report.evaluate("maps.maps[0].spots.length") == 12


def test_residual_speed_avoided_and_not_carried_out_look_different(report):
    hit, avoided, broken = (colour_of(report, run) for run in (HIT, STOPPED, BROKEN))
    assert avoided == colour_of(report, "car-20-1")
    assert len({tuple(colour) for colour in (hit, avoided, broken)}) == 3


def test_the_run_under_the_pointer_is_named(report):
    report.evaluate(POINT % (HIT, HIT, "pointermove"))
    tip = text(report, "#tip")
    assert HIT in tip
    assert "contact at 23.4 km/h" in tip
    assert report.evaluate("byId('tip').hidden") is False


def test_a_click_in_the_heat_map_opens_the_run_and_it_plays(report):
    report.evaluate(POINT % (HIT, HIT, "click"))
    report.evaluate(UNTIL % f"{RUN}?.player")
    assert text(report, "#single-id") == HIT
    assert report.evaluate(f"{RUN}.document.querySelector('h1').textContent") == HIT
    before = report.evaluate(f"{RUN}.document.getElementById('clock').textContent")
    report.evaluate(f"{RUN}.document.getElementById('play').click()")
    report.evaluate(UNTIL % f"{RUN}.player.time > 0.3")
    assert report.evaluate(f"{RUN}.document.getElementById('clock').textContent") != before
    report.evaluate("byId('single-close').click()")
    assert report.evaluate("byId('single').open") is False


def test_a_run_that_was_not_kept_shows_its_figures_and_how_to_drive_it(report):
    report.evaluate("document.querySelector('tr[data-id=\"car-20-0.5\"]').click()")
    report.evaluate(UNTIL % "!byId('single-card').hidden")
    card = text(report, "#single-card")
    assert "stopped 0.70 m before" in card
    assert "./run scenario ccr_stationary --set speed_kmh=20 --set overlap=0.5" in card


def test_runs_are_linked_to_and_stepped_through(report):
    report.evaluate(f"location.hash = '#run={STOPPED}'")
    report.evaluate(UNTIL % "byId('single').open")
    order = rows(report)
    report.evaluate("byId('single-next').click()")
    assert text(report, "#single-id") == order[order.index(STOPPED) + 1]


def test_filters_change_table_and_maps(report):
    assert len(rows(report)) == 25
    report.evaluate("filters.buttons.find(([name]) => name === 'failed')[1].click()")
    assert rows(report) == [HIT, BROKEN, FALSE]
    assert text(report, "#count") == "3 of 25 runs"
    report.evaluate(
        "byId('find').value = 'contact'; byId('find').dispatchEvent(new Event('input'))"
    )
    assert rows(report) == [HIT]
    assert report.evaluate("maps.runs.length") == 1
    report.evaluate(
        "byId('find').value = 'no such'; byId('find').dispatchEvent(new Event('input'))"
    )
    assert report.evaluate("byId('nothing').hidden") is False
    report.evaluate("byId('reset').click()")
    report.evaluate(UNTIL % "byId('count').textContent === '25 runs'")


def test_scenario_layer_and_clause_can_be_picked(report):
    report.evaluate("filters.pick('layer', 'robustness')")
    assert len(rows(report)) == 6
    report.evaluate("filters.pick('layer'); filters.pick('scenario', 'pass_by')")
    assert rows(report) == [FALSE]


def test_a_column_sorts_both_ways_with_what_is_missing_last(report):
    head = "[...document.querySelectorAll('#runs th button')].find((one) => one.textContent.startsWith('residual'))"  # noqa: E501
    report.evaluate(f"{head}.click()")
    assert rows(report)[0] == HIT
    report.evaluate(f"{head}.click()")
    assert rows(report)[0] == HIT
    assert report.evaluate(f"{head}.parentElement.getAttribute('aria-sort')") == "descending"
    report.evaluate(f"{head}.click()")
    assert rows(report)[0] == "car-20--0.5"


def test_other_axes_and_colours_can_be_chosen(report):
    choose = "(() => { const one = byId('map-%s'); one.value = '%s'; one.dispatchEvent(new Event('change')); })()"  # noqa: E501
    report.evaluate(choose % ("y", "target"))
    report.evaluate(choose % ("facet", ""))
    assert report.evaluate("[maps.maps.length, maps.y.name]") == [1, "target"]
    assert report.evaluate("maps.maps[0].spots.every((spot) => spot.runs.length === 3)") is True
    report.evaluate(choose % ("measure", "latest_brake_margin_s"))
    assert "latest brake margin" in text(report, "#map-legend")
    report.evaluate(choose % ("scenario", ""))
    assert report.evaluate("maps.runs.length") == 25


def test_a_heat_map_is_walked_with_the_keyboard(report):
    report.evaluate("maps.maps[0].canvas.focus()")
    report.press("ArrowRight")
    first = text(report, "#tip")
    report.press("ArrowRight")
    assert text(report, "#tip") != first
    report.press("Enter")
    report.evaluate(UNTIL % "byId('single').open")


def test_what_is_required_of_all_runs_is_shown(report):
    assert "not met" in text(report, "#breakdown")
    assert "90.0 % of 9" in text(report, "#breakdown")


@pytest.mark.parametrize("width", [360, 1360])
@pytest.mark.parametrize("dark", [False, True])
def test_it_fits_every_width_in_light_and_dark(report, width, dark):
    report.dark(dark)
    report.size(width, 900)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert report.evaluate(overflow) <= 0


def test_a_suite_without_runs_still_opens(page, tmp_path):  # noqa: F811
    full = make_page(Logs.NONE, full=False)
    result = {**full.result, "runs": [], "summary": {"runs": 0, "failed": 0}}
    write_suite_page(SuitePage(result, []), tmp_path / "empty.html")
    page.open(tmp_path / "empty.html")
    assert page.problems == []


def test_random_draws_become_a_scatter_that_opens_runs(page, tmp_path):  # noqa: F811
    full = make_page(full=False)
    run, row = full.runs[0], full.result["runs"][0]
    draws = [
        type(run)(f"draw-{i}", run.scenario, {"speed_kmh": 20 + i * 0.137, "overlap": i * 0.0049})
        for i in range(200)
    ]
    records = [{**row, "id": draw.id, "stop_gap_m": i / 100} for i, draw in enumerate(draws)]
    write_suite_page(SuitePage({**full.result, "runs": records}, draws), tmp_path / "draws.html")
    page.open(tmp_path / "draws.html")
    assert page.evaluate("[maps.maps[0].isScatter, maps.maps[0].spots.length]") == [True, 200]
    page.evaluate(POINT % ("draw-7", "draw-7", "click"))
    page.evaluate(UNTIL % "byId('single').open")
    assert text(page, "#single-id") == "draw-7"
    assert page.problems == []
