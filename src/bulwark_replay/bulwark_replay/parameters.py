# SPDX-License-Identifier: Apache-2.0
"""Parameters of the replayed nodes: the shipped files, then the user's, then single values.

The files are ROS parameter files. A section `/**` is for every node that has the parameter; where
the file's name begins with a node's name, as the shipped ones do, for that node alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bulwark_core.errors import ParameterError
from bulwark_core.interfaces import load_manifest
from bulwark_core.params import build, specs

VEHICLE_FILE = "vehicle.param.yaml"


class Parameters:
    """Values by node and dotted name; later ones win."""

    def __init__(self, nodes: Sequence[str]) -> None:
        manifest = load_manifest()
        self.nodes = tuple(nodes)
        self._classes = {node: manifest.nodes[node].params_class() for node in nodes}
        self._known = {n: {spec.name for spec in specs(c)} for n, c in self._classes.items()}
        self._values: dict[str, dict[str, Any]] = {node: {} for node in nodes}

    def of(self, node: str) -> Any:
        """The node's parameter dataclass; ParameterError names a value that is no good."""
        try:
            return build(self._classes[node], self._values[node])
        except ParameterError as error:
            raise ParameterError(f"{node}: {error}") from error

    def values_of(self, node: str) -> dict[str, Any]:
        """What was set of the node's parameters, by dotted name."""
        return dict(self._values[node])

    def read_shipped(self, folder: Path) -> None:
        """The files in `config/`: the vehicle's and each node's."""
        names = [VEHICLE_FILE, *(f"{node}.param.yaml" for node in self._classes)]
        for name in names:
            if (folder / name).is_file():
                self.read(folder / name)

    def read(self, file: Path) -> None:
        """A ROS parameter file. Raises ParameterError naming the file and what is wrong in it."""
        for section, values in _sections(file):
            try:
                self._take(_nodes_meant(section, file, self._known), section, values)
            except ParameterError as error:
                raise ParameterError(f"{file}: {error}") from error

    def set(self, assignment: str) -> None:
        """`node.parameter=value`, the value as in YAML. Raises ParameterError."""
        name, separator, text = assignment.partition("=")
        node, _, parameter = name.partition(".")
        if not separator or not parameter:
            raise ParameterError(f"--set {assignment}: write it as node.parameter=value")
        if node not in self._classes:
            nodes = ", ".join(self.nodes)
            raise ParameterError(f"--set {assignment}: '{node}' is not replayed ({nodes} are)")
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ParameterError(f"--set {assignment}: '{text}' is no value") from error
        self.put(node, parameter, value)

    def put(self, node: str, parameter: str, value: Any) -> None:
        """One value. Raises ParameterError where the node does not take it."""
        self._values[node][parameter] = value
        self.of(node)

    def _take(self, nodes: Sequence[str], section: str, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            takers = [node for node in nodes if name in self._known[node]]
            if not takers and nodes:
                raise ParameterError(f"no parameter '{name}' in {', '.join(nodes)} ('{section}')")
            for node in takers:
                self._values[node][name] = value


def _nodes_meant(section: str, file: Path, known: Iterable[str]) -> list[str]:
    """The replayed nodes that a section is for; none where it is for a node not replayed."""
    if section != "/**":
        return [node for node in known if node == section.lstrip("/")]
    nodes = load_manifest().nodes
    owner = next((node for node in nodes if file.name.startswith(node)), None)
    return [node for node in known if owner in (None, node)]


def _sections(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each section's name and its parameters with dotted names."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = " ".join(str(error).split())
        raise ParameterError(f"{file}: cannot be read as YAML: {why}") from error
    if not isinstance(content, dict):
        raise ParameterError(f"{file}: is no ROS parameter file (no sections)")
    for section, body in content.items():
        values = body.get("ros__parameters") if isinstance(body, dict) else None
        if not isinstance(values, dict):
            raise ParameterError(f"{file}: section '{section}' has no 'ros__parameters'")
        yield str(section), dict(_dotted(values))


def _dotted(values: Mapping[Any, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
