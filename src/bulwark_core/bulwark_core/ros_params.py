# SPDX-License-Identifier: Apache-2.0
"""ROS parameters of a node, declared and checked from its dataclass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from bulwark_core.errors import ParameterError
from bulwark_core.params import ParamSpec, build, specs

T = TypeVar("T")
_AUTOSTART = "autostart"
_FOREIGN = (_AUTOSTART, "use_sim_time", "qos_overrides.", "start_type_description_service")
_SHARED = ("vehicle.",)
"""Parameters that one file gives to all nodes; a node without them ignores them."""


def declare_params(node: Node, params_class: type[T]) -> T:
    """Declare all parameters read-only and return their checked values.

    The order of precedence is: launch and command line, parameter file, default. Raises
    ParameterError naming the parameter and the reason; an unknown one is refused too, since a
    mistyped name would otherwise silently keep the default.
    """
    known = {spec.name: spec for spec in specs(params_class)}
    given = _given(node, known)
    params = build(params_class, given)
    for name, spec in known.items():
        value = spec.check(given[name]) if name in given else spec.default
        # Checked above, for a better message than rclpy's; the type is that of the declaration.
        value = list(value) if isinstance(value, tuple) else value
        node.declare_parameter(name, value, _descriptor(spec), ignore_override=True)
    return params


def declare_autostart(node: Node) -> bool:
    """Whether the node shall configure and activate itself, as it does unless told otherwise.

    Raises ParameterError where that is neither true nor false.
    """
    text = "configure and activate at the start, instead of waiting for a lifecycle manager"
    given = node._parameter_overrides.get(_AUTOSTART)
    if given is not None and given.type_ is not Parameter.Type.BOOL:
        raise ParameterError(f"parameter '{_AUTOSTART}' = {given.value!r} must be a bool")
    descriptor = ParameterDescriptor(description=text, read_only=True)
    return bool(node.declare_parameter(_AUTOSTART, True, descriptor).value)


def _given(node: Node, known: Mapping[str, ParamSpec]) -> dict[str, Any]:
    """What files and command line say, without what is not ours to check."""
    overrides: dict[str, Parameter] = node._parameter_overrides
    return {
        name: _value(parameter, known.get(name))
        for name, parameter in overrides.items()
        if not name.startswith(_FOREIGN) and (name in known or not name.startswith(_SHARED))
    }


def _value(parameter: Parameter, spec: ParamSpec | None) -> Any:
    if parameter.value is None and spec is not None and spec.is_list:
        return []  # an empty list in a YAML file arrives without type and value
    if parameter.type_ in (Parameter.Type.DOUBLE_ARRAY, Parameter.Type.STRING_ARRAY):
        return list(parameter.value)
    return parameter.value


def _descriptor(spec: ParamSpec) -> ParameterDescriptor:
    unit = f" [{spec.unit}]" if spec.unit else ""
    descriptor = ParameterDescriptor(
        description=spec.description + unit,
        additional_constraints=spec.range_text,
        read_only=True,
    )
    if spec.type is float and spec.minimum is not None and spec.maximum is not None:
        low, high = float(spec.minimum), float(spec.maximum)
        descriptor.floating_point_range = [FloatingPointRange(from_value=low, to_value=high)]
    if spec.type is int and spec.minimum is not None and spec.maximum is not None:
        low, high = int(spec.minimum), int(spec.maximum)
        descriptor.integer_range = [IntegerRange(from_value=low, to_value=high, step=1)]
    return descriptor
