# SPDX-License-Identifier: Apache-2.0
"""Where the package's scenario and suite files are: in the source tree or installed to share."""

from __future__ import annotations

import difflib
from pathlib import Path

from bulwark_core.errors import ScenarioError

_PACKAGE = "bulwark_world"


def folder(kind: str) -> Path:
    """The folder of `scenarios` or `suites`. Raises ScenarioError where it is not installed."""
    here = Path(__file__).resolve()
    for parent in here.parents:
        for candidate in (parent / kind, parent / "share" / _PACKAGE / kind):
            if candidate.is_dir() and any(candidate.glob("*.yaml")):
                return candidate
    raise ScenarioError(f"the {kind} of {_PACKAGE} are not installed")


def names(kind: str) -> list[str]:
    """The names of all `scenarios` or `suites`."""
    return sorted(file.stem for file in folder(kind).glob("*.yaml"))


def find(kind: str, name: str) -> Path:
    """The file of a name, or the file itself where a path is given. Raises ScenarioError."""
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    file = folder(kind) / f"{name}.yaml"
    if file.is_file():
        return file
    known = names(kind)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    raise ScenarioError(f"no {kind[:-1]} '{name}'; {hint}there are: {', '.join(known)}")
