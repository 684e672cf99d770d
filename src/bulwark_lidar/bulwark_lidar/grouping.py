# SPDX-License-Identifier: Apache-2.0
"""Counting sort: which items belong to each group, in the order of the items."""

from __future__ import annotations

from typing import Any

import numpy as np

from bulwark_lidar.cloud import IntArray
from bulwark_lidar.kernels import kernel


@kernel
def group(labels: IntArray, groups: int) -> Any:
    """Items sorted by label: their order (M,), and where each group starts in it (groups + 1,).

    Items with a negative label belong to no group.
    """
    starts = np.zeros(groups + 1, np.int32)
    for label in labels:
        if label >= 0:
            starts[label + 1] += 1
    for k in range(groups):
        starts[k + 1] += starts[k]
    fill = starts.copy()
    order = np.empty(starts[groups], np.int32)
    for i in range(len(labels)):
        if labels[i] >= 0:
            order[fill[labels[i]]] = i
            fill[labels[i]] += 1
    return order, starts
