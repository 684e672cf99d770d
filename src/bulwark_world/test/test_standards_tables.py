# SPDX-License-Identifier: Apache-2.0
"""The suites' rows and limits against tables typed from the standards, not from the files."""

from collections import defaultdict

import pytest

from bulwark_core.vehicle import VehicleParams
from bulwark_world.expectation import Expectation
from bulwark_world.suite import load_suite

BODY = VehicleParams()

# UN R152 Rev. 2, category M1: own speed, or relative speed towards a car, to the most relative
# impact speed [km/h] at maximum mass and in running order.
R152_CAR = {
    10: (0, 0), 15: (0, 0), 20: (0, 0), 25: (0, 0), 30: (0, 0), 35: (0, 0), 36: (0, 0),
    38: (0, 0), 40: (0, 0), 42: (10, 0), 45: (15, 15), 50: (25, 25), 55: (30, 30), 60: (35, 35),
}  # fmt: skip
R152_PEDESTRIAN = {
    20: (0, 0), 25: (0, 0), 30: (0, 0), 35: (0, 0), 36: (0, 0), 38: (0, 0), 40: (0, 0),
    42: (10, 0), 45: (15, 15), 50: (25, 25), 55: (30, 30), 60: (35, 35),
}  # fmt: skip
R152_BICYCLE = {
    20: (0, 0), 25: (0, 0), 30: (0, 0), 35: (0, 0), 36: (0, 0), 38: (0, 0), 40: (10, 0),
    45: (25, 25), 50: (30, 30), 55: (35, 35), 60: (40, 40),
}  # fmt: skip
# GB 39901-2025, category M1: in running order and at maximum mass.
GB = {
    "car": {10: (0, 0), 20: (0, 0), 40: (0, 0), 60: (35, 35), 80: (50, 50)},
    "car-moving": {30: (0, 0), 60: (0, 0), 80: (35, 35)},
    "car-braking": {50: (0, 0)},
    "child": {20: (0, 0), 40: (0, 0), 60: (35, 35)},
    "bicycle": {20: (0, 0), 40: (0, 10), 60: (40, 40)},
    "scooter": {20: (0, 0), 40: (0, 10), 60: (40, 40)},
}
# FMVSS 127: rows of S7 and S8 with the range of the own speed [km/h], and what else is fixed.
FMVSS = {
    "stopped": ((10, 80), {"target_speed_kmh": 0, "manual": 0, "ttc_s": 5.0}),
    "stopped-manual": ((70, 100), {"target_speed_kmh": 0, "manual": 3.92, "ttc_s": 5.0}),
    "slower": ((40, 80), {"target_speed_kmh": 20, "manual": 0, "ttc_s": 5.0}),
    "slower-manual": ((70, 100), {"target_speed_kmh": 20, "manual": 3.92, "ttc_s": 5.0}),
    "braking-50": ((50, 50), {"manual": 0, "ramp_s": 1.5}),
    "braking-80": ((80, 80), {"manual": 0, "ramp_s": 1.5}),
    "braking-manual-50": ((50, 50), {"manual": 3.92, "ramp_s": 1.5}),
    "braking-manual-80": ((80, 80), {"manual": 3.92, "ramp_s": 1.5}),
    "crossing-25": ((10, 60), {"crossing_kmh": 5, "from": "right", "location": 0.25}),
    "crossing-50": ((10, 60), {"crossing_kmh": 5, "from": "right", "location": 0.5}),
    "running": ((10, 60), {"crossing_kmh": 8, "from": "left", "location": 0.5, "start_m": 6.0}),
    "obstructed-child": ((10, 50), {"crossing_kmh": 5, "location": 0.5, "who": "child"}),
    "stationary": ((10, 55), {"target": "pedestrian", "target_speed_kmh": 0, "location": 0.75}),
    "along": ((10, 65), {"target": "pedestrian", "target_speed_kmh": 5, "location": 0.75}),
}


def expected(run):
    return run.expectation(Expectation())


def limits(suite):
    """Row name: (speed, load): the limits of all its runs."""
    found = defaultdict(set)
    for run in load_suite(suite).runs:
        assert not run.error
        values = run.scenario.values(run.settings)
        speed = values["speed_kmh"]
        name = run.id.split(f"-{speed:g}-")[0]
        found[name, speed, values["load"]].add(expected(run).max_impact_kmh)
    return found


def typed(table, name, order):
    return {
        (name, float(speed), load): {float(limit)}
        for speed, pair in table.items()
        for load, limit in zip(order, pair, strict=True)
    }


def test_r152_has_the_regulation_s_limits_at_every_speed_of_its_tables():
    order = ("max", "running")
    moving = {
        speed: R152_CAR.get(speed - 20, (0, 0)) for speed in (30, 35, 40, 45, 50, 55, 56, 58, 60)
    }
    assert limits("r152") == (
        typed(R152_CAR, "car", order)
        | typed(moving, "car-moving", order)
        | typed(R152_PEDESTRIAN, "pedestrian", order)
        | typed(R152_BICYCLE, "bicycle", order)
    )


