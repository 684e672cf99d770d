# SPDX-License-Identifier: Apache-2.0
from dataclasses import dataclass, field

import pytest

from bulwark_core.errors import ParameterError
from bulwark_core.params import build, param, specs


@dataclass(frozen=True)
class Margins:
    stop: float = param(0.5, "gap at standstill", unit="m", minimum=0.0, maximum=3.0)


@dataclass(frozen=True)
class Params:
    rate: int = param(10, "scans a second", minimum=1, maximum=50)
    enabled: bool = param(True, "whether it works")
    device: str = param("auto", "where it runs", choices=("auto", "cpu", "cuda"))
    weights: tuple[float, ...] = param((1.0, 2.0), "weights", minimum=0.0)
    names: tuple[str, ...] = param((), "names")
    margins: Margins = field(default_factory=Margins)


def test_nested_names_are_dotted_and_ordered():
    assert [spec.name for spec in specs(Params)] == [
        "rate",
        "enabled",
        "device",
        "weights",
        "names",
        "margins.stop",
    ]


def test_defaults_and_given_values():
    params = build(Params, {"margins.stop": 1, "weights": [3, 4.5], "names": ["a"]})
    assert params == Params(margins=Margins(stop=1.0), weights=(3.0, 4.5), names=("a",))


@pytest.mark.parametrize("value", [1, 50])
def test_the_range_includes_its_ends(value):
    assert build(Params, {"rate": value}).rate == value


@pytest.mark.parametrize(
    "values, match",
    [
        ({"rate": 0}, r"'rate' = 0 is out of range: 1 <= value <= 50 \(scans a second\)"),
        ({"rate": 51}, "out of range"),
        ({"rate": 2.0}, "must be a integer"),
        ({"rate": True}, "must be a integer"),
        ({"enabled": 1}, "must be a bool"),
        ({"device": "tpu"}, "must be one of auto, cpu, cuda"),
        ({"margins.stop": 3.1}, r"out of range: 0 <= value <= 3 \[m\]"),
        ({"margins.stop": float("nan")}, "must be a finite number"),
        ({"weights": [1.0, -1.0]}, r"= -1.0 is out of range: 0 <= value"),
        ({"weights": "1.0"}, "must be a list of floats"),
        ({"weights": 1.0}, "must be a list of floats"),
        ({"names": [1]}, "must be a list of strings"),
        ({"margin.stop": 1.0}, r"unknown parameter 'margin.stop'; did you mean 'margins.stop'\?"),
        ({"qwertz": 1.0}, "unknown parameter 'qwertz'$"),
    ],
)
def test_bad_values_are_refused_with_the_reason(values, match):
    with pytest.raises(ParameterError, match=match):
        build(Params, values)
