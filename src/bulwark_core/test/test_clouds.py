# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sensor_msgs.msg import PointCloud2, PointField

from bulwark_core.convert.clouds import as_bytes, make_cloud, read_cloud
from bulwark_core.errors import BadMessageError

FLOATS = st.floats(width=32, allow_nan=True, allow_infinity=True)


def cloud_of(dtype, points, *, big_endian=False, height=1, padding=0):
    """A PointCloud2 with the memory of a structured array, rows padded."""
    kinds = {"f4": 7, "f8": 8, "i1": 1, "u1": 2, "i2": 3, "u2": 4, "i4": 5, "u4": 6}
    step, width = dtype.itemsize, len(points) // height
    rows = points.tobytes()
    row = step * width
    data = b"".join(rows[i * row : (i + 1) * row] + b"\xff" * padding for i in range(height))
    fields = [
        PointField(name=name, offset=kind[1], datatype=kinds[kind[0].str[1:]], count=1)
        for name, kind in dtype.fields.items()
    ]
    return PointCloud2(
        height=height,
        width=width,
        fields=fields,
        is_bigendian=big_endian,
        point_step=step,
        row_step=row + padding,
        data=as_bytes(np.frombuffer(data, np.uint8)),
    )


@given(arrays(np.float32, st.tuples(st.integers(0, 20), st.just(3)), elements=FLOATS))
def test_round_trip_keeps_every_rep_117_value(xyz):
    cloud = read_cloud(make_cloud(xyz, "lidar", 1_500_000_001))
    assert np.array_equal(cloud.xyz, xyz, equal_nan=True)
    assert (cloud.frame_id, cloud.stamp_ns, cloud.intensity) == ("lidar", 1_500_000_001, None)


@given(
    order=st.sampled_from("<>"),
    kinds=st.tuples(*[st.sampled_from(["f4", "f8", "i2", "i4"])] * 3),
    names=st.permutations(["x", "y", "z", "intensity", "ring"]),
    gap=st.integers(0, 7),
    height=st.sampled_from([1, 2]),
    padding=st.integers(0, 5),
)
def test_any_layout_and_byte_order(order, kinds, names, gap, height, padding):
    kind_of = dict(zip("xyz", kinds, strict=True)) | {"intensity": "u1", "ring": "u2"}
    formats = [order + kind_of[name] for name in names]
    offsets, offset = [], gap
    for kind in formats:
        offsets.append(offset)
        offset += int(kind[2:]) + gap
    dtype = np.dtype(
        {"names": names, "formats": formats, "offsets": offsets, "itemsize": offset + gap}
    )
    points = np.zeros(6, dtype)
    for i, name in enumerate(names):
        points[name] = np.arange(6) + 10 * i
    msg = cloud_of(
        dtype,
        points,
        big_endian=order == ">",
        height=height,
        padding=padding if height > 1 else 0,
    )
    cloud = read_cloud(msg)
    for axis, column in zip("xyz", cloud.xyz.T, strict=True):
        assert np.array_equal(column, points[axis].astype(np.float32))
    assert np.array_equal(cloud.intensity, points["intensity"].astype(np.float32))


def test_usual_layout_is_not_copied():
    msg = make_cloud(np.ones((10, 3)), "lidar", 0, np.ones(10))
    assert np.shares_memory(read_cloud(msg).xyz, np.frombuffer(msg.data, np.uint8))


def test_truncated_cloud_is_named():
    msg = make_cloud(np.ones((10, 3)), "lidar", 0)
    msg.data = msg.data[:-1]
    with pytest.raises(BadMessageError, match=r"10 x 1 points.*119 bytes: truncated"):
        read_cloud(msg)


@pytest.mark.parametrize(
    "change, match",
    [
        (lambda msg: msg.fields.pop(), "no field z"),
        (lambda msg: setattr(msg.fields[0], "datatype", 99), "'x' has unknown datatype 99"),
        (lambda msg: setattr(msg.fields[2], "offset", 9), "'z' ends at byte 13 of points of 12"),
        (lambda msg: setattr(msg.fields[2], "name", "x"), "'x' is there twice"),
        (lambda msg: setattr(msg, "width", 2**31), "truncated"),
    ],
)
def test_contradictions_are_named(change, match):
    msg = make_cloud(np.ones((10, 3)), "lidar", 0)
    change(msg)
    with pytest.raises(BadMessageError, match=match):
        read_cloud(msg)


def test_empty_cloud_is_a_cloud():
    assert read_cloud(make_cloud(np.empty((0, 3)), "lidar", 0)).xyz.shape == (0, 3)


def test_several_intensities_of_a_point_are_none():
    """A scan that is odd in what the geometry does not need is still a scan."""
    message = make_cloud(np.ones((2, 3)), "lidar", 0, np.ones(2))
    message.fields[3].datatype, message.fields[3].count = PointField.UINT16, 2
    cloud = read_cloud(message)
    assert cloud.intensity is None
    assert cloud.xyz.tolist() == [[1.0, 1.0, 1.0]] * 2
