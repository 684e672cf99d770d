# SPDX-License-Identifier: Apache-2.0
"""What the figures were measured on, in one line."""

from __future__ import annotations

import platform
from pathlib import Path


def machine() -> str:
    """Processor, system and Python."""
    return f"{_processor()}, {_system()}, Python {platform.python_version()}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
