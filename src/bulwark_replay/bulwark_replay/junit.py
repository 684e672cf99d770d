# SPDX-License-Identifier: Apache-2.0
"""Outcomes as a JUnit file, which continuous-integration systems show as tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

from bulwark_core.errors import BagError
from bulwark_replay.outcome import Outcome, Verdict


def write_junit(file: Path, outcomes: Sequence[Outcome], suite: str) -> None:
    """One test a bag: failed where it did not pass, an error where it is broken. BagError."""
    failures = sum(one.verdict in (Verdict.FAILED, Verdict.CHANGED) for one in outcomes)
    errors = sum(one.verdict is Verdict.BROKEN for one in outcomes)
    counts = {"tests": len(outcomes), "failures": failures, "errors": errors}
    attributes = {"name": suite, **{name: str(count) for name, count in counts.items()}}
    root = Xml.Element("testsuites", attributes)
    tests = Xml.SubElement(root, "testsuite", attributes)
    for one in outcomes:
        _add(tests, one)
    Xml.indent(root)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(Xml.tostring(root, encoding="unicode", xml_declaration=True) + "\n")
    except OSError as error:
        raise BagError(f"cannot write {file}: {error.strerror}") from error


def _add(tests: Xml.Element, outcome: Outcome) -> None:
    test = Xml.SubElement(tests, "testcase", {"classname": "replay", "name": outcome.name})
    if outcome.snapshot is not None:
        values = outcome.snapshot.metrics.items()
        text = "\n".join(f"{name} {value}" for name, value in values)
        Xml.SubElement(test, "system-out").text = text
    if not outcome.passed:
        kind = "error" if outcome.verdict is Verdict.BROKEN else "failure"
        reasons = outcome.reasons()
        attributes = {"type": outcome.verdict.value, "message": _printable(reasons[0])}
        Xml.SubElement(test, kind, attributes).text = _printable("\n".join(reasons))


def _printable(text: str) -> str:
    """Control characters, which a broken bag may bring, are not allowed in XML."""
    return "".join(c if c in "\n\t" or ord(c) >= 32 else "?" for c in text)
