# SPDX-License-Identifier: Apache-2.0
"""A suite's result as JUnit XML, as build servers read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree


def junit_xml(results: Sequence[Mapping[str, Any]]) -> str:
    """One `testsuite` for each suite JSON, one `testcase` for each of its runs.

    A run that could not be carried out is an error, another that failed a failure.
    """
    root = ElementTree.Element("testsuites", name="bulwark scenarios")
    for result in results:
        runs = result["runs"]
        broken = sum(_is_error(run) for run in runs)
        failed = result["summary"]["failed"] - broken
        suite = ElementTree.SubElement(
            root, "testsuite", name=result["suite"], tests=str(len(runs)),
            failures=str(failed), errors=str(broken),
        )  # fmt: skip
        properties = ElementTree.SubElement(suite, "properties")
        for name in ("seed", "sensors", "brake", "commit"):
            ElementTree.SubElement(properties, "property", name=name, value=str(result[name]))
        for run in runs:
            _add_run(suite, result["suite"], run)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _is_error(run: Mapping[str, Any]) -> bool:
    """Without its speed there are no figures at all."""
    return not run["passed"] and run["v0_kmh"] is None


def _add_run(suite: ElementTree.Element, name: str, run: Mapping[str, Any]) -> None:
    group = ".".join(part for part in (name, run["layer"]) if part)
    case = ElementTree.SubElement(
        suite, "testcase", classname=_clean(group), name=_clean(run["id"])
    )
    if not run["passed"]:
        kind = "error" if _is_error(run) else "failure"
        failure = ElementTree.SubElement(case, kind, message=_clean(run["reason"]))
        failure.text = _clean(f"expected: {run['expected']}\nclause: {run['clause'] or 'none'}")


def _clean(text: str) -> str:
    """Without the control characters that XML cannot hold."""
    return "".join(c for c in text if c in "\n\t" or ord(c) >= 32)
