# SPDX-License-Identifier: Apache-2.0
"""Weather and dirt: extinction against the formulas, returns from the air, blocked rays."""

import math
from dataclasses import replace

import numpy as np
import pytest

from bulwark_core.errors import ScenarioError
from bulwark_core.geometry import rigid
from bulwark_core.vehicle import VehicleParams
from bulwark_world.actors import Actor
from bulwark_world.beams import LIDAR_MODELS
from bulwark_world.kinds import kinds
from bulwark_world.lidar import NO_PUFFS, Lidar
from bulwark_world.materials import REFLECTIVITIES, Material
from bulwark_world.motion import Pose, SpeedProfile
from bulwark_world.params import LidarMount, SensorParams
from bulwark_world.puffs import puffs
from bulwark_world.road import Road
from bulwark_world.scenario import load_scenario
from bulwark_world.scene import Scene
from bulwark_world.simulation import Simulation
from bulwark_world.weather import CLEAR, Dirt, Dust, Weather

MOUNT = rigid(1.0, 0.0, 1.73)
BARE = Road(kerbs=False, roadside=False)
QUIET = replace(LIDAR_MODELS["hdl64e"], noise=0.0, dropout=0.0)


def look(weather, actors=(), index=0, seed=1, model=QUIET, clouds=None):
    """Points (N, 3) in base_link and intensities (N,)."""
    scene = Scene(BARE, [], actors)
    scene.place(0.0)
    if clouds is None:
        clouds = puffs(weather, actors, 0.0, seed, index)
    scan = Lidar(model, MOUNT, seed, weather).scan(scene, rigid(), 5, index, clouds)
    return scan.xyz.astype(float) + MOUNT[:3, 3], scan.intensity


def wall(x):
    return Actor("wall", kinds()["wall"], Pose(x, 0.0))


def on_the_ground(points):
    return np.abs(points[:, 2]) < 0.02


def of_the_air(points, actors=()):
    """Which points are neither ground nor on an actor's outline, with 0.1 m to spare."""
    free = ~on_the_ground(points)
    for actor in actors:
        half = (actor.kind.length / 2 + 0.1, actor.kind.width / 2 + 0.1)
        inside = np.abs(points[:, :2] - (actor.start.x, actor.start.y)) < half
        free &= ~inside.all(axis=1)
    return free


def test_extinction_is_that_of_the_formulas():
    db_km = 4.342944819 * 1000.0
    assert Weather(fog=100.0).fog_extinction == pytest.approx(0.02996, abs=1e-5)
    assert Weather(rain=25.0).particle_extinction * db_km == pytest.approx(9.30, abs=0.01)
    assert Weather(snow=2.0).particle_extinction * db_km == pytest.approx(14.43, abs=0.01)
    assert CLEAR.fog_extinction == CLEAR.fog_reflectivity == CLEAR.particle_extinction == 0.0


@pytest.mark.parametrize("weather", [Weather(fog=80.0), Weather(rain=100.0), Weather(snow=5.0)])
def test_a_wall_is_dimmed_by_twice_the_optical_depth(weather):
    points, intensity = look(weather, [wall(15.0)])
    face = ~on_the_ground(points) & (np.abs(points[:, 0] - 14.85) < 1e-3)
    assert face.sum() > 200
    away = points[face] - MOUNT[:3, 3]
    reach = np.linalg.norm(away, axis=1)
    brick = REFLECTIVITIES[Material.BRICK] * (away[:, 0] / reach) ** 0.25  # Minnaert
    alpha = weather.fog_extinction + weather.particle_extinction
    assert intensity[face] == pytest.approx(brick * np.exp(-2.0 * alpha * reach), rel=1e-3)


def test_thicker_fog_ends_the_view_nearer_and_returns_more_itself():
    farthest, airy = [], []
    for visibility in (math.inf, 400.0, 150.0, 50.0):
        points, _ = look(Weather(fog=visibility))
        ground = on_the_ground(points)
        farthest.append(np.hypot(*points[ground, :2].T).max())
        airy.append((~ground).sum())
    assert farthest == sorted(farthest, reverse=True)
    assert farthest[-1] < 30.0 < 50.0 < farthest[0]
    assert airy == sorted(airy)
    assert airy[0] == 0 < 1000 < airy[-1]


