# SPDX-License-Identifier: Apache-2.0
"""Image and CompressedImage of the usual encodings to BGR pictures, and back."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from sensor_msgs.msg import Image

from bulwark_core.convert.clouds import as_bytes
from bulwark_core.convert.stamps import make_header
from bulwark_core.errors import BadMessageError

Picture = npt.NDArray[np.uint8]

_JPEG_PADDING = 4096
"""Some encoders pad a JPEG; its end marker is this near the end [bytes]."""

# sensor_msgs/image_encodings -> (bytes a channel, channels, OpenCV conversion to BGR or None)
_ENCODINGS: dict[str, tuple[int, int, int | None]] = {
    "bgr8": (1, 3, None),
    "8UC3": (1, 3, None),
    "rgb8": (1, 3, cv2.COLOR_RGB2BGR),
    "bgra8": (1, 4, cv2.COLOR_BGRA2BGR),
    "rgba8": (1, 4, cv2.COLOR_RGBA2BGR),
    "mono8": (1, 1, cv2.COLOR_GRAY2BGR),
    "8UC1": (1, 1, cv2.COLOR_GRAY2BGR),
    "mono16": (2, 1, cv2.COLOR_GRAY2BGR),
    # OpenCV names a Bayer pattern by its second row, ROS by its first.
    "bayer_rggb8": (1, 1, cv2.COLOR_BayerBG2BGR),
    "bayer_bggr8": (1, 1, cv2.COLOR_BayerRG2BGR),
    "bayer_gbrg8": (1, 1, cv2.COLOR_BayerGR2BGR),
    "bayer_grbg8": (1, 1, cv2.COLOR_BayerGB2BGR),
    "yuv422": (1, 2, cv2.COLOR_YUV2BGR_UYVY),
    "uyvy": (1, 2, cv2.COLOR_YUV2BGR_UYVY),
    "yuv422_yuy2": (1, 2, cv2.COLOR_YUV2BGR_YUY2),
    "yuyv": (1, 2, cv2.COLOR_YUV2BGR_YUY2),
}


def read_image(msg: Any) -> Picture:
    """A sensor_msgs Image or CompressedImage as (H, W, 3) uint8 BGR.

    Raises BadMessageError for an unknown encoding, an empty picture, or too little data.
    """
    return _decode(msg) if hasattr(msg, "format") else _unpack(msg)


def _decode(msg: Any) -> Picture:
    data = np.frombuffer(msg.data, dtype=np.uint8)
    picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if picture is None:
        raise BadMessageError(f"compressed picture '{msg.format}' of {data.size} bytes is broken")
    if _is_jpeg(data) and b"\xff\xd9" not in data[-_JPEG_PADDING:].tobytes():
        raise BadMessageError(f"JPEG of {data.size} bytes has no end marker: truncated")
    return np.asarray(picture, dtype=np.uint8)


def _is_jpeg(data: Picture) -> bool:
    return data[:2].tobytes() == b"\xff\xd8"


def _unpack(msg: Any) -> Picture:
    if msg.encoding not in _ENCODINGS:
        raise BadMessageError(
            f"picture encoding '{msg.encoding}' is not supported; use one of: "
            + ", ".join(_ENCODINGS)
        )
    depth, channels, conversion = _ENCODINGS[msg.encoding]
    height, width, step = int(msg.height), int(msg.width), int(msg.step)
    data = np.frombuffer(msg.data, dtype=np.uint8)
    row = width * channels * depth
    if height == 0 or width == 0:
        raise BadMessageError(f"picture of {width} x {height} pixels is empty")
    if step < row or len(data) < step * (height - 1) + row:
        raise BadMessageError(
            f"picture announces {width} x {height} {msg.encoding} in rows of {step} bytes "
            f"but carries {len(data)} bytes: truncated?"
        )
    rows = np.lib.stride_tricks.as_strided(data, (height, row), (step, 1))
    if depth == 2:
        wide = np.ascontiguousarray(rows).view(">u2" if msg.is_bigendian else "<u2")
        rows = (wide >> 8).astype(np.uint8)
    pixels = np.ascontiguousarray(rows).reshape(height, width, channels)
    if conversion is None:
        return pixels
    return np.asarray(cv2.cvtColor(pixels, conversion), dtype=np.uint8)


def make_image(bgr: Picture, frame_id: str, ns: int) -> Image:
    """A bgr8 Image from (H, W, 3) uint8."""
    height, width = bgr.shape[:2]
    return Image(
        header=make_header(ns, frame_id),
        height=height,
        width=width,
        encoding="bgr8",
        is_bigendian=0,
        step=3 * width,
        data=as_bytes(bgr),
    )
