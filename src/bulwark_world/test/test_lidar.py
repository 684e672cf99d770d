# SPDX-License-Identifier: Apache-2.0
"""Beam tables, and scans against analytic ranges."""

import dataclasses

import numpy as np
import pytest

from bulwark_core.geometry import rigid
from bulwark_world.actors import Actor
from bulwark_world.beams import LIDAR_MODELS, LidarModel
from bulwark_world.kinds import kinds
from bulwark_world.lidar import Lidar
from bulwark_world.materials import Material
from bulwark_world.mesh import box
from bulwark_world.motion import Pose, SpeedProfile
from bulwark_world.road import Road
from bulwark_world.scan_motion import Sweep
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


SOLID = LIDAR_MODELS["rs_m1"]
HDL = LIDAR_MODELS["hdl64e"]


def sweep_scan(model, a_scene, sweep):
    return Lidar(model, MOUNT, 3).scan(a_scene, rigid(), 5, 0, sweep=sweep)


def stand_still(a_scene):
    return Sweep(0.0, 0.0, a_scene.place)


def test_a_solid_state_lidar_sees_its_sector_alone_and_in_its_raster():
    directions, _ = SOLID.directions()
    azimuth = np.degrees(np.arctan2(directions[:, 1], directions[:, 0])).reshape(-1, 126)
    assert (azimuth.max(), azimuth.min()) == (pytest.approx(59.9), pytest.approx(-59.9))
    assert np.diff(azimuth[:, 0]) == pytest.approx(-0.2, abs=1e-3)
    assert np.diff(np.degrees(SOLID.elevations)) == pytest.approx(0.2, abs=1e-6)
    cloud = scan(SOLID, scene(Actor("wall", kinds()["wall"], Pose(-10.0, 0.0))))
    assert len(cloud.xyz) > 10_000
    assert cloud.xyz[:, 0].min() > 0.0


def test_a_sweep_while_everything_stands_is_the_same_scan_with_times():
    one = scene(Actor("wall", kinds()["wall"], Pose(20.0, 0.0)))
    swept, at_once = sweep_scan(HDL, one, stand_still(one)), scan(HDL, one)
    assert at_once.time is None
    assert swept.xyz == pytest.approx(at_once.xyz, abs=1e-4)
    azimuth = np.arctan2(swept.xyz[:, 1], swept.xyz[:, 0])
    assert swept.time == pytest.approx(-azimuth / (2 * np.pi) * 0.1, abs=1e-4)  # clockwise


@pytest.mark.parametrize("speed, yaw_rate", [(20.0, 0.0), (10.0, 0.5), (-5.0, -0.3)])
def test_distorted_points_fall_on_the_wall_again_when_each_is_taken_from_its_own_pose(
    speed, yaw_rate
):
    one = scene(
        Actor("ahead", kinds()["wall"], Pose(20.0, 0.0)),
        Actor("beside", kinds()["wall"], Pose(2.0, 9.0, np.pi / 2)),
    )
    cloud = sweep_scan(EXACT, one, Sweep(speed, yaw_rate, one.place))
    points = np.column_stack([in_base(cloud), np.ones(len(cloud.xyz))])
    turn = yaw_rate * cloud.time.astype(float)
    way = speed * cloud.time.astype(float)
    cos, sin = np.cos(turn), np.sin(turn)
    x = points[:, 0] * cos - points[:, 1] * sin + way * np.cos(turn / 2)
    y = points[:, 0] * sin + points[:, 1] * cos + way * np.sin(turn / 2)
    high = (points[:, 2] > 0.05) & (points[:, 2] < 2.4)
    ahead = high & (np.abs(y) < 3.9) & (x > 15.0)
    beside = high & (np.abs(x - 2.0) < 3.9) & (y > 5.0)
    assert ahead.sum() > 50
    assert beside.sum() > 50
    assert x[ahead] == pytest.approx(19.85, abs=1e-3)
    assert y[beside] == pytest.approx(8.85, abs=1e-3)
    if yaw_rate:
        assert np.abs(points[beside, 1] - 8.85).max() > 0.02


def test_actors_move_on_during_a_sweep():
    car = Actor("car", kinds()["car"], Pose(-50.0, 0.0), SpeedProfile(30.0))
    one = scene(car)
    points = in_base(sweep_scan(HDL, one, Sweep(0.0, 0.0, lambda dt: one.place(1.0 + dt))))
    bumper = (points[:, 2] > 0.3) & (points[:, 2] < 0.65) & (points[:, 0] < -5.0)
    left = bumper & (points[:, 1] > 0.3) & (points[:, 1] < 0.8)
    right = bumper & (points[:, 1] < 0.0) & (points[:, 1] > -0.8)
    gone = np.median(points[right, 0]) - np.median(points[left, 0])  # from behind left to right
    assert gone == pytest.approx(30.0 * 0.09, abs=0.1)  # less a slice of the turn


def test_a_glossy_face_loses_more_returns_the_more_it_is_grazed():
    lossless = LidarModel(EXACT.elevations, 1800, 200.0, 100.0, noise=0.0, dropout=0.0)

    def count(yaw, paint):
        kind = dataclasses.replace(
            kinds()["wall"], build=lambda k: box(k.length, k.width, 0.0, k.height, paint)
        )
        points = in_base(scan(lossless, scene(Actor("wall", kind, Pose(15.0, 0.0, yaw)))))
        return int((points[:, 2] > 0.1).sum())

    kept = [count(yaw, Material.PAINT_BLUE) / count(yaw, Material.BRICK) for yaw in (0.0, 1.0)]
    assert kept[0] > 0.95
    assert 0.5 < kept[1] < 0.85


def test_returns_fade_out_about_the_range_of_their_surface():
    lossless = LidarModel(EXACT.elevations, 3600, 300.0, 40.0, noise=0.0, dropout=0.0)
    brick = 40.0 * np.sqrt(0.35 / 0.1)  # faced
    counts = []
    for away in (0.6 * brick, brick, 1.4 * brick):
        wall = Actor("wall", kinds()["wall"], Pose(away, 0.0))
        points = in_base(scan(lossless, scene(wall)))
        hit = (points[:, 2] > 0.05) & (np.abs(points[:, 1]) < 4.0) & (points[:, 0] > 0.5 * away)
        counts.append(hit.sum() * away)  # as many rays meet it as it is wide
    assert 0.2 * counts[0] < counts[1] < 0.8 * counts[0]
    assert counts[2] < 0.12 * counts[0]