def test_r152_is_driven_twice_a_row_with_both_brakes_and_asks_for_warning_and_deceleration():
    counts, brakes = defaultdict(int), defaultdict(set)
    for run in load_suite("r152").runs:
        values, expectation = run.scenario.values(run.settings), expected(run)
        counts[run.id.rsplit("-", 1)[0]] += 1
        brakes[run.clause].add(values["brake"])
        assert expectation.min_decel == 5.0
        assert expectation.warn_lead_s == (0.8 if run.layer == "car" else 0.0)
        assert abs(values.get("offset_m", 0.0)) <= 0.2
        assert abs(values.get("location", 0.5) - 0.5) * BODY.width <= 0.1 + 1e-9
        assert values["friction"] == 0.9
        assert run.clause.startswith("UN R152 5.2.")
    assert set(counts.values()) == {2}
    assert all(found == {"mid", "good"} for found in brakes.values())


def test_gb39901_has_the_standard_s_limits():
    want = {}
    for name, table in GB.items():
        want |= typed(table, name, ("running", "max"))
    assert limits("gb39901") == want


def test_gb39901_s_braking_lead_and_tolerances():
    for run in load_suite("gb39901").runs:
        values, expectation = run.scenario.values(run.settings), expected(run)
        assert values["brake"] == "mid"
        assert values["friction"] >= 0.8
        if run.id.startswith("car-braking"):
            assert 39.0 <= values["headway"] <= 41.0
            assert 3.5 <= values["deceleration"] <= 4.5
        vehicle = run.id.startswith("car")
        assert expectation.warn_lead_s == (0.8 if vehicle else 0.0)
        faster = values["speed_kmh"] - values.get("target_speed_kmh", 0.0) > 10.0
        assert (expectation.min_decel == 5.0) is (values["speed_kmh"] >= 20.0 and faster)
        speeds = {"bicycle": 15.0, "scooter": 20.0, "child": 5.0}
        assert vehicle or values["crossing_kmh"] == speeds[run.layer]


@pytest.mark.parametrize(
    "suite, shares",
    [
        ("r152", {"car": 0.9, "pedestrian": 0.9, "bicycle": 0.8}),
        ("gb39901", {"vehicle": 0.9, "child": 0.9, "bicycle": 0.8, "scooter": 0.8}),
    ],
)
def test_the_shares_of_good_runs_are_the_standards(suite, shares):
    assert {rule.name: rule.share for rule in load_suite(suite).require} == shares


def test_fmvss127_draws_within_its_ranges_and_allows_no_contact():
    drawn = defaultdict(list)
    runs = load_suite("fmvss127").runs
    assert len(runs) == 200
    for run in runs:
        name = run.id.rsplit("-", 1)[0]
        values, (span, fixed) = run.scenario.values(run.settings), FMVSS[name]
        drawn[name].append(values["speed_kmh"])
        assert span[0] <= values["speed_kmh"] <= span[1]
        assert {key: values[key] for key in fixed} == fixed
        assert expected(run).max_impact_kmh == 0.0
        assert not expected(run).avoidable
        assert (values["brake"], values["friction"]) == ("good", 1.02)
        if name.startswith("braking"):
            assert 12.0 <= values["headway"] <= 40.0
            assert 0.3 * 9.80665 - 0.01 <= values["deceleration"] <= 0.5 * 9.80665 + 0.01
        if fixed.get("manual"):
            assert 0.9 <= values["brake_s"] <= 1.1
        if "target_speed_kmh" in fixed and "target" not in fixed:
            assert abs(values["location"] - 0.5) * BODY.width <= 0.3 + 1e-9
    assert set(drawn) == set(FMVSS)
    for name, speeds in drawn.items():  # all of the range is drawn from
        low, high = FMVSS[name][0]
        assert max(speeds) - min(speeds) >= 0.5 * (high - low)


def test_other_seeds_draw_other_values_and_the_same_seed_the_same():
    def speeds(seed):
        return [run.settings["speed_kmh"] for run in load_suite("fmvss127", seed).runs]

    assert speeds(3) == speeds(3) != speeds(4)


def euroncap(code):
    """Own speed, the other's speed and place of the runs of a code."""
    rows = set()
    for run in load_suite("euroncap").runs:
        if run.id.startswith(code + "-"):
            v = run.scenario.values(run.settings)
            other = v.get("target_speed_kmh", v.get("crossing_kmh", 0.0))
            rows.add((v["speed_kmh"], other, v.get("location", v.get("from", ""))))
    return rows


def grid(speeds, others, places):
    return {(float(a), float(b), c) for a in speeds for b in others for c in places}


