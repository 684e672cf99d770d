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

_PADDING = 4096
"""Some encoders pad what they send; the end marker is this near the end [bytes]."""

# sensor_msgs/image_encodings -> (bytes a channel, channels, OpenCV conversion to BGR or None)
_ENCODINGS: dict[str, tuple[int, int, int | None]] = {
    "bgr8": (1, 3, None),
    "8UC3": (1, 3, None),
    "rgb8": (1, 3, cv2.COLOR_RGB2BGR),
    "bgra8": (1, 4, cv2.COLOR_BGRA2BGR),
    "rgba8": (1, 4, cv2.COLOR_RGBA2BGR),
    "mono8": (1, 1, cv2.COLOR_GRAY2BGR),
    "8UC1": (1, 1, cv2.COLOR_GRAY2BGR),
    "bgr16": (2, 3, None),
    "rgb16": (2, 3, cv2.COLOR_RGB2BGR),
    "bgra16": (2, 4, cv2.COLOR_BGRA2BGR),
    "rgba16": (2, 4, cv2.COLOR_RGBA2BGR),
    "mono16": (2, 1, cv2.COLOR_GRAY2BGR),
    "16UC1": (2, 1, cv2.COLOR_GRAY2BGR),
    # OpenCV names a Bayer pattern by its second row, ROS by its first.
    "bayer_rggb8": (1, 1, cv2.COLOR_BayerBG2BGR),
    "bayer_bggr8": (1, 1, cv2.COLOR_BayerRG2BGR),
    "bayer_gbrg8": (1, 1, cv2.COLOR_BayerGR2BGR),
    "bayer_grbg8": (1, 1, cv2.COLOR_BayerGB2BGR),
    "bayer_rggb16": (2, 1, cv2.COLOR_BayerBG2BGR),
    "bayer_bggr16": (2, 1, cv2.COLOR_BayerRG2BGR),
    "bayer_gbrg16": (2, 1, cv2.COLOR_BayerGR2BGR),
    "bayer_grbg16": (2, 1, cv2.COLOR_BayerGB2BGR),
    "yuv422": (1, 2, cv2.COLOR_YUV2BGR_UYVY),
    "uyvy": (1, 2, cv2.COLOR_YUV2BGR_UYVY),
    "yuv422_yuy2": (1, 2, cv2.COLOR_YUV2BGR_YUY2),
    "yuyv": (1, 2, cv2.COLOR_YUV2BGR_YUY2),
}


_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_PNG_START, _PNG_END = b"\x89PNG", b"IEND"
_AS_STORED = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
"""Not turned as EXIF says: camera_info is for the picture as it is stored."""


def read_image(msg: Any) -> Picture:
    """A sensor_msgs Image or CompressedImage as (H, W, 3) uint8 BGR.

    Of 16 bits a channel the upper eight are taken.

    Raises BadMessageError for an unknown encoding, an empty picture, or too little data.
    """
    return _decode(msg) if hasattr(msg, "format") else _unpack(msg)


def _decode(msg: Any) -> Picture:
    data = np.frombuffer(msg.data, dtype=np.uint8)
    broken = f"compressed picture '{msg.format}' of {data.size} bytes is broken"
    try:
        picture = cv2.imdecode(data, _AS_STORED) if data.size else None
    except cv2.error as error:  # a size that no picture has
        raise BadMessageError(f"{broken}: {error.err}") from error
    if picture is None:
        raise BadMessageError(broken)
    _check_end(data)
    return np.asarray(picture, dtype=np.uint8)


def _check_end(data: Picture) -> None:
    """OpenCV fills what is missing of a truncated picture with grey and says nothing."""
    start, end = data[:4].tobytes(), data[-_PADDING:].tobytes()
    if start.startswith(_JPEG_START) and _JPEG_END not in end:
        raise BadMessageError(f"JPEG of {data.size} bytes has no end marker: truncated")
    if start == _PNG_START and _PNG_END not in end:
        raise BadMessageError(f"PNG of {data.size} bytes has no end: truncated")


def _unpack(msg: Any) -> Picture:
    if msg.encoding not in _ENCODINGS:
        raise BadMessageError(
            f"picture encoding '{msg.encoding}' is not supported; use one of: "
            + ", ".join(_ENCODINGS)
        )
    depth, channels, conversion = _ENCODINGS[msg.encoding]
    pixels = _eight_bits(_rows(msg, channels * depth), depth, bool(msg.is_bigendian))
    pixels = pixels.reshape(len(pixels), -1, channels)
    if conversion is None:
        return pixels
    try:
        return np.asarray(cv2.cvtColor(pixels, conversion), dtype=np.uint8)
    except cv2.error as error:  # of an odd width in YUV 4:2:2, or too small for a Bayer pattern
        raise BadMessageError(
            f"picture of {msg.width} x {msg.height} pixels cannot be {msg.encoding}"
        ) from error


def _rows(msg: Any, pixel_bytes: int) -> npt.NDArray[np.uint8]:
    """The bytes of the pixels (H, W * pixel_bytes), without what pads the rows."""
    height, width, step = int(msg.height), int(msg.width), int(msg.step)
    data, row = np.frombuffer(msg.data, dtype=np.uint8), width * pixel_bytes
    if height == 0 or width == 0:
        raise BadMessageError(f"picture of {width} x {height} pixels is empty")
    if step < row or len(data) < step * (height - 1) + row:
        raise BadMessageError(
            f"picture announces {width} x {height} {msg.encoding} in rows of {step} bytes "
            f"but carries {len(data)} bytes: truncated?"
        )
    return np.ascontiguousarray(np.lib.stride_tricks.as_strided(data, (height, row), (step, 1)))


def _eight_bits(rows: npt.NDArray[np.uint8], depth: int, big_endian: bool) -> Picture:
    """Channels of `depth` bytes as their upper byte."""
    if depth == 1:
        return rows
    return np.ascontiguousarray(rows[:, (0 if big_endian else 1) :: 2])


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
