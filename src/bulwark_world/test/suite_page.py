# SPDX-License-Identifier: Apache-2.0
"""A suite's page for tests: two runs that are driven, and made-up records around them."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import product

from bulwark_world.figures import Figures
from bulwark_world.runner import Conditions, Record, carry_out, suite_json
from bulwark_world.scenario import load_scenario
from bulwark_world.suite import Run
from bulwark_world.suite_report.keep import Keep, Logs
from bulwark_world.suite_report.page import SuitePage

SPEEDS, OVERLAPS, TARGETS = (20.0, 40.0, 60.0, 80.0), (-0.5, 0.5, 1.0), ("car", "pillar")
HIT, STOPPED, BROKEN, FALSE = "car-80-0.5", "car-40-1", "pillar-20-1", "beside"
_GOOD = Figures(50.0, None, 0.7, 0.5, 2.0, 1.0, 1.0, 8.0, 8.0, 0.1)


def grid() -> list[Run]:
    """A grid of speed, overlap and target, and one run of another scenario."""
    scenario = load_scenario("ccr_stationary")
    runs = [
        Run(
            f"{target}-{speed:g}-{overlap:g}",
            scenario,
            {"speed_kmh": speed, "overlap": overlap, "target": target},
            clause="UN R152 5.2.1.4",
            layer="standard" if speed < 70 else "robustness",
        )
        for target, speed, overlap in product(TARGETS, SPEEDS, OVERLAPS)
    ]
    return [*runs, Run(FALSE, load_scenario("pass_by"), {})]


def record_of(run: Run) -> Record:
    record = Record(run.id, "no contact", True, "", run.clause, run.layer, figures=_GOOD)
    if run.id == HIT:
        hit = replace(_GOOD, impact_kmh=23.4, stop_gap_m=None, latest_brake_margin_s=-0.4)
        return replace(record, passed=False, reason="contact at 23.4 km/h", figures=hit)
    if run.id == BROKEN:
        why = "not carried out: </script><b>no world"
        return replace(record, passed=False, reason=why, figures=None)
    if run.id == FALSE:
        return replace(record, passed=False, reason="false warning", false_event=True)
    return record


@lru_cache(maxsize=1)
def driven() -> dict[str, bytes]:
    """Packed reports of two runs."""
    conditions = Conditions(keep=Keep(Logs.ALL))
    runs = [run for run in grid() if run.id in (HIT, STOPPED)]
    return {run.id: carry_out(run, conditions).packed or b"" for run in runs}


def make_page(logs: Logs = Logs.FAILED, *, full: bool = True) -> SuitePage:
    runs = grid()
    records = [record_of(run) for run in runs]
    result = suite_json("grid", runs, Conditions(), records)
    requirement = {"name": "gaps", "clause": "", "runs": 9, "share": 0.9, "least": 0.95}
    result["summary"]["requirements"] = [{**requirement, "passed": False}]
    packed = driven() if full else {}
    return SuitePage(result, runs, "A grid.", logs, packed, frozenset({FALSE}))
