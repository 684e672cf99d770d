# SPDX-License-Identifier: Apache-2.0
"""A node that is to be started, with everything resolved, and its command line."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from bulwark_cli.launch.coerce import ParameterValue
from bulwark_cli.launch.xml import Location


@dataclass(frozen=True)
class Rule:
    """A parameter for any node of the process, `-p name:=value`."""

    name: str
    value: ParameterValue


@dataclass(frozen=True)
class Inline:
    """Parameters of one `<param name=...>`; they reach the node as a file of their own."""

    values: Mapping[str, ParameterValue]


@dataclass(frozen=True)
class File:
    """A parameter file."""

    path: Path


ParameterSource: TypeAlias = Rule | Inline | File


@dataclass(frozen=True)
class NodeSpec:
    """One process to start. Later parameter sources and earlier remaps take precedence.

    name, namespace: None leaves them to the node. environment: all of it, not only changes.
    respawn_max: how often a node is started again, -1 for always. source: its line in the file.
    """

    package: str
    executable: str
    source: Location
    name: str | None = None
    namespace: str | None = None
    label: str | None = None
    parameters: tuple[ParameterSource, ...] = ()
    remaps: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    ros_words: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    folder: str | None = None
    prefix: tuple[str, ...] = ()
    output: str = "screen"
    respawn: bool = False
    respawn_delay_s: float = 0.0
    respawn_max: int = -1
    sigterm_after_s: float = 5.0
    sigkill_after_s: float = 5.0
    shutdown_on_exit: bool = False

    @property
    def full_name(self) -> str | None:
        """`/namespace/name`, or None where the node decides on one of them."""
        if self.name is None or self.namespace is None:
            return None
        return f"{self.namespace.rstrip('/')}/{self.name}"

    def command(self, program: Path, write: Callable[[str], Path]) -> list[str]:
        """The command line; `write` puts a parameter file's text somewhere."""
        command = [*self.prefix, str(program), *self.words]
        if self.ros_words:
            command += ["--ros-args", *self.ros_words]
        command.append("--ros-args")
        if self.name is not None:
            command += ["-r", f"__node:={self.name}"]
        if self.namespace is not None:
            command += ["-r", f"__ns:={self.namespace}"]
        for source in self.parameters:
            command += self._parameter_words(source, write)
        for name, target in self.remaps:
            command += ["-r", f"{name}:={target}"]
        return command

    def _parameter_words(
        self, source: ParameterSource, write: Callable[[str], Path]
    ) -> tuple[str, str]:
        if isinstance(source, Rule):
            return "-p", f"{source.name}:={source.value}"
        path = source.path if isinstance(source, File) else write(self._document(source))
        return "--params-file", str(path)

    def _document(self, source: Inline) -> str:
        document = {self.full_name or "/**": {"ros__parameters": dict(source.values)}}
        return yaml.dump(document, default_flow_style=False)

    def as_json(self) -> dict[str, Any]:
        """Plain data for `--json`; of the environment only what differs from this process's."""
        plain = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        plain["source"] = str(self.source)
        plain["parameters"] = [_parameter_json(source) for source in self.parameters]
        plain["environment"] = environment_changes(self.environment)
        return plain


def environment_changes(environment: Mapping[str, str]) -> dict[str, str | None]:
    """What differs from this process's environment; None for what is removed."""
    changed: dict[str, str | None] = {
        name: value for name, value in environment.items() if os.environ.get(name) != value
    }
    return changed | {name: None for name in os.environ if name not in environment}


def _parameter_json(source: ParameterSource) -> dict[str, Any]:
    if isinstance(source, File):
        return {"file": str(source.path)}
    if isinstance(source, Inline):
        return {"values": dict(source.values)}
    return {"rule": source.name, "value": source.value}
