# SPDX-License-Identifier: Apache-2.0
"""Whether intrinsics can be those of a camera in a car, and what is odd where they cannot."""

from __future__ import annotations

import math

from bulwark_core.camera_model import FISHEYE, CameraModel

_NARROWEST_DEG, _WIDEST_DEG = 8.0, 160.0
_MOST_SQUEEZED = 1.25  # focal length across over that along the columns, or the other way round
_BORDER = 0.1  # the optical axis is not so near to the edge, as a part of width and height


def implausible(camera: CameraModel) -> str:
    """What is odd, in words; empty: nothing."""
    (fx, fy), (height, width) = camera.k.diagonal()[:2], camera.size
    angle = math.degrees(2.0 * math.atan(width / 2.0 / fx))
    if camera.model != FISHEYE and not _NARROWEST_DEG <= angle <= _WIDEST_DEG:
        return f"a focal length of {fx:.0f} px makes {width} px see {angle:.0f} deg"
    squeezed = max(fx / fy, fy / fx)
    if squeezed > _MOST_SQUEEZED:
        return f"the focal lengths {fx:.0f} and {fy:.0f} px differ by {squeezed - 1.0:.0%}"
    for name, centre, size in (("column", camera.k[0, 2], width), ("row", camera.k[1, 2], height)):
        if not _BORDER * size <= centre <= (1.0 - _BORDER) * size:
            return f"the optical axis is at {name} {centre:.0f} of {size} px"
    return ""
