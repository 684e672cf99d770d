# SPDX-License-Identifier: Apache-2.0
"""Carries out a launch file's actions, from top to bottom, and collects the nodes to start."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import singledispatchmethod
from pathlib import Path

from bulwark_cli.launch import actions as a
from bulwark_cli.launch import names
from bulwark_cli.launch.arguments import declared_arguments, required_arguments
from bulwark_cli.launch.coerce import coerce
from bulwark_cli.launch.evaluate import evaluate, is_true
from bulwark_cli.launch.files import absolute
from bulwark_cli.launch.parse import LaunchFile, parse_file
from bulwark_cli.launch.resolve_node import resolve_node
from bulwark_cli.launch.scope import Position, Scope
from bulwark_cli.launch.spec import NodeSpec
from bulwark_cli.launch.xml import Location
from bulwark_core.errors import LaunchError

_MAX_DEPTH = 20


@dataclass(frozen=True)
class Resolved:
    """What a launch file comes to: the nodes to start, and what `<log>` tags say."""

    nodes: tuple[NodeSpec, ...]
    messages: tuple[str, ...]


def resolve_file(
    path: Path,
    arguments: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Resolved:
    """The nodes of a launch file with these arguments; LaunchError with file and line if wrong.

    environment: what `$(env)` reads and nodes inherit; by default this process's.
    """
    given = dict(arguments or {})
    path = absolute(path)
    file = parse_file(path)
    scope = Scope(
        Position(path), dict(given), dict(os.environ if environment is None else environment)
    )
    resolver = _Resolver()
    _check_required(file, set(given), Location(path, 1))
    resolver.run(file.actions, scope)
    known = declared_arguments(file, scope.environment).keys() | resolver.declared
    _check_known(path, given, known)
    _check_names(resolver.nodes)
    return Resolved(tuple(resolver.nodes), tuple(resolver.messages))


def _check_required(file: LaunchFile, given: set[str], at: Location) -> None:
    missing = [argument for argument in required_arguments(file) if argument.name not in given]
    for argument in missing:
        about = f" ({argument.description})" if argument.description else ""
        at.fail(f"the required argument '{argument.name}'{about} of {argument.at} is not given")


def _check_known(path: Path, given: Mapping[str, str], known: set[str]) -> None:
    for name in sorted(set(given) - known):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        has = ", ".join(sorted(known)) or "none"
        raise LaunchError(f"{path.name} has no argument '{name}'{hint}; it has: {has}")


def _check_names(nodes: list[NodeSpec]) -> None:
    """Two nodes of one name would answer for each other."""
    first: dict[str, NodeSpec] = {}
    for node in nodes:
        name = node.full_name
        if name is None:
            continue
        if name in first:
            node.source.fail(f"a second node is called {name}; the first is {first[name].source}")
        first[name] = node


class _Resolver:
    """One method per action; nodes, messages and declared arguments are collected on the way."""

    def __init__(self) -> None:
        self.nodes: list[NodeSpec] = []
        self.messages: list[str] = []
        self.declared: set[str] = set()
        self._depth = 0

    def run(self, actions: tuple[a.Action, ...], scope: Scope) -> None:
        for action in actions:
            try:
                if self._applies(action, scope):
                    self._apply(action, scope)
            except ValueError as error:
                action.at.fail(error)

    def _applies(self, action: a.Action, scope: Scope) -> bool:
        condition = action.condition
        return condition is None or is_true(condition.expression, scope) == condition.wanted

    @singledispatchmethod
    def _apply(self, action: a.Action, scope: Scope) -> None:
        raise NotImplementedError(type(action))

    @_apply.register
    def _(self, action: a.DeclareArgument, scope: Scope) -> None:
        self.declared.add(action.name)
        if action.name not in scope.variables:
            if action.default is None:
                raise ValueError(f"the required argument '{action.name}' is not given")
            scope.variables[action.name] = evaluate(action.default, scope)
        value = scope.variables[action.name]
        if action.choices and value not in action.choices:
            choices = ", ".join(action.choices)
            raise ValueError(f"argument {action.name}:={value} is not one of: {choices}")

    @_apply.register
    def _(self, action: a.Let, scope: Scope) -> None:
        scope.variables[evaluate(action.name, scope)] = evaluate(action.value, scope)

    @_apply.register
    def _(self, action: a.SetEnv, scope: Scope) -> None:
        scope.environment[evaluate(action.name, scope)] = evaluate(action.value, scope)

    @_apply.register
    def _(self, action: a.UnsetEnv, scope: Scope) -> None:
        scope.environment.pop(evaluate(action.name, scope), None)

    @_apply.register
    def _(self, action: a.SetParameter, scope: Scope) -> None:
        value = coerce(evaluate(action.value, scope))
        if isinstance(value, list):
            raise ValueError("launch_ros passes a list in <set_parameter> as text: use <param>")
        scope.parameters.append((evaluate(action.name, scope), value))

    @_apply.register
    def _(self, action: a.SetRemap, scope: Scope) -> None:
        pair = evaluate(action.source, scope), evaluate(action.target, scope)
        scope.remaps.append(pair)

    @_apply.register
    def _(self, action: a.PushNamespace, scope: Scope) -> None:
        scope.namespace = names.namespace(scope.namespace, evaluate(action.namespace, scope))

    @_apply.register
    def _(self, action: a.Log, scope: Scope) -> None:
        self.messages.append(evaluate(action.message, scope))

    @_apply.register
    def _(self, action: a.Group, scope: Scope) -> None:
        self.run(action.actions, scope.copy() if action.scoped else scope)

    @_apply.register
    def _(self, action: a.Node, scope: Scope) -> None:
        self.nodes.append(resolve_node(action, scope))

    @_apply.register
    def _(self, action: a.Include, scope: Scope) -> None:
        """Not a scope of its own: what the file sets stays set, as upstream."""
        path = absolute(evaluate(action.file, scope))
        if self._depth == _MAX_DEPTH:
            raise ValueError(f"{path} is {_MAX_DEPTH} levels deep: does it include itself?")
        if not path.is_file():
            raise ValueError(f"launch file {path} does not exist")
        file, position, including = parse_file(path), scope.position, scope.position.file
        position.reported = path
        passed = self._pass_arguments(action, scope)
        _check_required(file, passed, action.at)
        position.file = path
        self._depth += 1
        self.run(file.actions, scope)
        self._depth -= 1
        position.file = including

    def _pass_arguments(self, action: a.Include, scope: Scope) -> set[str]:
        passed = set()
        for name, value in action.arguments:
            key = evaluate(name, scope)
            scope.variables[key] = evaluate(value, scope)
            passed.add(key)
        return passed
