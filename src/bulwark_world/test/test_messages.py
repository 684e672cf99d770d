# SPDX-License-Identifier: Apache-2.0
"""Frames as messages: they say what the simulation knows, and on the manifest's ports."""

import pytest

from bulwark_core.convert.clouds import read_cloud
from bulwark_core.convert.images import read_image
from bulwark_core.convert.object_arrays import read_objects
from bulwark_core.convert.odometry import read_odometry
from bulwark_core.convert.transforms import read_transforms
from bulwark_core.interfaces import load_manifest
from bulwark_core.ros_ports import message_class
from bulwark_core.vehicle import VehicleParams
from bulwark_world.camera import OPTICAL
from bulwark_world.dynamics import VehicleState
from bulwark_world.params import SensorParams
from bulwark_world.scenario import load_scenario
from bulwark_world.sensors_to_messages import make_messages, make_route, make_tf_static
from bulwark_world.simulation import Simulation
from bulwark_world.way import Way

SENSORS = SensorParams()


@pytest.fixture(scope="module")
def sent():
    """Port: (message, frames) of the first of each."""
    world = load_scenario("ccr_stationary").build({}, 1, VehicleParams())[0]
    simulation, found = Simulation(world, SENSORS, 1), {}
    for _ in range(20):
        frames = simulation.step()
        for port, message in make_messages(simulation, frames, SENSORS):
            found.setdefault(port, (message, frames))
    return found


def test_every_output_of_the_manifest_is_served_with_its_type(sent):
    interface = load_manifest().nodes["world"]
    outputs = {port.name: port for port in interface.ports if port.direction.value == "output"}
    assert set(sent) | {"clock", "tf_static"} == set(outputs)
    for port, (message, _) in sent.items():
        assert isinstance(message, message_class(outputs[port].topic.type))


def test_contents_survive(sent):
    message, frames = sent["points"]
    cloud = read_cloud(message)
    assert (cloud.frame_id, cloud.stamp_ns) == ("lidar", frames.stamp_ns)
    assert (cloud.xyz == frames.scan.xyz).all()
    assert (cloud.intensity == frames.scan.intensity).all()
    message, frames = sent["odometry"]
    assert read_odometry(message) == frames.odometry
    message, frames = sent["image"]
    assert (read_image(message) == frames.picture).all()
    message, frames = sent["objects"]
    (item,) = read_objects(message)
    assert item.x == pytest.approx(frames.objects[0].x)


def test_camera_info_fits_the_picture(sent):
    info, image = sent["camera_info"][0], sent["image"][0]
    assert (info.width, info.height) == (image.width, image.height) == (640, 384)
    assert info.header == image.header
    assert info.k[0] == info.k[4] == pytest.approx(320.0 / 0.70020754, rel=1e-6)
    assert (info.k[2], info.k[5]) == (319.5, 191.5)


def test_transforms_lead_from_base_link_to_every_sensor_frame():
    rows = {
        child: (parent, pose) for parent, child, pose in read_transforms(make_tf_static(SENSORS))
    }
    assert rows["lidar"][0] == rows["camera_front"][0] == "base_link"
    assert rows["lidar"][1][:3, 3] == pytest.approx([1.0, 0.0, 1.73])
    assert rows["camera_front_optical"][0] == "camera_front"
    assert rows["camera_front_optical"][1] == pytest.approx(OPTICAL)


def test_the_route_is_the_lane_s_centre_line_seen_from_the_vehicle():
    route = make_route(VehicleState(x=50.0, y=0.5, yaw=0.1), Way(), 16.0, 5)
    ahead = route.x[10] - route.x[0], route.y[10] - route.y[0]
    assert ahead[1] / ahead[0] == pytest.approx(-0.1003, abs=1e-3)  # tan
    lateral = [x * 0.0998334 + y * 0.9950042 + 0.5 for x, y in zip(route.x, route.y, strict=True)]
    assert lateral == pytest.approx([0.0] * len(lateral), abs=1e-5)
    assert route.speed_limit == 16.0
