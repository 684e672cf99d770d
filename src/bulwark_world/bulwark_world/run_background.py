# SPDX-License-Identifier: Apache-2.0
"""What a run's picture shows of its place: edges, lane lines and what stands there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from bulwark_core.objects import FloatArray


def background(config: Mapping[str, Any]) -> tuple[FloatArray, ...]:
    """Lines (N, 2) in the world frame [m] from a run log's `config`."""
    furniture = (np.array(outline) for outline in config.get("furniture", ()))
    return (*_road(config), *(np.concatenate([one, one[:1]]) for one in furniture))


def _road(config: Mapping[str, Any]) -> Iterator[FloatArray]:
    """Each line of the road, beside the own way as far as it is from it."""
    road = config["road"]
    start, end = road["x"]
    way = road.get("way", {"x": [start, end], "y": [0.0, 0.0]})
    middle = np.stack([np.array(way["x"], float), np.array(way["y"], float)], axis=1)
    along = np.gradient(middle, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    left = np.stack([-along[:, 1], along[:, 0]], axis=1)
    for lateral in (*road["edges"], *road["lane_lines"]):
        yield middle + lateral * left
