# SPDX-License-Identifier: Apache-2.0
"""Union-find: which items are connected, directly or through others."""

from __future__ import annotations

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
