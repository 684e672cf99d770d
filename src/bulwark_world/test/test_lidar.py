# SPDX-License-Identifier: Apache-2.0
"""Beam tables, and scans against analytic ranges."""

import numpy as np
import pytest

from bulwark_core.geometry import rigid
from bulwark_world.actors import Actor
from bulwark_world.beams import LIDAR_MODELS, LidarModel
from bulwark_world.kinds import kinds
from bulwark_world.lidar import Lidar
from bulwark_world.motion import Pose, SpeedProfile
from bulwark_world.road import Road
from bulwark_world.scene import Scene

BARE = Road(kerbs=False, roadside=False)
MOUNT = rigid(1.0, 0.2, 1.73, pitch=0.02)
EXACT = LidarModel(
    np.radians(np.linspace(-20.0, 10.0, 16)), 360, max_range=1000.0, range_at_10_percent=1000.0,
    noise=0.0, dropout=0.0,
)  # fmt: skip


def scene(*actors, road=BARE):
    one = Scene(road, [], actors)
    one.place(0.0)
    return one


def scan(model, a_scene, base=None, seed=3, index=0):
    return Lidar(model, MOUNT, seed).scan(a_scene, rigid() if base is None else base, 5, index)


def in_base(cloud):
    return cloud.xyz.astype(float) @ MOUNT[:3, :3].T + MOUNT[:3, 3]


@pytest.mark.parametrize(
    "name, rings, low, high, columns",
    [
        ("hdl64e", 64, -24.33, 2.0, 1800),
        ("vlp16", 16, -15.0, 15.0, 1800),
        ("os1_128", 128, -21.846, 20.942, 1024),
        ("rs_m1", 126, -12.5, 12.5, 600),
    ],
)
def test_beam_tables(name, rings, low, high, columns):
    model = LIDAR_MODELS[name]
    degrees = np.degrees(model.elevations)
    assert len(degrees) == rings
    assert (degrees[0], degrees[-1]) == (pytest.approx(low), pytest.approx(high))
    assert (np.diff(degrees) > 0.0).all()
    directions, ring = model.directions()
    assert directions.shape == (rings * columns, 3)
    assert np.linalg.norm(directions, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert np.degrees(np.arcsin(directions[:, 2])) == pytest.approx(degrees[ring], abs=1e-4)


def test_ground_returns_lie_on_the_ground():
    points = in_base(scan(EXACT, scene()))
    assert len(points) > 1000
    assert np.abs(points[:, 2]).max() < 1e-3 * 10  # at 100 m and more, float32
    near = points[np.hypot(points[:, 0], points[:, 1]) < 30.0]
    assert np.abs(near[:, 2]).max() < 1e-4


def test_wall_returns_lie_on_its_face():
    wall = Actor("wall", kinds()["wall"], Pose(20.0, 0.0))
    points = in_base(scan(EXACT, scene(wall)))
    ahead = points[(np.abs(points[:, 1]) < 3.9) & (points[:, 2] > 0.05) & (points[:, 0] > 0.0)]
    face = ahead[ahead[:, 2] < 2.4]
    assert len(face) > 50
    assert face[:, 0] == pytest.approx(20.0 - 0.15, abs=1e-4)


def test_a_cylinder_s_returns_have_its_radius():
    pillar = Actor("pillar", kinds()["round_pillar"], Pose(8.0, 1.0))
    points = in_base(scan(LIDAR_MODELS["hdl64e"], scene(pillar)))
    on_it = points[(points[:, 2] > 0.1) & (np.hypot(points[:, 0] - 8.0, points[:, 1] - 1.0) < 0.6)]
    radii = np.hypot(on_it[:, 0] - 8.0, on_it[:, 1] - 1.0)
    assert len(on_it) > 100
    assert radii.mean() == pytest.approx(0.3, abs=0.02)


def test_the_sensor_frame_moves_with_the_vehicle():
    wall = Actor("wall", kinds()["wall"], Pose(20.0, 0.0))
    still = scan(EXACT, scene(wall))
    far = Actor("wall", kinds()["wall"], Pose(20.0 + 300.0, -50.0))
    moved = scan(EXACT, scene(far), rigid(300.0, -50.0))
    assert len(still.xyz) == len(moved.xyz)
    assert still.xyz == pytest.approx(moved.xyz, abs=2e-3)


def test_actors_are_where_they_are_at_the_time():
    car = Actor("car", kinds()["car"], Pose(20.0, 0.0), SpeedProfile(10.0))
    one = scene(car)
    for t, rear in ((0.0, 17.85), (1.0, 27.85)):
        one.place(t)
        points = in_base(Lidar(LIDAR_MODELS["hdl64e"], MOUNT, 1).scan(one, rigid(), 5, 0))
        on_car = points[(points[:, 2] > 0.3) & (np.abs(points[:, 1]) < 0.8) & (points[:, 0] > 0)]
        assert on_car[:, 0].min() == pytest.approx(rear, abs=0.15)


def test_noise_is_along_the_ray_and_of_the_stated_size():
    model = LIDAR_MODELS["hdl64e"]
    wall = Actor("wall", kinds()["wall"], Pose(20.0, 0.0))
    points = in_base(scan(model, scene(wall)))
    face = points[(np.abs(points[:, 1]) < 3.5) & (points[:, 2] > 0.2) & (points[:, 0] > 15.0)]
    assert (face[:, 0] - 19.85).std() == pytest.approx(model.noise, rel=0.1)


def test_dropout_and_reflectivity_decide_what_returns():
    full = LidarModel(EXACT.elevations, 360, 100.0, 50.0, noise=0.0, dropout=0.0)
    lossy = LidarModel(EXACT.elevations, 360, 100.0, 50.0, noise=0.0, dropout=0.2)
    kept = len(scan(lossy, scene()).xyz) / len(scan(full, scene()).xyz)
    assert kept == pytest.approx(0.8, abs=0.02)
    asphalt = in_base(scan(full, scene()))
    on_road = asphalt[np.abs(asphalt[:, 1]) < 1.0]
    assert np.hypot(on_road[:, 0], on_road[:, 1]).max() < 50.0 * np.sqrt(1.2) + 0.5


def test_the_same_seed_and_index_give_the_same_bytes_and_others_do_not():
    model = LIDAR_MODELS["vlp16"]
    first, again = scan(model, scene()), scan(model, scene())
    assert first.xyz.tobytes() == again.xyz.tobytes()
    assert first.intensity.tobytes() == again.intensity.tobytes()
    assert scan(model, scene(), seed=4).xyz.tobytes() != first.xyz.tobytes()
    assert scan(model, scene(), index=1).xyz.tobytes() != first.xyz.tobytes()


def test_rings_and_intensity_fit_the_points():
    cloud = scan(EXACT, scene())
    assert cloud.ring.shape == cloud.intensity.shape == (len(cloud.xyz),)
    elevation = np.arcsin(cloud.xyz[:, 2] / np.linalg.norm(cloud.xyz, axis=1))
    assert elevation == pytest.approx(EXACT.elevations[cloud.ring], abs=1e-4)
    assert (cloud.intensity >= 0.0).all()
    assert (cloud.intensity <= 1.0).all()
