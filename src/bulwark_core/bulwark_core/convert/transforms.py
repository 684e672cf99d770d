# SPDX-License-Identifier: Apache-2.0
"""tf2_msgs/TFMessage to matrices, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from geometry_msgs.msg import TransformStamped
from tf2_msgs.msg import TFMessage

from bulwark_core.convert.stamps import make_header
from bulwark_core.errors import BadMessageError
from bulwark_core.geometry import Matrix, from_quaternion, to_quaternion


def read_transforms(msg: Any) -> list[tuple[str, str, Matrix]]:
    """Each transform as (parent, child, pose of child in parent).

    Raises BadMessageError where a rotation is none.
    """
    return [_read(item) for item in msg.transforms]


def _read(item: Any) -> tuple[str, str, Matrix]:
    t, q = item.transform.translation, item.transform.rotation
    try:
        matrix = from_quaternion(t.x, t.y, t.z, q.x, q.y, q.z, q.w)
    except ValueError as error:
        raise BadMessageError(
            f"transform {item.header.frame_id} -> {item.child_frame_id}: {error}"
        ) from error
    return item.header.frame_id, item.child_frame_id, matrix


def make_transforms(transforms: Iterable[tuple[str, str, Matrix]], ns: int = 0) -> TFMessage:
    """A TFMessage from (parent, child, pose of child in parent)."""
    return TFMessage(transforms=[_make(*row, ns) for row in transforms])


def _make(parent: str, child: str, matrix: Matrix, ns: int) -> TransformStamped:
    item = TransformStamped(header=make_header(ns, parent), child_frame_id=child)
    translation, rotation = item.transform.translation, item.transform.rotation
    translation.x, translation.y, translation.z = (float(value) for value in matrix[:3, 3])
    rotation.x, rotation.y, rotation.z, rotation.w = to_quaternion(matrix)
    return item
