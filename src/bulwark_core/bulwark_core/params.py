# SPDX-License-Identifier: Apache-2.0
"""Node parameters from one frozen dataclass: defaults, descriptions, units, ranges, checks, YAML.

The dataclass is the only place where a parameter is written down. ROS declarations, the YAML files
in `config/` and the tables in the docs are made from it. Nested dataclasses become dotted names.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, get_type_hints

from bulwark_core.errors import ParameterError

T = TypeVar("T")
_TYPES: dict[Any, str] = {bool: "bool", int: "integer", float: "float", str: "string"}
_TYPES |= {tuple[float, ...]: "list of floats", tuple[str, ...]: "list of strings"}


def param(
    default: Any,
    description: str,
    *,
    unit: str = "",
    minimum: float | None = None,
    maximum: float | None = None,
    choices: Sequence[Any] | None = None,
) -> Any:
    """A dataclass field that is a node parameter; the range is inclusive."""
    return dataclasses.field(
        default=default,
        metadata={"about": (description, unit, minimum, maximum, choices)},
    )


@dataclass(frozen=True)
class ParamSpec:
    """One parameter: dotted name, Python type, default, and what makes a value good."""

    name: str
    type: Any
    default: Any
    description: str
    unit: str
    minimum: float | None
    maximum: float | None
    choices: tuple[Any, ...] | None

    @property
    def type_name(self) -> str:
        """The type in words."""
        return _TYPES[self.type]

    @property
    def is_list(self) -> bool:
        """Whether it takes a list."""
        return self.type in (tuple[float, ...], tuple[str, ...])

    @property
    def range_text(self) -> str:
        """What values are allowed, in words; empty for any."""
        if self.choices is not None:
            return "one of " + ", ".join(str(choice) for choice in self.choices)
        if self.minimum is None and self.maximum is None:
            return ""
        low = "" if self.minimum is None else f"{self.minimum:g} <= "
        high = "" if self.maximum is None else f" <= {self.maximum:g}"
        return f"{low}value{high}"

    def check(self, value: Any) -> Any:
        """The value as the declared type; ParameterError with the reason where it is no good."""
        value = self._as_type(value)
        for item in value if isinstance(value, tuple) else (value,):
            self._check_range(item)
        return value

    def _as_type(self, value: Any) -> Any:
        if self.type is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if self.is_list:
            return self._as_tuple(value)
        if type(value) is not self.type:
            raise self._error(value, f"must be a {self.type_name}")
        return value

    def _as_tuple(self, value: Any) -> tuple[Any, ...]:
        item_type = float if self.type == tuple[float, ...] else str
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise self._error(value, f"must be a {self.type_name}")
        items = tuple(
            float(item) if item_type is float and type(item) is int else item for item in value
        )
        if any(not isinstance(item, item_type) for item in items):
            raise self._error(value, f"must be a {self.type_name}")
        return items

    def _check_range(self, item: Any) -> None:
        if self.choices is not None and item not in self.choices:
            raise self._error(item, f"must be {self.range_text}")
        if isinstance(item, float) and not math.isfinite(item):
            raise self._error(item, "must be a finite number")
        too_low = self.minimum is not None and item < self.minimum
        too_high = self.maximum is not None and item > self.maximum
        if too_low or too_high:
            unit = f" [{self.unit}]" if self.unit else ""
            raise self._error(item, f"is out of range: {self.range_text}{unit}")

    def _error(self, value: Any, why: str) -> ParameterError:
        return ParameterError(f"parameter '{self.name}' = {value!r} {why} ({self.description})")


def specs(params_class: type, prefix: str = "") -> tuple[ParamSpec, ...]:
    """All parameters of a dataclass, nested ones with dotted names, in order of declaration."""
    return _all_specs(params_class, prefix)


@lru_cache(maxsize=256)
def _all_specs(params_class: type, prefix: str) -> tuple[ParamSpec, ...]:
    return tuple(_specs(params_class, prefix))


def _specs(params_class: type, prefix: str) -> Iterator[ParamSpec]:
    hints = get_type_hints(params_class)
    for field in dataclasses.fields(params_class):
        name, hint = prefix + field.name, hints[field.name]
        if dataclasses.is_dataclass(hint):
            assert isinstance(hint, type)
            yield from specs(hint, prefix=f"{name}.")
            continue
        about, unit, minimum, maximum, choices = field.metadata["about"]
        options = None if choices is None else tuple(choices)
        yield ParamSpec(name, hint, field.default, about, unit, minimum, maximum, options)


def build(params_class: type[T], values: Mapping[str, Any]) -> T:
    """An instance from dotted names; what is not named keeps its default.

    Raises ParameterError for an unknown name (with the nearest known one), a wrong type or a value
    out of range.
    """
    known = {spec.name: spec for spec in specs(params_class)}
    for name in values:
        if name not in known:
            raise ParameterError(f"unknown parameter '{name}'{_did_you_mean(name, known)}")
    checked = {name: known[name].check(value) for name, value in values.items()}
    return _construct(params_class, checked, "")


def _construct(params_class: type[T], values: Mapping[str, Any], prefix: str) -> T:
    hints = get_type_hints(params_class)
    arguments = {}
    for field in dataclasses.fields(params_class):  # type: ignore[arg-type]
        name, hint = prefix + field.name, hints[field.name]
        if dataclasses.is_dataclass(hint):
            assert isinstance(hint, type)
            arguments[field.name] = _construct(hint, values, f"{name}.")
        elif name in values:
            arguments[field.name] = values[name]
    return params_class(**arguments)


def _did_you_mean(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
