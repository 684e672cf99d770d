# SPDX-License-Identifier: Apache-2.0
"""A launch file as data: one class per tag, with templates where attributes may substitute."""

from __future__ import annotations

from dataclasses import dataclass

from bulwark_cli.launch.substitutions import Template
from bulwark_cli.launch.values import ValueTemplate
from bulwark_cli.launch.xml import Location


@dataclass(frozen=True)
class Condition:
    """`if` (wanted) or `unless` (not wanted)."""

    expression: Template
    wanted: bool


@dataclass(frozen=True)
class Action:
    """Anything that can stand in a `<launch>` or a `<group>`."""

    at: Location
    condition: Condition | None


@dataclass(frozen=True)
class DeclareArgument(Action):
    """`<arg>`: an input of the file; required without a default."""

    name: str
    default: Template | None
    description: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Let(Action):
    """`<let>`: set a variable."""

    name: Template
    value: Template


@dataclass(frozen=True)
class SetEnv(Action):
    """`<set_env>`: set an environment variable for what follows."""

    name: Template
    value: Template


@dataclass(frozen=True)
class UnsetEnv(Action):
    """`<unset_env>`."""

    name: Template


@dataclass(frozen=True)
class SetParameter(Action):
    """`<set_parameter>`: a parameter for every node that follows."""

    name: Template
    value: Template


@dataclass(frozen=True)
class SetRemap(Action):
    """`<set_remap>`: a remap for every node that follows."""

    source: Template
    target: Template


@dataclass(frozen=True)
class PushNamespace(Action):
    """`<push_ros_namespace>`: a namespace for every node that follows in the scope."""

    namespace: Template


@dataclass(frozen=True)
class Log(Action):
    """`<log>`: say something."""

    message: Template


@dataclass(frozen=True)
class Include(Action):
    """`<include>`: carry out another file, with arguments."""

    file: Template
    arguments: tuple[tuple[Template, Template], ...]


@dataclass(frozen=True)
class Group(Action):
    """`<group>`: actions whose changes end with the group, if it is scoped."""

    actions: tuple[Action, ...]
    scoped: bool


@dataclass(frozen=True)
class InlineParameters:
    """One `<param name=...>`; several names where it is nested."""

    at: Location
    values: tuple[tuple[Template, ValueTemplate], ...]


@dataclass(frozen=True)
class ParameterFile:
    """One `<param from=...>`."""

    at: Location
    path: Template


@dataclass(frozen=True)
class Node(Action):
    """`<node>`. `words` are command line arguments, each a template."""

    package: Template
    executable: Template
    name: Template | None
    label: Template | None
    namespace: Template | None
    parameters: tuple[InlineParameters | ParameterFile, ...]
    remaps: tuple[tuple[Template, Template], ...]
    words: tuple[Template, ...]
    ros_words: tuple[Template, ...]
    environment: tuple[tuple[Template, Template], ...]
    folder: Template | None
    prefix: Template | None
    output: Template
    respawn: Template | None
    respawn_delay_s: float
    respawn_max: int
    sigterm_after_s: float
    sigkill_after_s: float
    shutdown_on_exit: bool