def test_in_fog_a_car_is_seen_less_far():
    """In 50 m of visibility lidars of this kind lose a car beyond about 25 m."""

    def hits(x):
        car = Actor("car", kinds()["car"], Pose(x, 0.0))
        points, _ = look(Weather(fog=50.0), [car])
        return int((~of_the_air(points, [car]) & ~on_the_ground(points)).sum())

    assert hits(14.0) > 200
    assert hits(32.0) == 0


@pytest.mark.parametrize("weather", [Weather(fog=60.0), Weather(rain=60.0), Weather(snow=6.0)])
def test_returns_from_the_air_are_weak_near_and_scattered(weather):
    points, intensity = look(weather)
    air = of_the_air(points)
    assert air.sum() > 300
    reach = np.linalg.norm(points[air] - MOUNT[:3, 3], axis=1)
    assert np.percentile(reach, 95) < 25.0
    assert np.percentile(intensity[air], 90) < 0.12
    assert np.median(np.abs(np.diff(reach))) > 0.5


def test_the_thinnest_fog_changes_next_to_nothing():
    clear, thin = look(CLEAR, [wall(15.0)]), look(Weather(fog=1e30), [wall(15.0)])
    # At the end of the range chance decides, and the last digit of what is left of the light.
    assert len(thin[0]) == pytest.approx(len(clear[0]), abs=10)
    rows = {tuple(row) for row in clear[0].tolist()}
    assert sum(tuple(row) not in rows for row in thin[0].tolist()) < 10


SPECKLED = Weather(dirt=(Dirt(-20.0, 9.0, 0.5),))


@pytest.mark.parametrize(
    "weather", [Weather(fog=60.0), Weather(snow=5.0), Weather(spray=1.0), SPECKLED]
)
def test_the_same_seed_and_index_give_the_same_bytes(weather):
    lead = Actor("lead", kinds()["car"], Pose(18.0, 0.0), SpeedProfile(20.0))
    first, again = look(weather, [lead]), look(weather, [lead])
    assert first[0].tobytes() == again[0].tobytes()
    assert first[1].tobytes() == again[1].tobytes()
    assert look(weather, [lead], seed=2)[0].tobytes() != first[0].tobytes()


def test_spray_is_behind_what_moves_fast_enough():
    def airy(speed, amount=1.0):
        lead = Actor("lead", kinds()["car"], Pose(25.0, 0.0), SpeedProfile(speed))
        points, _ = look(Weather(spray=amount), [lead])
        return points[of_the_air(points, [lead])]

    assert len(airy(3.0)) == len(airy(20.0, 0.0)) == 0
    some, much = airy(22.0, 0.3), airy(22.0)
    assert 10 < len(some) < len(much)
    assert much[:, 0].max() < 25.0
    assert np.abs(much[:, 1]).max() < 4.0


def test_dust_hides_what_is_behind_it():
    dust = Weather(dust=Dust(12.0, 0.0, 3.0, visibility=3.0))
    points, _ = look(dust, [wall(25.0)])
    clear, _ = look(CLEAR, [wall(25.0)])
    on_wall, on_wall_clear = (
        (np.abs(p[:, 0] - 24.85) < 1e-2) & (np.abs(p[:, 1]) < 2.0) & (p[:, 2] > 0.3)
        for p in (points, clear)
    )
    assert on_wall.sum() < 0.5 * on_wall_clear.sum()
    air = points[of_the_air(points, [wall(25.0)])]
    assert len(air) > 50
    assert np.hypot(air[:, 0] - 12.0, air[:, 1]).max() < 4.0


def bearings(points):
    return np.degrees(np.arctan2(points[:, 1], points[:, 0] - 1.0))


def test_a_blocked_window_returns_nothing_there_and_all_elsewhere():
    clear, dirty = look(CLEAR)[0], look(Weather(dirt=(Dirt(20.1, 45.1),)))[0]
    inside = (bearings(clear) > 20.1) & (bearings(clear) < 45.1)
    assert inside.sum() > 1000
    # At the end of the range chance decides, and the last digit of what is left of the light.
    assert len(dirty) == pytest.approx(len(clear) - inside.sum(), abs=10)
    assert not ((bearings(dirty) > 20.1) & (bearings(dirty) < 45.1)).any()


