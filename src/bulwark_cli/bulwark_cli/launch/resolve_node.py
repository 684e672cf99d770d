# SPDX-License-Identifier: Apache-2.0
"""From a `<node>` in a scope to the node that is to be started."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from bulwark_cli.launch import actions as a
from bulwark_cli.launch import names
from bulwark_cli.launch.coerce import to_bool
from bulwark_cli.launch.evaluate import evaluate
from bulwark_cli.launch.files import absolute
from bulwark_cli.launch.parse_node import OUTPUTS
from bulwark_cli.launch.scope import Scope
from bulwark_cli.launch.spec import File, Inline, NodeSpec, ParameterSource, Rule
from bulwark_cli.launch.substitutions import Template
from bulwark_cli.launch.values import evaluate_value
from bulwark_cli.launch.xml import Location
from bulwark_core.errors import LaunchError


def resolve_node(node: a.Node, scope: Scope) -> NodeSpec:
    """The node in this scope; ValueError or LaunchError where a value is no good."""
    name = _optional(node.name, scope)
    return NodeSpec(
        package=evaluate(node.package, scope),
        executable=evaluate(node.executable, scope),
        source=node.at,
        name=None if name is None else names.node_name(name),
        namespace=names.namespace(scope.namespace, _optional(node.namespace, scope)),
        label=_optional(node.label, scope),
        parameters=(
            *(Rule(name, value) for name, value in scope.parameters),
            *(_source(source, scope) for source in node.parameters),
        ),
        remaps=(*scope.remaps, *_pairs(node.remaps, scope)),
        words=tuple(evaluate(word, scope) for word in node.words),
        ros_words=tuple(evaluate(word, scope) for word in node.ros_words),
        environment=scope.environment | dict(_pairs(node.environment, scope)),
        folder=_optional(node.folder, scope),
        prefix=tuple(shlex.split(_optional(node.prefix, scope) or "")),
        output=_output(node.output, scope),
        respawn=node.respawn is not None and to_bool(evaluate(node.respawn, scope)),
        respawn_delay_s=node.respawn_delay_s,
        respawn_max=node.respawn_max,
        sigterm_after_s=node.sigterm_after_s,
        sigkill_after_s=node.sigkill_after_s,
        shutdown_on_exit=node.shutdown_on_exit,
    )


def _optional(template: Template | None, scope: Scope) -> str | None:
    return None if template is None else evaluate(template, scope)


def _pairs(pairs: Iterable[tuple[Template, Template]], scope: Scope) -> tuple[tuple[str, str], ...]:
    evaluated = tuple((evaluate(left, scope), evaluate(right, scope)) for left, right in pairs)
    if any(not left for left, _ in evaluated):
        raise ValueError("a <remap> or <env> has an empty name")
    return evaluated


def _output(template: Template, scope: Scope) -> str:
    output = evaluate(template, scope)
    if output not in OUTPUTS:
        raise ValueError(f"output = '{output}' is not supported; supported: {', '.join(OUTPUTS)}")
    return output


def _source(source: a.InlineParameters | a.ParameterFile, scope: Scope) -> ParameterSource:
    try:
        if isinstance(source, a.ParameterFile):
            return File(_existing_file(evaluate(source.path, scope), source.at))
        return Inline(
            {evaluate(name, scope): evaluate_value(value, scope) for name, value in source.values}
        )
    except ValueError as error:
        source.at.fail(f"<param>: {error}")


def _existing_file(name: str, at: Location) -> Path:
    path = absolute(name)
    if not path.is_file():
        raise LaunchError(f"{at}: parameter file {path} does not exist")
    return path
