# SPDX-License-Identifier: Apache-2.0
"""A child that does not outlive its parent. Linux only; elsewhere children live on."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with(parent: int) -> Callable[[], None]:
    """A function to call in a child before exec: it is killed when `parent` is gone.

    SIGKILL, because nobody is left to insist where a child does not listen to SIGTERM. Linux sends
    it when the thread that made the child ends, so that thread has to live as long as the child.
    """

    def prepare() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # the parent ended before the call above
            os._exit(1)

    return prepare
