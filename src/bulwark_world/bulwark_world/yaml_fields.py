# SPDX-License-Identifier: Apache-2.0
"""Reading YAML field by field, with errors that name file, line and field."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bulwark_core.errors import ScenarioError


class Fields:
    """A mapping of a YAML file. Each field is asked for once; `finish` refuses all others.

    A value `$name` stands for the parameter `name`. Every method raises ScenarioError.
    """

    def __init__(
        self, file: Path, node: yaml.Node, where: str = "", parameters: Mapping[str, Any] = {}
    ) -> None:
        self.file = file
        self._where = where
        self._parameters = parameters
        self._node = node
        if not isinstance(node, yaml.MappingNode):
            raise self._error(node, where, "must be a mapping of names to values")
        self._nodes: dict[str, yaml.Node] = {}
        self._asked: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self._error(key, where, "must have plain names")
            if key.value in self._nodes:
                raise self._error(key, self.path(key.value), "is there twice")
            self._nodes[key.value] = value

    @classmethod
    def of_file(cls, file: Path) -> Fields:
        """The file's top level."""
        try:
            node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except OSError as error:
            raise ScenarioError(f"{file}: cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise ScenarioError(f"{file}: is not a text file in UTF-8") from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ScenarioError(f"{file}:{line}: is not YAML: {error.problem}") from error
        except (yaml.YAMLError, RecursionError) as error:
            raise ScenarioError(f"{file}:1: is not YAML: {_first_line(error)}") from error
        if node is None:
            raise ScenarioError(f"{file}:1: is empty")
        return cls(file, node)

    def with_parameters(self, parameters: Mapping[str, Any]) -> Fields:
        """The same mapping with values for `$name`; nothing has been asked for yet."""
        return Fields(self.file, self._node, self._where, parameters)

    def fresh(self) -> Fields:
        """The same mapping; nothing has been asked for yet."""
        return self.with_parameters(self._parameters)

    def __contains__(self, name: str) -> bool:
        return name in self._nodes

    def names(self) -> list[str]:
        """All names in the file's order; they count as asked for."""
        self._asked.update(self._nodes)
        return list(self._nodes)

    def ignore(self, *names: str) -> None:
        """Count these as asked for."""
        self._asked.update(names)

    @property
    def where(self) -> str:
        """The path of this mapping in the file, like `runs[3]`."""
        return self._where

    def is_mapping(self, name: str) -> bool:
        """Whether the field is there and holds names with values."""
        return isinstance(self._nodes.get(name), yaml.MappingNode)

    def scalar(self, name: str) -> str:
        """What is written there, to name it in an error; empty where that is no single word."""
        node = self._nodes.get(name)
        return str(node.value) if isinstance(node, yaml.ScalarNode) else ""

    def value(self, name: str) -> Any:
        """The plain value, whatever it is; None where the field is missing."""
        self._asked.add(name)
        node = self._nodes.get(name)
        return None if node is None else self._plain(node, self.path(name))

    def number(
        self,
        name: str,
        default: float | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
    ) -> float:
        """A number in the range; without a default it must be there."""
        value = self._required(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.error(name, f"must be a number, not {value!r}")
        if not math.isfinite(value):
            raise self.error(name, f"must be a finite number, not {value!r}")
        if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
            low = "" if minimum is None else f"{minimum:g} <= "
            high = "" if maximum is None else f" <= {maximum:g}"
            raise self.error(name, f"is {value:g}, out of range: {low}value{high}")
        return float(value)

    def text(
        self, name: str, default: str | None = None, choices: Iterable[str] | None = None
    ) -> str:
        """A text, one of the choices where there are some."""
        value = self._required(name, default)
        if not isinstance(value, str):
            raise self.error(name, f"must be a text, not {value!r}")
        if choices is not None and value not in (known := list(choices)):
            raise self.error(name, f"is {value!r}; use one of: {', '.join(known)}")
        return value

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self._required(name, default)
        if not isinstance(value, bool):
            raise self.error(name, f"must be true or false, not {value!r}")
        return value

    def pairs(self, name: str) -> tuple[tuple[float, float], ...]:
        """A list of pairs of numbers; empty where the field is missing."""
        rows = self.value(name)
        rows = [] if rows is None else rows
        good = isinstance(rows, list) and all(_is_pair(row) for row in rows)
        if not good:
            raise self.error(name, "must be a list of pairs of numbers, like [[0, 0], [1.5, 1]]")
        return tuple((float(a), float(b)) for a, b in rows)

    def fields(self, name: str) -> Fields:
        """A mapping inside; empty where it is missing."""
        self._asked.add(name)
        node = self._nodes.get(name, yaml.MappingNode("tag:yaml.org,2002:map", []))
        return Fields(self.file, node, self.path(name), self._parameters)

    def items(self, name: str) -> list[Fields]:
        """A list of mappings; empty where it is missing."""
        items = self.items_or_errors(name)
        for item in items:
            if isinstance(item, ScenarioError):
                raise item
        return [item for item in items if isinstance(item, Fields)]

    def items_or_errors(self, name: str) -> list[Fields | ScenarioError]:
        """Like `items`, with an error in the place of what is no good mapping."""
        self._asked.add(name)
        node = self._nodes.get(name)
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(name, "must be a list")
        return [self._item(item, f"{self.path(name)}[{i}]") for i, item in enumerate(node.value)]

    def _item(self, node: yaml.Node, where: str) -> Fields | ScenarioError:
        try:
            return Fields(self.file, node, where, self._parameters)
        except ScenarioError as error:
            return error

    def finish(self) -> None:
        """Raise where a field was not asked for: it is unknown."""
        for name, node in self._nodes.items():
            if name not in self._asked:
                near = difflib.get_close_matches(name, sorted(self._asked), n=1)
                hint = f"did you mean '{near[0]}'?" if near else f"known: {_listed(self._asked)}"
                raise self._error(node, self.path(name), f"is not a known field; {hint}")

    def error(self, name: str, why: str) -> ScenarioError:
        """An error about a field, or with "" about the whole, for the caller to raise."""
        return self._error(self._nodes.get(name, self._node), self.path(name), why)

    def _required(self, name: str, default: Any) -> Any:
        value = self.value(name)
        if value is None:
            value = default
        if value is None:
            raise self.error(name, "is missing")
        return value

    def _plain(self, node: yaml.Node, where: str) -> Any:
        try:
            value = yaml.SafeLoader("").construct_object(node, deep=True)
        except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
            raise self._error(node, where, f"cannot be read: {_first_line(error)}") from error
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, where) for item in node.value]
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value[1:] not in self._parameters:
            known = _listed(self._parameters)
            raise self._error(node, where, f"names no parameter: {value}; known: {known}")
        return self._parameters[value[1:]]

    def path(self, name: str) -> str:
        """The path of a field in the file, like `runs[3].set`."""
        return ".".join(part for part in (self._where, name) if part)

    def _error(self, node: yaml.Node, where: str, why: str) -> ScenarioError:
        mark = getattr(node, "start_mark", None) or getattr(self._node, "start_mark", None)
        line = mark.line + 1 if mark else 1
        return ScenarioError(f"{self.file}:{line}: {where + ': ' if where else ''}{why}")


def _is_pair(row: Any) -> bool:
    return (
        isinstance(row, Sequence)
        and len(row) == 2
        and all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in row)
    )


def _first_line(error: Exception) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
