# SPDX-License-Identifier: Apache-2.0
import math
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nav_msgs.msg import Odometry
from rclpy.serialization import serialize_message

from bulwark_core.convert.diagnostics import make_diagnostics
from bulwark_core.convert.object_arrays import make_objects, read_objects
from bulwark_core.convert.odometry import make_odometry, read_odometry
from bulwark_core.convert.stamps import stamp_ns, to_stamp
from bulwark_core.convert.transforms import make_transforms, read_transforms
from bulwark_core.errors import BadMessageError
from bulwark_core.frozen import replace
from bulwark_core.geometry import rigid
from bulwark_core.health import Level, Status
from bulwark_core.objects import EgoMotion, Motion, ObjectClass, TrackedObject
from bulwark_msgs.msg import Object

metre = st.floats(-200, 200)


@given(st.integers(0, 2**31 * 10**9 - 1))
def test_stamps_are_exact(ns):
    assert stamp_ns(to_stamp(ns)) == ns


@given(metre, metre, st.floats(-3.1, 3.1), st.floats(-10, 40), st.floats(-1, 1))
def test_odometry_round_trip(x, y, yaw, speed, yaw_rate):
    ego = EgoMotion(7, speed, yaw_rate, x, y, yaw)
    again = read_odometry(make_odometry(ego))
    assert again.yaw == pytest.approx(yaw, abs=1e-9)
    assert (again.stamp_ns, again.speed, again.yaw_rate, again.x, again.y) == (
        7,
        speed,
        yaw_rate,
        x,
        y,
    )


def test_odometry_with_nan_is_refused():
    msg = make_odometry(EgoMotion(0, 1.0, 0.0))
    msg.twist.twist.linear.x = math.nan
    with pytest.raises(BadMessageError, match="not a finite number"):
        read_odometry(msg)


CAR = TrackedObject(
    id=3,
    x=12.5,
    y=-1.25,
    z=0.75,
    yaw=0.5,
    length=4.5,
    width=1.75,
    height=1.5,
    vx=2.0,
    vy=-0.5,
    object_class=ObjectClass.CAR,
    class_probability=0.75,
    existence=0.5,
    motion=Motion.MOVING,
    position_variance=0.25,
    velocity_variance=0.5,
    first_seen_ns=5,
    last_seen_ns=7,
    measurements=4,
    brightness=1.5,
    outline=np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]),
)


def test_objects_round_trip():
    (again,) = read_objects(make_objects([CAR], 9))
    assert again.yaw == pytest.approx(CAR.yaw)
    assert np.array_equal(again.outline, CAR.outline)
    assert again == TrackedObject(**{**vars(CAR), "yaw": again.yaw})


def test_unknown_class_counts_as_unknown():
    msg = make_objects([CAR], 9)
    msg.objects[0].classification = 200
    assert read_objects(msg)[0].object_class is ObjectClass.UNKNOWN


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("field", ["position", "velocity", "size", "outline"])
def test_objects_that_are_not_finite_are_refused(field, value):
    msg = make_objects([CAR], 9)
    item = msg.objects[0]
    if field == "outline":
        item.outline[2] = value
    else:
        {"position": item.pose.position}.get(field, getattr(item, field, None)).x = value
    with pytest.raises(BadMessageError, match="object 3"):
        read_objects(msg)


def test_footprint_is_the_outline_or_else_the_box():
    assert np.array_equal(CAR.footprint(), CAR.outline)
    box = TrackedObject(1, 10.0, 0.0, 0.5, 0.0, 4.0, 2.0, 1.5)
    assert np.allclose(box.footprint(), [[12, 1], [8, 1], [8, -1], [12, -1]])


def test_transforms_round_trip():
    matrix = rigid(1.0, 2.0, 3.0, 0.1, -0.2, 3.0)
    ((parent, child, again),) = read_transforms(make_transforms([("a", "b", matrix)]))
    assert (parent, child) == ("a", "b")
    assert np.allclose(again, matrix)


def test_transform_without_rotation_is_named():
    msg = make_transforms([("a", "b", np.eye(4))])
    msg.transforms[0].transform.rotation.w = 0.0
    with pytest.raises(BadMessageError, match="a -> b"):
        read_transforms(msg)


