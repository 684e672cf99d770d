# SPDX-License-Identifier: Apache-2.0
"""Reading one tag's attributes and children, with the errors a writer of launch files needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from bulwark_cli.launch.coerce import to_bool
from bulwark_cli.launch.substitutions import Template, parse_template
from bulwark_cli.launch.xml import Element

T = TypeVar("T")


class Tag:
    """An element whose attributes and children are known to be among the allowed ones.

    `attributes` and `children` are lists of words. Every method raises LaunchError with file and
    line where the file is wrong.
    """

    def __init__(self, element: Element, attributes: str, children: str = "") -> None:
        self.at = element.at
        self._element = element
        for name in element.attributes:
            if name not in attributes.split():
                self._fail_unknown(f"attribute '{name}'", attributes)
        for child in element.children:
            if child.tag not in children.split():
                self._fail_unknown(f"tag <{child.tag}>", children, child)

    def children(self, tag: str) -> Iterator[Element]:
        return (child for child in self._element.children if child.tag == tag)

    def has(self, name: str) -> bool:
        return name in self._element.attributes

    def text(self, name: str, default: str | None = None) -> str:
        """The attribute as it is written, without substitution."""
        value = self._element.attributes.get(name, default)
        if value is None:
            self.at.fail(f"<{self._element.tag}> needs the attribute '{name}'")
        return value

    def template(self, name: str, default: str | None = None) -> Template:
        return self.read(name, parse_template, self.text(name, default))

    def optional(self, name: str) -> Template | None:
        return self.template(name) if self.has(name) else None

    def flag(self, name: str, default: bool) -> bool:
        return self.read(name, to_bool, self.text(name)) if self.has(name) else default

    def number(self, name: str, default: T, kind: Callable[[str], T]) -> T:
        return self.read(name, kind, self.text(name)) if self.has(name) else default

    def read(self, name: str, reader: Callable[[str], T], text: str) -> T:
        """The reader's result; its ValueError becomes an error at this tag's attribute."""
        try:
            return reader(text)
        except ValueError as error:
            self.at.fail(f"<{self._element.tag} {name}=...>: {error}")

    def _fail_unknown(self, what: str, known: str, child: Element | None = None) -> None:
        has = ", ".join(sorted(known.split())) or "none"
        at = self.at if child is None else child.at
        at.fail(f"{what} in <{self._element.tag}> is not supported; supported: {has}")