def test_speckled_dirt_takes_its_share_of_the_rays_and_always_the_same():
    patch = Weather(dirt=(Dirt(-30.0, 30.0, blocked=0.6),))
    clear = (np.abs(bearings(look(CLEAR)[0])) < 30.0).sum()
    first, later = (look(patch, index=k)[0] for k in (0, 9))
    assert (np.abs(bearings(first)) < 30.0).sum() / clear == pytest.approx(0.4, abs=0.03)
    either = len(rays_of(first) | rays_of(later)) / len(rays_of(look(CLEAR)[0]))
    assert either == pytest.approx(0.4, abs=0.05)  # 0.64 if other rays were blocked each time


def rays_of(points):
    """The directions of the rays ahead that returned."""
    ahead = points[np.abs(bearings(points)) < 30.0] - MOUNT[:3, 3]
    return {tuple(ray) for ray in (ahead / np.linalg.norm(ahead, axis=1)[:, None]).round(3)}


def test_a_film_on_the_window_shortens_the_view_by_its_transmission():
    far = replace(QUIET, elevations=np.radians(np.linspace(-10.0, -1.0, 400)), columns=90)
    clear, _ = look(CLEAR, model=far)
    dim, intensity = look(Weather(dirt=(Dirt(-180.0, 180.0, 0.0, 0.5),)), model=far)
    ends = [np.linalg.norm(p - MOUNT[:3, 3], axis=1).max() for p in (clear, dim)]
    asphalt = far.range_at_10_percent * math.sqrt(1.2)
    assert ends[1] < 0.55 * ends[0]
    on_road = np.abs(dim[:, 1]) < 1.5
    reach = np.linalg.norm(dim[on_road] - MOUNT[:3, 3], axis=1)
    assert np.percentile(reach, 95) < asphalt / 2  # half of what returns from there is detected
    assert intensity.max() <= 0.25 * REFLECTIVITIES.max()


SCENARIO = """\
about: A test.
ego: {speed_kmh: 30}
actors:
  target: {kind: car, ahead: 30, speed_kmh: 80}
weather: {rain: 20, spray: 0.5, dust: {ahead: 20, radius: 4}, dirt: [{from_deg: 20, to_deg: 45}]}
"""


def build(tmp_path, text):
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    return load_scenario(str(file)).build({}, 1, VehicleParams())[0]


def test_a_scenario_s_weather_reaches_the_lidar(tmp_path):
    world = build(tmp_path, SCENARIO)
    assert world.weather.dirt == (Dirt(20.0, 45.0),)
    assert world.weather.dust == Dust(VehicleParams().front + 24.0, 0.0, 4.0, 5.0)
    sensors = SensorParams(lidar=LidarMount(model="vlp16"))
    points = []
    for one in (world, replace(world, weather=CLEAR)):
        simulation = Simulation(one, sensors, 1)
        while (scan := simulation.step().scan) is None:
            pass
        points.append(scan.xyz)
    seen = np.degrees(np.arctan2(points[0][:, 1], points[0][:, 0]))
    assert not ((seen > 20.1) & (seen < 44.9)).any()
    assert len(points[0]) != len(points[1])


@pytest.mark.parametrize(
    "change, words",
    [
        (("rain: 20", "rain: wet"), ["weather.rain", "must be a number"]),
        (("rain: 20", "hail: 20"), ["weather.hail", "not a known field"]),
        (("spray: 0.5", "spray: 5"), ["weather.spray", "out of range"]),
        (("to_deg: 45", "to_deg: 5"), ["weather.dirt[0].to_deg", "greater than from_deg"]),
        (("from_deg: 20, ", ""), ["weather.dirt[0].from_deg", "is missing"]),
        (("ahead: 20,", "ahed: 20,"), ["weather.dust", "missing"]),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_field(tmp_path, change, words):
    with pytest.raises(ScenarioError) as caught:
        build(tmp_path, SCENARIO.replace(*change))
    assert "mine.yaml:5: " in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_without_weather_there_are_no_puffs():
    lead = Actor("lead", kinds()["car"], Pose(25.0, 0.0), SpeedProfile(20.0))
    assert puffs(CLEAR, [lead], 0.0, 1, 0).shape == NO_PUFFS.shape