def test_diagnostics():
    status = Status("points", Level.DEGRADED, "few points", {"points": "12"})
    (line,) = make_diagnostics("lidar_perception", [status], 5).status
    assert (line.name, line.message, line.level) == (
        "lidar_perception: points",
        "few points",
        b"\x01",
    )
    assert (line.values[0].key, line.values[0].value) == ("points", "12")


def test_outline_of_half_a_point_is_refused():
    msg = make_objects([CAR], 9)
    msg.objects[0].outline = [1.0, 2.0, 3.0]
    with pytest.raises(BadMessageError, match="3 coordinates"):
        read_objects(msg)


def test_an_odometry_is_the_one_that_its_class_makes_and_none_shares_its_figures():
    ego = EgoMotion(1_500_000_000, 3.0, 0.1, 1.0, -2.0, 0.5)
    made = make_odometry(ego)
    expected = Odometry(child_frame_id="base_link")
    expected.header.frame_id = "odom"
    expected.header.stamp.sec, expected.header.stamp.nanosec = 1, 500_000_000
    expected.pose.pose.position.x, expected.pose.pose.position.y = 1.0, -2.0
    expected.pose.pose.orientation.z = math.sin(0.25)
    expected.pose.pose.orientation.w = math.cos(0.25)
    expected.twist.twist.linear.x, expected.twist.twist.angular.z = 3.0, 0.1
    assert made == expected
    other = make_odometry(EgoMotion(0, 0.0, 0.0))
    other.pose.pose.position.z = other.twist.twist.linear.y = other.header.stamp.sec = 9
    other.pose.pose.orientation.x = other.twist.twist.angular.x = 9.0
    assert made == expected
    assert make_odometry(ego) == expected


@dataclass(frozen=True)
class Frozen:
    a: int
    b: tuple[int, ...] = ()


def test_a_frozen_dataclass_with_other_values():
    one = Frozen(1, (2, 3))
    other = replace(one, a=5)
    assert (other, one) == (Frozen(5, (2, 3)), Frozen(1, (2, 3)))
    assert replace(one) is not one
    with pytest.raises(FrozenInstanceError):
        other.a = 7


def test_an_object_is_the_one_that_its_class_makes():
    (item,) = make_objects([CAR], 9).objects
    expected = Object(
        id=3, classification=1, class_probability=0.75, existence_probability=0.5, motion=2,
        position_variance=0.25, velocity_variance=0.5, measurements=4, brightness=1.5,
        outline=[0.0, 0.0, 1.0, 0.0, 0.0, 1.0],
    )  # fmt: skip
    position, orientation = expected.pose.position, expected.pose.orientation
    position.x, position.y, position.z = CAR.x, CAR.y, CAR.z
    orientation.z, orientation.w = math.sin(CAR.yaw / 2.0), math.cos(CAR.yaw / 2.0)
    expected.size.x, expected.size.y, expected.size.z = CAR.length, CAR.width, CAR.height
    expected.velocity.x, expected.velocity.y = CAR.vx, CAR.vy
    expected.yaw_rate = CAR.yaw_rate
    expected.first_seen.nanosec, expected.last_seen.nanosec = 5, 7
    assert item == expected
    assert serialize_message(item) == serialize_message(expected)
    assert all(hasattr(item, slot) for slot in item.__slots__)


def test_outlines_of_a_list_stay_with_their_objects():
    triangle, box = CAR, CAR.but(id=4, outline=np.zeros((0, 2)))
    square = CAR.but(id=5, outline=np.array([[0.0, 0], [2, 0], [2, 2], [0, 2]]))
    things = [triangle, box, square, box, triangle]
    again = read_objects(make_objects(things, 9))
    assert [one.id for one in again] == [3, 4, 5, 4, 3]
    for one, was in zip(again, things, strict=True):
        assert np.array_equal(one.outline, was.outline)
    msg = make_objects(things, 9)
    msg.objects[2].outline[5] = math.nan
    with pytest.raises(BadMessageError, match="object 5"):
        read_objects(msg)


def test_a_message_is_read_once_and_each_reader_has_a_list_of_its_own():
    msg = make_objects([CAR], 9)
    first, second = read_objects(msg), read_objects(msg)
    assert first[0] is second[0]
    first.clear()
    assert len(read_objects(msg)) == 1
    msg.objects = [*msg.objects, *msg.objects]
    assert len(read_objects(msg)) == 2
    assert read_objects(make_objects([CAR], 9))[0] is not second[0]
