# SPDX-License-Identifier: Apache-2.0
"""What is to be done on each item, and in which portions it is handed out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_PORTIONS_PER_WORKER = 8


@dataclass(frozen=True)
class Work(Generic[Item, Result]):
    """A job and its items; can be pickled when its parts can.

    do: the result of an item, in any process. failed: the result of an item whose process died, or
    on which `do` raised, and why. most: how many items a worker is handed at once.
    """

    items: Sequence[Item]
    do: Callable[[Item], Result]
    failed: Callable[[Item, str], Result]
    most: int = 1

    def result(self, index: int) -> tuple[int, Result]:
        """The result of one item with its index; never raises what `do` does."""
        try:
            return index, self.do(self.items[index])
        except Exception as error:  # noqa: BLE001 - one item must not end the others
            return self.lost(index, f"{type(error).__name__}: {error}")

    def lost(self, index: int, why: str) -> tuple[int, Result]:
        """The result of one item that nobody saw the end of."""
        return index, self.failed(self.items[index], why)

    def portions(self, workers: int) -> list[list[int]]:
        """All indices, in portions that keep so many workers busy to the end."""
        count = len(self.items)
        size = max(1, min(self.most, count // (workers * _PORTIONS_PER_WORKER)))
        return [list(range(i, min(i + size, count))) for i in range(0, count, size)]
