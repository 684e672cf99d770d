# SPDX-License-Identifier: Apache-2.0
"""What each stage of the chain made of a scan, as messages; made only where somebody listens."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bulwark_core.component import Output
from bulwark_core.convert.clouds import make_cloud
from bulwark_lidar.box_markers import make_box_markers
from bulwark_lidar.ground import GROUND, OVERHEAD
from bulwark_lidar.heights import levels
from bulwark_lidar.markers import make_markers
from bulwark_lidar.pipeline import LidarResult
from bulwark_lidar.weather import AIRBORNE

COLOURS = 16
"""So many clusters in a row differ in intensity; of more colours the eye tells no two apart."""


def debug_outputs(
    result: LidarResult, frame_id: str, is_listened_to: Callable[[str], bool]
) -> list[Output]:
    """One output for each debug port that somebody listens to."""
    return [
        Output(port, make(result, frame_id))
        for port, make in _MAKERS.items()
        if is_listened_to(port)
    ]


def _labelled(label: int, result: LidarResult, frame_id: str) -> Any:
    """The points of one label, at the height of the objects."""
    xyz = result.points.xyz[result.ground.labels == label]
    xyz[:, 2] -= result.road_height
    return make_cloud(xyz, frame_id, result.stamp_ns)


def _clusters(result: LidarResult, frame_id: str) -> Any:
    """The points of all clusters; the intensity is the cluster's number modulo COLOURS."""
    labels = result.clusters.labels
    chosen = labels >= 0
    colours = np.asarray(labels[chosen] % COLOURS, np.float32)
    return make_cloud(result.obstacle_points[chosen], frame_id, result.stamp_ns, colours)


def _boxes(result: LidarResult, frame_id: str) -> Any:
    base, top = (z - result.road_height for z in levels(result.clusters))
    sensor_xy = result.mount[:2, 3]
    return make_box_markers(result.boxes, (base, top), sensor_xy, result.stamp_ns, frame_id)


def _markers(result: LidarResult, frame_id: str) -> Any:
    return make_markers(result.objects, result.stamp_ns, frame_id)


_MAKERS: dict[str, Callable[[LidarResult, str], Any]] = {
    "ground_points": partial(_labelled, GROUND),
    "overhead_points": partial(_labelled, OVERHEAD),
    "airborne_points": partial(_labelled, AIRBORNE),
    "clusters": _clusters,
    "boxes": _boxes,
    "markers": _markers,
}
