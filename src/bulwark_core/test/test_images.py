# SPDX-License-Identifier: Apache-2.0
import cv2
import numpy as np
import pytest
from sensor_msgs.msg import CompressedImage, Image

from bulwark_core.convert.clouds import as_bytes
from bulwark_core.convert.images import make_image, read_image
from bulwark_core.errors import BadMessageError

BLUE_LEFT = np.zeros((4, 8, 3), np.uint8)
BLUE_LEFT[:, :4] = (200, 40, 10)
BLUE_LEFT[:, 4:] = (10, 60, 220)


def raw(encoding, pixels, step_padding=0, **fields):
    rows = pixels.reshape(pixels.shape[0], -1)
    rows = np.pad(rows, ((0, 0), (0, step_padding)))
    height, width = pixels.shape[:2]
    return Image(
        height=height,
        width=width,
        encoding=encoding,
        step=rows.shape[1] * rows.itemsize,
        data=as_bytes(rows),
        **fields,
    )


def bayer(pattern):
    """A mosaic of BLUE_LEFT whose top left 2 x 2 block reads like the pattern's name."""
    channel = {"b": 0, "g": 1, "r": 2}
    mosaic = np.empty(BLUE_LEFT.shape[:2], np.uint8)
    for index, colour in enumerate(pattern):
        row, column = divmod(index, 2)
        mosaic[row::2, column::2] = BLUE_LEFT[row::2, column::2, channel[colour]]
    return mosaic


def yuv_packed(code_uyvy):
    """BLUE_LEFT as BT.601 with video range, as cameras send it."""
    yuv = cv2.cvtColor(BLUE_LEFT, cv2.COLOR_BGR2YUV).astype(float)
    scaled = (yuv - (0, 128, 128)) * (219 / 255, 224 / 255, 224 / 255) + (16, 128, 128)
    # OpenCV's full-range YUV scales chroma by 0.492 and 0.877; BT.601 by 0.564 and 0.713.
    scaled[:, :, 1:] = 128 + (scaled[:, :, 1:] - 128) * (0.564 / 0.492, 0.713 / 0.877)
    yuv = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
    packed = np.empty((*yuv.shape[:2], 2), np.uint8)
    luma, chroma = (1, 0) if code_uyvy else (0, 1)
    packed[:, :, luma] = yuv[:, :, 0]
    packed[:, 0::2, chroma] = yuv[:, 0::2, 1]
    packed[:, 1::2, chroma] = yuv[:, 0::2, 2]
    return packed


@pytest.mark.parametrize(
    "encoding, pixels",
    [
        ("bgr8", BLUE_LEFT),
        ("rgb8", BLUE_LEFT[:, :, ::-1].copy()),
        ("bgra8", np.dstack([BLUE_LEFT, np.full((4, 8), 255, np.uint8)])),
        ("rgba8", np.dstack([BLUE_LEFT[:, :, ::-1], np.full((4, 8), 255, np.uint8)])),
        ("bgr16", BLUE_LEFT.astype("<u2") << 8),
        ("rgb16", BLUE_LEFT[:, :, ::-1].astype("<u2") << 8),
        ("bayer_rggb16", bayer("rggb").astype("<u2") << 8),
        ("bayer_rggb8", bayer("rggb")),
        ("bayer_bggr8", bayer("bggr")),
        ("bayer_gbrg8", bayer("gbrg")),
        ("bayer_grbg8", bayer("grbg")),
        ("uyvy", yuv_packed(code_uyvy=True)),
        ("yuv422", yuv_packed(code_uyvy=True)),
        ("yuv422_yuy2", yuv_packed(code_uyvy=False)),
        ("yuyv", yuv_packed(code_uyvy=False)),
    ],
)
@pytest.mark.parametrize("padding", [0, 5])
def test_colours_come_out_right(encoding, pixels, padding):
    picture = read_image(raw(encoding, pixels, padding)).astype(int)
    for column in (1, 6):  # away from the colour edge, where Bayer patterns interpolate
        assert np.abs(picture[1:3, column] - BLUE_LEFT[1:3, column]).max() <= 30


@pytest.mark.parametrize("encoding", ["mono16", "16UC1"])
@pytest.mark.parametrize("big_endian", [0, 1])
def test_sixteen_bits_keep_the_upper_byte(encoding, big_endian):
    values = np.full((2, 2), 0x80FF, dtype=">u2" if big_endian else "<u2")
    assert (read_image(raw(encoding, values, is_bigendian=big_endian)) == 0x80).all()


def test_mono8_is_grey():
    picture = read_image(raw("mono8", BLUE_LEFT[:, :, 0].copy(), step_padding=3))
    assert np.array_equal(picture, np.repeat(BLUE_LEFT[:, :, :1], 3, axis=2))


def test_round_trip():
    assert np.array_equal(read_image(make_image(BLUE_LEFT, "camera", 5)), BLUE_LEFT)


@pytest.mark.parametrize("suffix", ["jpeg", "png"])
def test_compressed(suffix):
    data = cv2.imencode(f".{suffix}", BLUE_LEFT)[1]
    picture = read_image(CompressedImage(format=suffix, data=as_bytes(data)))
    assert picture.shape == BLUE_LEFT.shape


@pytest.mark.parametrize("encoded", [BLUE_LEFT, BLUE_LEFT[:, :, 0], BLUE_LEFT.astype("<u2") << 8])
def test_png_of_any_depth(encoded):
    data = cv2.imencode(".png", encoded)[1]
    picture = read_image(CompressedImage(format="png", data=as_bytes(data)))
    assert (picture.shape, picture.dtype) == (BLUE_LEFT.shape, np.uint8)
    assert np.array_equal(picture[:, :, 0], BLUE_LEFT[:, :, 0])


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.98])
@pytest.mark.parametrize("suffix", ["jpeg", "png"])
def test_truncated_pictures_are_named(suffix, kept):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3))
    data = cv2.imencode(f".{suffix}", noise)[1]
    with pytest.raises(BadMessageError, match=r"broken|truncated"):
        read_image(CompressedImage(format=suffix, data=as_bytes(data[: int(kept * len(data))])))


def test_a_jpeg_that_says_turn_me_is_not_turned():
    """CameraInfo is for the picture as it is stored."""
    data = cv2.imencode(".jpeg", BLUE_LEFT)[1].tobytes()
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    segment = b"Exif\0\0" + tiff
    turned = data[:2] + b"\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + data[2:]
    picture = read_image(CompressedImage(format="jpeg", data=as_bytes(np.frombuffer(turned, "u1"))))
    assert picture.shape == BLUE_LEFT.shape


@pytest.mark.parametrize(
    "message, match",
    [
        (Image(encoding="bgr8"), "empty"),
        (raw("infrared9", BLUE_LEFT), r"'infrared9' is not supported.*bgr8"),
        (Image(encoding="bgr8", height=4, width=8, step=24, data=[0] * 20), "truncated"),
        (Image(encoding="bgr8", height=4, width=8, step=3, data=[0] * 96), "truncated"),
        (CompressedImage(format="jpeg"), "broken"),
        (raw("uyvy", np.zeros((4, 5, 2), np.uint8)), "5 x 4 pixels cannot be uyvy"),
    ],
)
def test_bad_pictures_are_named(message, match):
    with pytest.raises(BadMessageError, match=match):
        read_image(message)
