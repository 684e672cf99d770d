# SPDX-License-Identifier: Apache-2.0
r"""The text of an attribute: plain text with substitutions such as `$(var name)`.

    template     = { text | substitution }
    substitution = "$(" name { " " argument } ")"
    argument     = bare | "'" template "'" | '"' template '"'

One space separates arguments. A bare argument holds no space, quote or parenthesis. A backslash
takes the meaning from the character after it: `\$(x)` is text. Substitutions nest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_DOLLAR = r"\$(?!\()|(?<=\\)\$"
_TEXT = re.compile(rf"(?:[^$]|{_DOLLAR})+")
_BARE = re.compile(rf"""(?:[^ '\\"$()]|(?<=\\)[()]|{_DOLLAR}|\\"|\\'|\\)+""")
_QUOTED = {q: re.compile(rf"(?:[^{q}\\$]|{_DOLLAR}|\\{q}|\\)+") for q in "'\""}
_BARE_IN = {q: re.compile(rf"(?:[^ {q}\\$()]|(?<=\\)[()]|{_DOLLAR}|\\{q}|\\)+") for q in "'\""}


class SubstitutionError(ValueError):
    """A text cannot be read, or a substitution cannot be carried out; says why, not where."""


@dataclass(frozen=True)
class Call:
    """One substitution: `$(name argument ...)`."""

    name: str
    arguments: tuple[Template, ...]

    def __str__(self) -> str:
        words = [f"'{x}'" if x.needs_quotes else str(x) for x in self.arguments]
        return f"$({' '.join([self.name, *words])})"


@dataclass(frozen=True)
class Template:
    """Text and substitutions, in the order in which they are joined."""

    parts: tuple[str | Call, ...]

    @property
    def literal(self) -> str | None:
        """The text, if it holds no substitution."""
        if any(isinstance(part, Call) for part in self.parts):
            return None
        return str(self)

    @property
    def needs_quotes(self) -> bool:
        """Whether it can be an argument only in quotes."""
        return not self.parts or any(" " in p for p in self.parts if isinstance(p, str))

    def __str__(self) -> str:
        return "".join(str(part) for part in self.parts)


def parse_template(text: str) -> Template:
    """Read an attribute's text; SubstitutionError with the column where it is wrong."""
    reader = _Reader(text)
    parts = reader.fragments(_TEXT, quote="")
    reader.expect_end()
    return Template(parts)


def unescape(text: str) -> str:
    r"""Drop the backslash of every escaped character: `\$` becomes `$`."""
    return re.sub(r"\\(.)", r"\1", text)


class _Reader:
    """Recursive descent over one text. `quote` is the quote that the position is inside of."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def fragments(self, plain: re.Pattern[str], quote: str) -> tuple[str | Call, ...]:
        """Pieces of `plain` text and substitutions, as many as there are."""
        parts: list[str | Call] = []
        while True:
            if self._text.startswith("$(", self._at):
                parts.append(self._substitution(quote))
            elif match := plain.match(self._text, self._at):
                parts.append(unescape(match.group()))
                self._at = match.end()
            else:
                return tuple(parts)

    def expect_end(self) -> None:
        if self._at < len(self._text):
            raise self._error(f"unexpected {self._text[self._at]!r}")

    def _substitution(self, quote: str) -> Call:
        self._at += len("$(")
        name = _NAME.match(self._text, self._at)
        if name is None:
            raise self._error("expected the name of a substitution after '$('")
        self._at = name.end()
        arguments = []
        while self._take(" "):
            arguments.append(self._argument(quote))
        if not self._take(")"):
            raise self._error(f"expected ' ' or ')' in $({name.group()} ...)")
        return Call(name.group(), tuple(arguments))

    def _argument(self, quote: str) -> Template:
        if not quote:
            for mark, pattern in _QUOTED.items():
                if self._take(mark):
                    return self._quoted(mark, pattern)
        parts = self.fragments(_BARE_IN[quote] if quote else _BARE, quote)
        if not parts:
            raise self._error("expected an argument")
        return Template(parts)

    def _quoted(self, mark: str, pattern: re.Pattern[str]) -> Template:
        parts = self.fragments(pattern, mark)
        if not self._take(mark):
            raise self._error(f"the quote {mark} is not closed")
        return Template(parts)

    def _take(self, mark: str) -> bool:
        found = self._text.startswith(mark, self._at)
        self._at += len(mark) if found else 0
        return found

    def _error(self, why: str) -> SubstitutionError:
        return SubstitutionError(f"{why} at column {self._at + 1} of '{self._text}'")
