# SPDX-License-Identifier: Apache-2.0
"""What happened in many bags, as an SQLite file that can be asked.

Tables: bags, metrics, events (edges of state and stage), near_misses, differences, notes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bulwark_core.errors import BagError
from bulwark_replay.outcome import Outcome

_SCHEMA = """
CREATE TABLE bags(name TEXT PRIMARY KEY, verdict TEXT NOT NULL, error TEXT NOT NULL,
                  frames INTEGER, duration_s REAL);
CREATE TABLE metrics(bag TEXT NOT NULL REFERENCES bags, metric TEXT NOT NULL, value REAL,
                     PRIMARY KEY(bag, metric));
CREATE TABLE events(bag TEXT NOT NULL REFERENCES bags, frame INTEGER, t_s REAL, what TEXT,
                    before TEXT, after TEXT, reason TEXT, target TEXT);
CREATE TABLE near_misses(bag TEXT NOT NULL REFERENCES bags, t_s REAL, end_s REAL,
                         target_id INTEGER, target_class TEXT, gap_m REAL, min_ttc_s REAL,
                         required_decel REAL, speed_kmh REAL);
CREATE TABLE differences(bag TEXT NOT NULL REFERENCES bags, kind TEXT, name TEXT, text TEXT);
CREATE TABLE notes(bag TEXT NOT NULL REFERENCES bags, text TEXT);
CREATE INDEX event_kinds ON events(after);
CREATE INDEX near_classes ON near_misses(target_class);
"""


@dataclass(frozen=True)
class Answer:
    """Rows with the names of their columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def write_catalogue(file: Path, outcomes: Sequence[Outcome]) -> None:
    """Write a new catalogue in place of the old one; BagError where it cannot be written."""
    part = file.with_name(f"{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        with closing(sqlite3.connect(part)) as base:
            base.executescript(_SCHEMA)
            for outcome in sorted(outcomes, key=lambda one: one.name):
                _insert(base, outcome)
            base.commit()
        part.replace(file)
    except (OSError, sqlite3.Error) as error:
        raise BagError(f"{file}: the catalogue cannot be written: {error}") from error


def ask(file: Path, query: str, values: Sequence[Any] = ()) -> Answer:
    """Ask in SQL; nothing can be changed. Raises BagError with SQLite's reason."""
    with _opened(file) as base:
        try:
            cursor = base.execute(query, values)
            columns = tuple(column[0] for column in cursor.description or ())
            return Answer(columns, tuple(cursor.fetchall()))
        except sqlite3.Error as error:
            raise BagError(f"{file}: {error}") from error


def near_misses(
    file: Path, target_class: str | None = None, below_kmh: float | None = None
) -> Answer:
    """Near misses with this class of target and below this own speed, the gravest first.

    No required deceleration means that none would have sufficed.
    """
    return ask(
        file,
        "SELECT bag, t_s, target_class, speed_kmh, gap_m, min_ttc_s, required_decel"
        " FROM near_misses WHERE (?1 IS NULL OR target_class = ?1)"
        " AND (?2 IS NULL OR speed_kmh < ?2)"
        " ORDER BY required_decel IS NULL DESC, required_decel DESC, bag, t_s",
        (target_class, below_kmh),
    )


def events(file: Path, after: str | None = None, target: str | None = None) -> Answer:
    """Changes to this stage or state, about this class of target, in order of bag and time."""
    return ask(
        file,
        "SELECT bag, t_s, frame, what, before, after, reason, target FROM events"
        " WHERE (?1 IS NULL OR after = ?1) AND (?2 IS NULL OR target = ?2) ORDER BY bag, t_s",
        (after, target),
    )


def bags(file: Path, verdict: str | None = None) -> Answer:
    """The bags with this verdict."""
    return ask(
        file,
        "SELECT name, verdict, frames, duration_s, error FROM bags"
        " WHERE ?1 IS NULL OR verdict = ?1 ORDER BY name",
        (verdict,),
    )


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    if not file.is_file():
        raise BagError(f"{file}: there is no such catalogue; `replay FOLDER --out DIR` writes one")
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as base:
        yield base


def _insert(base: sqlite3.Connection, one: Outcome) -> None:
    figures = one.snapshot.metrics if one.snapshot else {}
    row = (one.name, one.verdict.value, one.error, figures.get("frames"), figures.get("duration_s"))
    base.execute("INSERT INTO bags VALUES (?,?,?,?,?)", row)
    base.executemany(
        "INSERT INTO metrics VALUES (?,?,?)", [(one.name, *item) for item in figures.items()]
    )
    edges = one.snapshot.edges if one.snapshot else ()
    base.executemany(
        "INSERT INTO events VALUES (?,?,?,?,?,?,?,?)",
        [(one.name, e.frame, e.t_s, e.what, e.before, e.after, e.reason, e.target) for e in edges],
    )
    base.executemany(
        "INSERT INTO near_misses VALUES (?,?,?,?,?,?,?,?,?)",
        [(one.name, *_near_miss(miss)) for miss in one.near_misses],
    )
    base.executemany(
        "INSERT INTO differences VALUES (?,?,?,?)",
        [(one.name, d.kind, d.name, d.text) for d in one.differences],
    )
    base.executemany("INSERT INTO notes VALUES (?,?)", [(one.name, note) for note in one.notes])


def _near_miss(miss: dict[str, Any]) -> tuple[Any, ...]:
    names = ("t_s", "end_s", "target_id", "target_class", "gap_m", "min_ttc_s", "required_decel")
    return (*(miss[name] for name in names), round(3.6 * miss["speed"], 2))
