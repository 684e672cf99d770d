# SPDX-License-Identifier: Apache-2.0
"""One row of a suite, and the many runs that it may stand for."""

from __future__ import annotations

import itertools
import random
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulwark_core.errors import ScenarioError
from bulwark_world.scenario import Scenario
from bulwark_world.spread import Drawn, Listed, Source, read_draw, read_grid, read_set
from bulwark_world.yaml_fields import Fields

MOST_RUNS = 100_000
"""Of one row: more are a slip."""
_DRAW = "draw"


@dataclass(frozen=True)
class Row:
    """layers: the suite's defaults, the row, a partial row in it; what later ones say wins."""

    layers: tuple[Fields, ...]

    @property
    def last(self) -> Fields:
        """What this row itself holds."""
        return self.layers[-1]

    def holder(self, name: str) -> Fields:
        """The layer that says what the field is; the last where none does."""
        return next((layer for layer in reversed(self.layers) if name in layer), self.last)

    def text(self, name: str, default: str | None = None) -> str:
        """A text field."""
        return self.holder(name).text(name, default)

    def expectations(self) -> tuple[Fields, ...]:
        """What is expected, each adding to those before it."""
        return tuple(layer.fields("expect") for layer in self.layers if "expect" in layer)

    def sources(self) -> dict[str, Source]:
        """Where each parameter's values come from, in the order in which they are named."""
        merged: dict[str, Source] = {}
        for layer in self.layers:
            merged |= _sources_of(layer)
        return merged

    def draws(self) -> int:
        """How often a row with drawn parameters is drawn."""
        for layer in reversed(self.layers):
            draw = layer.fields(_DRAW)
            if "count" in draw:
                count = draw.number("count", minimum=1, maximum=MOST_RUNS)
                if count != int(count):
                    raise draw.error("count", f"must be a whole number, not {count:g}")
                return int(count)
        raise self.holder(_DRAW).fields(_DRAW).error("count", "is missing")

    def finish(self) -> None:
        """Refuse fields that no row has. Raises ScenarioError."""
        for layer in self.layers:
            layer.ignore("id", "scenario", "clause", "layer", "set", "expect", "grid", "rows")
            if _DRAW in layer:
                draw = layer.fields(_DRAW)
                draw.ignore("count", "set")
                draw.finish()
            layer.finish()


Place = tuple[str, Row | ScenarioError]
"""Where a row is in its file, and the row, or why it cannot be read."""


@dataclass(frozen=True)
class Variant:
    """One run of a row: its id and its settings."""

    id: str
    settings: Mapping[str, Any]


def read_rows(fields: Fields, name: str, above: Sequence[Fields]) -> Iterator[Place]:
    """The rows of a list in a file with their places; partial rows as the rows that they make."""
    for index, item in enumerate(fields.items_or_errors(name)):
        if isinstance(item, ScenarioError):
            yield f"{fields.path(name)}[{index}]", item
        elif "rows" in item:
            yield from _partial_rows(item, (*above, item))
        else:
            yield item.where, Row((*above, item))


def _partial_rows(item: Fields, layers: tuple[Fields, ...]) -> Iterator[Place]:
    try:
        if not item.items_or_errors("rows"):
            raise item.error("rows", "holds no row")
        yield from read_rows(item, "rows", layers)
    except ScenarioError as error:
        yield item.where, error


def expand(row: Row, scenario: Scenario, seed: int) -> list[Variant]:
    """The runs of a row: every combination of its grid, each drawn as often as it says.

    Drawn values depend on the seed and on what the row says, not on its place in the file.
    Raises ScenarioError.
    """
    sources = row.sources()
    for source in sources.values():
        _check(source, scenario)
    listed = [source for source in sources.values() if isinstance(source, Listed)]
    drawn = [source for source in sources.values() if isinstance(source, Drawn)]
    draws = row.draws() if drawn else 1
    _check_count(row, listed, draws)
    name_of, template = _id_of(row, scenario, bool(drawn)), row.text("id")
    variants = []
    for values in itertools.product(*(source.values for source in listed)):
        fixed = {source.name: value for source, value in zip(listed, values, strict=True)}
        generator = random.Random(f"{seed} {template} {sorted(fixed.items())}")
        for number in range(1, draws + 1):
            settings = fixed | {source.name: source.draw(generator) for source in drawn}
            variants.append(Variant(name_of(settings, number), settings))
    return variants


def _sources_of(layer: Fields) -> dict[str, Source]:
    draw = layer.fields(_DRAW)
    sources: dict[str, Source] = {}
    for kind, found in (
        ("set", read_set(layer.fields("set"))),
        ("grid", read_grid(layer.fields("grid"))),
        ("draw.set", read_draw(draw.fields("set"))),
    ):
        for source in found:
            if source.name in sources:
                raise source.error(f"is in {kind} and in another place of the same row")
            sources[source.name] = source
    return sources


def _check(source: Source, scenario: Scenario) -> None:
    for value in source.ends():
        try:
            scenario.values({source.name: value})
        except ScenarioError as error:
            raise source.error(str(error)) from error


def _check_count(row: Row, listed: Sequence[Listed], draws: int) -> None:
    count = draws
    for source in listed:
        count *= len(source.values)
    if count > MOST_RUNS:
        raise row.last.error("", f"stands for {count} runs, more than {MOST_RUNS}")


class _Plain(string.Formatter):
    """Numbers without a format are as short as they can be: 20 and not 20.0."""

    def format_field(self, value: Any, format_spec: str) -> str:
        short = isinstance(value, float) and not format_spec
        return str(super().format_field(value, "g" if short else format_spec))


def _id_of(row: Row, scenario: Scenario, is_drawn: bool) -> Callable[[Mapping[str, Any], int], str]:
    """Makes a run's id of its settings and its number among the draws."""
    template, holder, plain = row.text("id"), row.holder("id"), _Plain()
    known = [*scenario.parameters, *([_DRAW] if is_drawn else [])]
    defaults = scenario.values({})

    def name(settings: Mapping[str, Any], number: int) -> str:
        values = {**defaults, **settings, **({_DRAW: number} if is_drawn else {})}
        try:
            return plain.vformat(template, (), values)
        except KeyError as error:
            text = f"names no parameter: {error.args[0]!r}; known: {', '.join(sorted(known))}"
            raise holder.error("id", text) from error
        except (ValueError, TypeError, IndexError, AttributeError) as error:
            raise holder.error("id", f"'{template}' cannot be written out: {error}") from error

    return name
