# SPDX-License-Identifier: Apache-2.0
"""The decorator of all compiled loops: Numba, cached on disk, and the same bits every time.

Neither parallel nor fastmath, which would change the order of sums. Numba notices a change of the
file a kernel is in, but not of the files its callees are in; so the cache is emptied whenever any
source of this package changes.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function of arrays and numbers on its first call, or load it from the cache."""
    compiled: F = njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled


def drop_stale_cache(package: Path) -> bool:
    """Empty a package's cache where its sources changed since it was filled; whether it was."""
    digest = hashlib.sha256()
    for source in sorted(package.glob("*.py")):
        digest.update(source.read_bytes())
    cache = package / "__pycache__"
    stamp = cache / "kernels.sha256"
    with contextlib.suppress(OSError):  # not writable: then Numba keeps its cache elsewhere
        if stamp.is_file() and stamp.read_text() == digest.hexdigest():
            return False
        cache.mkdir(exist_ok=True)
        for stale in (*cache.glob("*.nbi"), *cache.glob("*.nbc")):
            stale.unlink(missing_ok=True)
        stamp.write_text(digest.hexdigest())
        return True
    return False


drop_stale_cache(Path(__file__).parent)
