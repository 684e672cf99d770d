# SPDX-License-Identifier: Apache-2.0
"""Union-find: which items are connected, directly or through others."""

from __future__ import annotations

from typing import Any

import numpy as np

from bulwark_lidar.cloud import IntArray
from bulwark_lidar.kernels import kernel


@kernel
def root_of(parent: IntArray, k: int) -> int:
    """The item that stands for all that item k is connected with; shortens the way there."""
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


@kernel
def join(parent: IntArray, a: int, b: int) -> None:
    """Connect two items; the lower root stands for both."""
    a, b = root_of(parent, a), root_of(parent, b)
    if a < b:
        parent[b] = a
    else:
        parent[a] = b


@kernel
def numbered(parent: IntArray) -> Any:
    """Component of each item, numbered in order of appearance, and how many there are."""
    numbers = np.full(len(parent), -1, np.int32)
    labels = np.empty(len(parent), np.int32)
    n = 0
    for k in range(len(parent)):
        root = root_of(parent, k)
        if numbers[root] < 0:
            numbers[root] = n
            n += 1
        labels[k] = numbers[root]
    return labels, n
