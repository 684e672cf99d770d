# SPDX-License-Identifier: Apache-2.0
"""Dataclasses of parameters that a scenario file sets some of."""

from __future__ import annotations

from typing import Any, TypeVar

from bulwark_core.errors import ParameterError
from bulwark_core.params import build, specs
from bulwark_world.yaml_fields import Fields

T = TypeVar("T")


def read_parameters(kind: type[T], fields: Fields) -> T:
    """An instance with the values that the file names. Raises ScenarioError."""
    values, known = {}, list(specs(kind))
    fields.ignore(*(spec.name for spec in known))
    for spec in known:
        if spec.name not in fields:
            continue
        try:
            values[spec.name] = spec.check(_whole(fields.value(spec.name), spec.type))
        except ParameterError as error:
            raise fields.error(spec.name, str(error)) from error
    return build(kind, values)


def _whole(value: Any, kind: Any) -> Any:
    """What a scenario's parameters give is never an integer."""
    is_whole = kind is int and isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value
