# SPDX-License-Identifier: Apache-2.0
"""XML with line numbers: a tree of elements that know where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from bulwark_core.errors import LaunchError


@dataclass(frozen=True)
class Location:
    """A line of a launch file."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def fail(self, why: object) -> NoReturn:
        """Raise the LaunchError `file:line: why`."""
        raise LaunchError(f"{self}: {why}") from None


@dataclass(frozen=True)
class Element:
    """One tag. Text between tags carries no meaning in launch files and is dropped."""

    tag: str
    attributes: Mapping[str, str]
    at: Location
    children: list[Element] = field(default_factory=list)


def read_xml(file: Path) -> Element:
    """The root element of a file; LaunchError with the line where it is not well-formed."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise LaunchError(f"cannot read {file}: {error.strerror}") from None
    builder = _Builder(file)
    try:
        return builder.build(data)
    except expat.ExpatError as error:
        Location(file, error.lineno).fail(f"not well-formed XML: {expat.ErrorString(error.code)}")


class _Builder:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._roots: list[Element] = []
        self._open: list[Element] = []
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def build(self, data: bytes) -> Element:
        self._parser.Parse(data, True)
        return self._roots[0]

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        at = Location(self._file, self._parser.CurrentLineNumber)
        element = Element(tag, attributes, at)
        siblings = self._open[-1].children if self._open else self._roots
        siblings.append(element)
        self._open.append(element)

    def _end(self, _tag: str) -> None:
        self._open.pop()
