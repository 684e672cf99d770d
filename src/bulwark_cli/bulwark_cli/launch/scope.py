# SPDX-License-Identifier: Apache-2.0
"""What is in force at one point of a launch file: variables, environment, file, namespace."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from bulwark_cli.launch.coerce import ParameterValue
from bulwark_cli.launch.substitutions import SubstitutionError


class Position:
    """The launch file being read, as `$(dirname)` and `$(filename)` see it.

    After an include, upstream launch of Jazzy goes on to report the included file, later releases
    the including one. Where the two differ, asking is an error rather than a guess.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.reported = file

    @property
    def directory(self) -> Path:
        """Folder of the launch file; SubstitutionError where releases disagree."""
        if self.reported.parent != self.file.parent:
            raise SubstitutionError(
                f"$(dirname) next to an include of {self.reported} is that file's folder in some "
                "releases of launch and not in others: use $(find-pkg-share ...)"
            )
        return self.file.parent

    @property
    def path(self) -> Path:
        """The launch file; SubstitutionError where releases disagree."""
        if self.reported != self.file:
            raise SubstitutionError(
                f"$(filename) next to an include of {self.reported} is that file in some releases "
                "of launch and not in others: take it with <let> before the include"
            )
        return self.file


@dataclass
class Scope:
    """Everything that an action can read or change. A scoped group works on a copy."""

    position: Position
    variables: dict[str, str]
    environment: dict[str, str]
    namespace: str | None = None
    parameters: list[tuple[str, ParameterValue]] = field(default_factory=list)
    remaps: list[tuple[str, str]] = field(default_factory=list)

    def copy(self) -> Scope:
        """An independent scope; only the position is common to both, as it is upstream."""
        return replace(
            self,
            variables=dict(self.variables),
            environment=dict(self.environment),
            parameters=list(self.parameters),
            remaps=list(self.remaps),
        )
