# SPDX-License-Identifier: Apache-2.0
"""Which version of the source tree is running."""

from __future__ import annotations

import subprocess
from pathlib import Path

UNKNOWN = "unknown"


def source_commit() -> str:
    """The git commit of the tree that this file is in; "unknown" where there is none."""
    command = ["git", "-C", str(Path(__file__).resolve().parent), "rev-parse", "HEAD"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return UNKNOWN
    return answer.stdout.strip() if answer.returncode == 0 else UNKNOWN
