# SPDX-License-Identifier: Apache-2.0
"""Command lines in attributes: split at spaces like a shell, but never inside a substitution."""

from __future__ import annotations

import shlex

from bulwark_cli.launch.substitutions import Call, Template, parse_template


def split_words(text: str) -> tuple[Template, ...]:
    """The words of `args` and `ros_args`; text next to a substitution stays in its word."""
    words: list[list[str | Call]] = [[]]
    for part in parse_template(text).parts:
        if isinstance(part, Call):
            words[-1].append(part)
            continue
        if part[0].isspace():
            words.append([])
        for index, token in enumerate(shlex.split(part)):
            if index > 0:
                words.append([])
            words[-1].append(token)
        if part[-1].isspace():
            words.append([])
    return tuple(Template(tuple(word)) for word in words if word)
