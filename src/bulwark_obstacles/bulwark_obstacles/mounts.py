# SPDX-License-Identifier: Apache-2.0
"""Where the sensors are mounted, as far as `/tf_static` tells."""

from __future__ import annotations

from dataclasses import replace

from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import Matrix
from bulwark_core.health import Level, Status
from bulwark_core.transforms import TransformError, TransformTree
from bulwark_obstacles.params import LidarParams

BASE = "base_link"


class Mounts:
    """The lidar's place, and the poses of all other sensors by their frames."""

    def __init__(self, lidar: LidarParams) -> None:
        self._given = lidar
        self._tree = TransformTree()
        self.lidar = lidar
        """With x, y and z of `/tf_static`, or as given."""

    def add(self, parent: str, child: str, matrix: Matrix) -> None:
        """Take in a fixed transform. Raises BadMessageError where it contradicts the others."""
        try:
            self._tree.add(parent, child, matrix)
        except TransformError as error:
            raise BadMessageError(str(error)) from error
        pose = self.pose(self._given.frame)
        if pose is not None:
            x, y, z = (float(value) for value in pose[:3, 3])
            self.lidar = replace(self._given, x=x, y=y, z=z)

    def pose(self, frame: str) -> Matrix | None:
        """The pose of a frame in base_link; None where no transform tells it."""
        try:
            return self._tree.lookup(BASE, frame)
        except TransformError:
            return None

    def health(self) -> Status:
        """Whether the lidar's place is known or assumed."""
        lidar = self.lidar
        values = {name: f"{getattr(lidar, name):.2f}" for name in ("x", "y", "z")}
        known = self.pose(lidar.frame) is not None
        source = f"from /tf_static ('{lidar.frame}')" if known else "assumed by the parameters"
        return Status("lidar mount", Level.OK, source, values)