TENS = range(10, 61, 10)
QUARTERS = (0.25, 0.5, 0.75)
CAR_PLACES = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.mark.parametrize(
    "code, rows",
    [
        ("ccrs", grid(range(10, 81, 10), [0], CAR_PLACES)),
        (
            "ccrm",
            grid(range(30, 81, 10), [20], CAR_PLACES)
            | grid([90], [30], CAR_PLACES) | grid([100], [40], CAR_PLACES)
            | grid([110], [50], CAR_PLACES) | grid([120], [60], CAR_PLACES)
            | grid([130], [70], CAR_PLACES),
        ),
        ("ccrb", grid(range(30, 81, 10), [0], [0.5])),
        ("ccfhos", grid([30, 40, 50], [50], QUARTERS) | grid([60, 70, 80], [70], QUARTERS)),
        ("cpfa", grid(TENS, [8], [0.5])),
        ("cpna", grid(TENS, [5], [0.25, 0.5, 0.75])),
        ("cpnco", grid(TENS, [5], [0.5])),
        ("cpla", grid(TENS, [5], [0.5]) | grid([50, 60, 70, 80], [5], [0.75])),
        ("cbna", grid(TENS, [15], [0.5, 0.75])),
        ("cbnao", grid(TENS, [10], [0.5, 0.75])),
        ("cbfa", grid(TENS, [20], [0.25, 0.5])),
        ("cbla", grid(range(20, 61, 10), [15], [0.5]) | grid([50, 60, 70, 80], [20], [0.75])),
        ("ccftap", grid([10, 15, 20], [30, 45, 60], [""])),
        ("cmftap", grid([10, 15, 20], [30, 45, 60], [""])),
    ],
)  # fmt: skip
def test_euroncap_s_standard_grid(code, rows):
    assert euroncap(code) == rows


def test_euroncap_s_crossing_cars_come_from_both_sides_at_all_speeds():
    rows = {
        (run.settings["speed_kmh"], run.settings["crossing_kmh"], run.settings["from"])
        for run in load_suite("euroncap").runs
        if run.id.startswith("cccscp-")
    }
    speeds = range(20, 61, 10)
    assert rows == {(a, b, c) for a in speeds for b in speeds for c in ("left", "right")}


def test_euroncap_s_standard_rows_are_to_be_avoided_up_to_60_where_physics_allows():
    avoid = ("ccrs", "ccrm", "ccrb", "cp", "cbna", "cbfa", "cbla", "cmr")
    for run in load_suite("euroncap").runs:
        expectation, speed = expected(run), run.scenario.values(run.settings).get("speed_kmh", 0.0)
        assert expectation.grade
        if run.layer == "standard" and run.id.startswith(avoid):
            assert expectation.avoidable is (speed <= 60.0)
        if run.layer in ("extended", "robustness"):
            assert not expectation.avoidable
        if run.id.startswith(("cpla", "cbla")) and run.id.endswith("0.75"):
            assert expectation.warn_ttc_s == 1.7


def test_forward_covers_every_speed_and_stays_small():
    runs = load_suite("forward").runs
    assert len(runs) <= 3000
    seen = defaultdict(set)
    for run in runs:
        values = run.scenario.values(run.settings)
        assert values["brake"] == "good"
        assert expected(run).avoidable
        seen[run.layer, values.get("target"), values.get("overlap")].add(values["speed_kmh"])
    every = {float(speed) for speed in range(1, 136)}
    for overlap in (-0.75, -0.5, -0.25, 0.25, 0.5, 0.75, 1.0):
        assert seen["standing", "car", overlap] == every
    for target in ("truck", "pedestrian", "cyclist"):
        assert seen["standing", target, 1.0] == every
    for target in ("car", "truck", "pedestrian", "cyclist"):
        assert any(key[:2] == ("moving", target) for key in seen)


def test_reverse_and_static_cover_every_speed_and_target():
    seen = defaultdict(set)
    for suite in ("reverse", "static"):
        for run in load_suite(suite).runs:
            values = run.scenario.values(run.settings)
            target = values.get("target", values.get("who"))
            seen[suite, run.layer, target].add(values["speed_kmh"])
    eight = (
        "car",
        "pedestrian",
        "child",
        "cyclist",
        "water_barrier",
        "crash_barrel",
        "pillar",
        "wall",
    )
    for target in eight:
        assert seen["reverse", "straight", target] == set(map(float, range(1, 31)))
        assert seen["reverse", "steering", target] == set(map(float, range(1, 31)))
    for target in (
        "water_barrier",
        "crash_barrel",
        "round_pillar",
        "pillar",
        "wall",
        "open_tailgate",
        "pole",
    ):
        assert seen["static", "single", target] == set(map(float, range(1, 61)))
    for target in ("pillar", "round_pillar"):
        assert 10.0 in seen["static", "gap", target]


@pytest.mark.parametrize("suite", ["forward", "reverse", "static"])
def test_stop_gaps_are_judged_over_the_suite(suite):
    (rule,) = load_suite(suite).require
    assert (rule.stop_gap_m, rule.share) == ((0.3, 3.0), 0.95)


@pytest.mark.parametrize(
    "suite, count",
    [("r152", 368), ("gb39901", 72), ("fmvss127", 200), ("euroncap", 534), ("forward", 2397),
     ("reverse", 492), ("static", 731)],
)  # fmt: skip
def test_the_number_of_runs(suite, count):
    suite = load_suite(suite)
    assert len(suite.runs) == count
    assert all(run.clause for run in suite.runs)
