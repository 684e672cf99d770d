# SPDX-License-Identifier: Apache-2.0
"""ROS parameters of a node, declared and checked from its dataclass."""

from __future__ import annotations

from typing import Any, TypeVar

from rcl_interfaces.msg import FloatingPointRange, IntegerRange, ParameterDescriptor
from rclpy.node import Node
from rclpy.parameter import Parameter

from bulwark_core.params import ParamSpec, build, specs

T = TypeVar("T")
_FOREIGN = ("use_sim_time", "qos_overrides.", "start_type_description_service")
_SHARED = ("vehicle.",)
"""Parameters that one file gives to all nodes; a node without them ignores them."""


def declare_params(node: Node, params_class: type[T]) -> T:
    """Declare all parameters read-only and return their checked values.

    The order of precedence is: launch and command line, parameter file, default. Raises
    ParameterError naming the parameter and the reason; an unknown one is refused too, since a
    mistyped name would otherwise silently keep the default.
    """
    given = _overrides(node)
    known = {spec.name for spec in specs(params_class)}
    mine = {name: value for name, value in given.items() if name in known or not _is_shared(name)}
    params = build(params_class, mine)
    for spec in specs(params_class):
        value = spec.check(mine[spec.name]) if spec.name in mine else spec.default
        value = list(value) if isinstance(value, tuple) else value
        # Our own check above gives the better message; hand rclpy the value in the declared type.
        node.declare_parameter(spec.name, value, _descriptor(spec), ignore_override=True)
    return params


def _overrides(node: Node) -> dict[str, Any]:
    overrides: dict[str, Parameter] = node._parameter_overrides
    return {
        name: list(parameter.value)
        if parameter.type_ in (Parameter.Type.DOUBLE_ARRAY, Parameter.Type.STRING_ARRAY)
        else parameter.value
        for name, parameter in overrides.items()
        if not name.startswith(_FOREIGN)
    }


def _is_shared(name: str) -> bool:
    return name.startswith(_SHARED)


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
