# SPDX-License-Identifier: Apache-2.0
"""Removes the Fast DDS shared memory that killed processes left behind.

Fast DDS 2 locks a file beside every segment and every port for as long as their owner lives:
`fastrtps_<id>` has `fastrtps_<id>_el`, `fastrtps_port<n>` has `fastrtps_port<n>_el` or `_sl` and
the semaphore `sem.fastrtps_port<n>_mutex`. What nobody has locked and nobody has mapped is stale:
it makes the next start print port errors, and it fills the memory.
"""

from __future__ import annotations

import fcntl
import re
from contextlib import ExitStack, suppress
from pathlib import Path

_FOLDER = Path("/dev/shm")
_LOCK = re.compile(r"(fastrtps_(?:[0-9a-z]{16}|port\d{1,5}))_(?:el|sl)")


def remove_stale(folder: Path = _FOLDER) -> int:
    """Remove stale segments and ports of this user; how many were removed."""
    locks: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("fastrtps_*")):
        if match := _LOCK.fullmatch(path.name):
            locks.setdefault(match.group(1), []).append(path)
    if not locks:
        return 0
    mapped = _mapped_names(folder)
    return sum(_remove_if_stale(name, locks[name]) for name in locks if name not in mapped)


def _remove_if_stale(name: str, locks: list[Path]) -> bool:
    folder = locks[0].parent
    try:
        with ExitStack() as held:
            for lock in locks:
                file = held.enter_context(lock.open("r+b"))
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for stale in (folder / name, folder / f"sem.{name}_mutex", *locks):
                stale.unlink(missing_ok=True)
    except OSError:
        return False  # its owner lives, or it is another user's
    return True


def _mapped_names(folder: Path) -> frozenset[str]:
    """Names of the files in the folder that any process has mapped, as far as may be seen."""
    names = set()
    for maps in Path("/proc").glob("[0-9]*/maps"):
        with suppress(OSError):
            for line in maps.read_text(errors="replace").splitlines():
                path = Path(line.partition("/")[2].removesuffix(" (deleted)"))
                if f"/{path.parent}" == str(folder):
                    names.add(path.name)
    return frozenset(names)
