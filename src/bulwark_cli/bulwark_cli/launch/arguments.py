# SPDX-License-Identifier: Apache-2.0
"""The arguments that a launch file takes, its own and those of the files it includes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bulwark_cli.launch import actions as a
from bulwark_cli.launch.evaluate import evaluate
from bulwark_cli.launch.parse import LaunchFile, parse_file
from bulwark_cli.launch.scope import Position, Scope
from bulwark_cli.launch.substitutions import SubstitutionError
from bulwark_core.errors import LaunchError


def split_arguments(words: Sequence[str]) -> dict[str, str]:
    """`name:=value` words of a command line; the last of a name counts."""
    arguments = {}
    for word in words:
        name, mark, value = word.partition(":=")
        if not name or not mark:
            raise LaunchError(f"'{word}' is not an argument: expected name:=value")
        arguments[name] = value
    return arguments


def declared_arguments(
    file: LaunchFile, environment: Mapping[str, str]
) -> dict[str, a.DeclareArgument]:
    """Every argument that can be given to a file, in order of declaration.

    Included files count where their name does not depend on arguments. What an `<include>` passes
    itself cannot be given from outside.
    """
    found: dict[str, a.DeclareArgument] = {}
    for argument in _walk(file.path, file.actions, environment, frozenset()):
        found.setdefault(argument.name, argument)
    return found


def required_arguments(file: LaunchFile) -> list[a.DeclareArgument]:
    """The file's own arguments that must be given: no default, and no condition around them.

    Where a name is declared more than once, the first counts, as upstream.
    """
    first: dict[str, tuple[a.DeclareArgument, bool]] = {}
    for argument, certain in _own(file.actions, certain=True):
        first.setdefault(argument.name, (argument, certain))
    return [
        argument for argument, certain in first.values() if certain and argument.default is None
    ]


def _own(actions: tuple[a.Action, ...], certain: bool) -> Iterator[tuple[a.DeclareArgument, bool]]:
    for action in actions:
        unconditional = certain and action.condition is None
        if isinstance(action, a.Group):
            yield from _own(action.actions, unconditional)
        elif isinstance(action, a.DeclareArgument):
            yield action, unconditional


def _walk(
    path: Path, actions: tuple[a.Action, ...], environment: Mapping[str, str], seen: frozenset[Path]
) -> Iterator[a.DeclareArgument]:
    for action in actions:
        if isinstance(action, a.DeclareArgument):
            yield action
        elif isinstance(action, a.Group):
            yield from _walk(path, action.actions, environment, seen)
        elif isinstance(action, a.Include):
            yield from _included(path, action, environment, seen)


def _included(
    path: Path, include: a.Include, environment: Mapping[str, str], seen: frozenset[Path]
) -> Iterator[a.DeclareArgument]:
    scope = Scope(Position(path), {}, dict(environment))
    try:
        file = Path(evaluate(include.file, scope))
        passed = {evaluate(name, scope) for name, _ in include.arguments}
        actions = () if file in seen else parse_file(file).actions
    except (SubstitutionError, LaunchError):
        return  # if it is carried out after all, what it declares or what is wrong is found then
    inner = _walk(file, actions, environment, seen | {file})
    yield from (argument for argument in inner if argument.name not in passed)
