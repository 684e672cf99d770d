# SPDX-License-Identifier: Apache-2.0
"""Where the values of a parameter come from in a row of a suite: one, a grid's, or drawn ones."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bulwark_core.errors import ScenarioError
from bulwark_world.yaml_fields import Fields

_MOST = 100_000  # values of one parameter: more are a slip
_DIGITS = 9  # of grid values, so that 1 + 2 * 0.1 is 1.2
_SLACK = 1e-6  # of a step, by which a grid may miss its end


@dataclass(frozen=True)
class Source(ABC):
    """Values of one parameter. fields: where they are written, for errors about them."""

    name: str
    fields: Fields

    def error(self, why: str) -> ScenarioError:
        """An error about these values."""
        return self.fields.error(self.name, why)

    @abstractmethod
    def ends(self) -> Sequence[Any]:
        """Values that are good only if all of them are."""


@dataclass(frozen=True)
class Listed(Source):
    """A value for each run, or the values of a grid."""

    values: tuple[Any, ...]

    def ends(self) -> Sequence[Any]:
        return self.values


@dataclass(frozen=True)
class Drawn(Source):
    """Drawn anew for each run: one of the choices, or evenly between low and high."""

    choices: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0

    def ends(self) -> Sequence[Any]:
        return self.choices or (self.low, self.high)

    def draw(self, generator: random.Random) -> Any:
        """The next value. Takes one number from the generator, whatever it draws."""
        share = generator.random()
        if self.choices:
            return self.choices[int(share * len(self.choices))]
        return self.low + (self.high - self.low) * share


def read_set(fields: Fields) -> list[Source]:
    """`set: {NAME: VALUE}`."""
    return [Listed(name, fields, (fields.value(name),)) for name in fields.names()]


def read_grid(fields: Fields) -> list[Source]:
    """`grid: {NAME: [VALUE, ...] or {from, to, step}}`. Raises ScenarioError."""
    return [Listed(name, fields, _grid_values(fields, name)) for name in fields.names()]


def read_draw(fields: Fields) -> list[Source]:
    """`{NAME: [VALUE, ...] or {from, to}}`, or with a `step`. Raises ScenarioError."""
    return [_read_drawn(fields, name) for name in fields.names()]


def _read_drawn(fields: Fields, name: str) -> Drawn:
    if not fields.is_mapping(name) or "step" in fields.fields(name):
        return Drawn(name, fields, _grid_values(fields, name))
    span = fields.fields(name)
    low, high = span.number("from"), span.number("to")
    span.finish()
    if low > high:
        raise span.error("to", f"is {high:g}, less than from: {low:g}")
    return Drawn(name, fields, low=low, high=high)


def _grid_values(fields: Fields, name: str) -> tuple[Any, ...]:
    if fields.is_mapping(name):
        return _steps(fields.fields(name))
    values = fields.value(name)
    if not isinstance(values, list):
        raise fields.error(name, f"must be a list or {{from, to, step}}, not {values!r}")
    if not values:
        raise fields.error(name, "is an empty list: there is no value to run with")
    return tuple(values)


def _steps(span: Fields) -> tuple[float, ...]:
    low, high, step = span.number("from"), span.number("to"), span.number("step")
    span.finish()
    if step <= 0.0:
        raise span.error("step", f"is {step:g}, must be more than 0")
    if low > high:
        raise span.error("to", f"is {high:g}, less than from: {low:g}")
    count = (high - low) / step
    if count > _MOST:
        raise span.error("step", f"is {step:g}: that are {count:.0f} values, more than {_MOST}")
    if abs(count - round(count)) > _SLACK:
        last = low + int(count) * step
        raise span.error("step", f"of {step:g} from {low:g} does not reach {high:g}, but {last:g}")
    return tuple(round(low + i * step, _DIGITS) for i in range(round(count) + 1))
