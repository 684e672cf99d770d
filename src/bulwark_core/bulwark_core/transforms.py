# SPDX-License-Identifier: Apache-2.0
"""The fixed transforms of the car: where each sensor sits (REP-105 frames)."""

from __future__ import annotations

import numpy as np

from bulwark_core.errors import BulwarkError
from bulwark_core.geometry import Matrix, invert


class TransformError(BulwarkError):
    """Two frames are not connected by the transforms received so far."""


class TransformTree:
    """Composes fixed transforms. A frame that is added again moves; nothing expires."""

    def __init__(self) -> None:
        self._parents: dict[str, tuple[str, Matrix]] = {}

    def add(self, parent: str, child: str, matrix: Matrix) -> None:
        """Set the pose of `child` in `parent`: `matrix` maps points of child into parent.

        Raises TransformError where that would close a loop or the matrix is not finite.
        """
        parent, child = parent.lstrip("/"), child.lstrip("/")
        if not np.isfinite(matrix).all():
            raise TransformError(f"transform {parent} -> {child} is not finite")
        if child in self._chain(parent):
            raise TransformError(f"transform {parent} -> {child} closes a loop")
        self._parents[child] = (parent, matrix)

    def lookup(self, target: str, source: str) -> Matrix:
        """The 4x4 matrix that maps points of `source` into `target`.

        Raises TransformError naming both frames and what is known.
        """
        target, source = target.lstrip("/"), source.lstrip("/")
        above_target, above_source = self._chain(target), self._chain(source)
        common = next((frame for frame in above_source if frame in above_target), None)
        if common is None:
            known = ", ".join(sorted({*self._parents, *(p for p, _ in self._parents.values())}))
            raise TransformError(
                f"no transform from '{source}' to '{target}' (known frames: {known or 'none'}); "
                "publish it on /tf_static"
            )
        return invert(above_target[common]) @ above_source[common]

    def _chain(self, frame: str) -> dict[str, Matrix]:
        """Every ancestor of `frame`, itself included, with the pose of `frame` in it."""
        chain, pose = {frame: np.eye(4)}, np.eye(4)
        while frame in self._parents:
            frame, step = self._parents[frame]
            pose = step @ pose
            chain[frame] = pose
        return chain
