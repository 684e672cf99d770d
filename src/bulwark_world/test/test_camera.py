# SPDX-License-Identifier: Apache-2.0
"""Pictures against the pinhole's formula."""

import math

import numpy as np
import pytest

from bulwark_core.geometry import invert, rigid
from bulwark_world.actors import Actor
from bulwark_world.camera import OPTICAL, Camera, Intrinsics, Moving
from bulwark_world.kinds import kinds
from bulwark_world.light import Light
from bulwark_world.materials import COLOURS
from bulwark_world.motion import Pose
from bulwark_world.params import ImagerParams
from bulwark_world.road import Road
from bulwark_world.scene import Scene
from bulwark_world.weather import Weather

MOUNT = rigid(1.7, 0.0, 1.35)
BARE = Road(kerbs=False, roadside=False)
INTRINSICS = Intrinsics.from_field_of_view(320, 200, 70.0)


STILL = ImagerParams(noise=0.0, vignetting=0.0)
NIGHT = Light(night=True)


def picture(*actors, road=BARE, seed=1, index=0, intrinsics=INTRINSICS, moving=None, **more):
    scene = Scene(road, [], actors)
    scene.place(0.0)
    camera = Camera(intrinsics, MOUNT, seed, **more)
    return camera.picture(scene, rigid(), index, moving or Moving())


def pixel(x, y, z):
    """Where a point of base_link is in the picture."""
    right, down, depth = (invert(MOUNT @ OPTICAL) @ (x, y, z, 1.0))[:3]
    cx, cy = INTRINSICS.centre
    return cx + INTRINSICS.focal * right / depth, cy + INTRINSICS.focal * down / depth


def test_the_field_of_view_is_as_asked_for():
    left, right = INTRINSICS.directions().reshape(200, 320, 3)[100, [0, -1]]
    inner = math.degrees(math.acos(float(left @ right)))
    assert inner == pytest.approx(70.0, abs=0.4)  # pixel centres lie half a pixel inside


def test_optical_frame_is_x_right_y_down_z_forward():
    assert OPTICAL[:3, 2] == pytest.approx([1.0, 0.0, 0.0])
    assert OPTICAL[:3, 0] == pytest.approx([0.0, -1.0, 0.0])
    assert OPTICAL[:3, 1] == pytest.approx([0.0, 0.0, -1.0])


def test_an_object_is_where_its_corners_project_to():
    empty = picture().astype(int)
    wall = Actor("wall", kinds()["wall"], Pose(15.0, 1.0))
    changed = np.abs(picture(wall).astype(int) - empty)[:, :, 2] > 40  # red bricks
    changed[:, : round(pixel(14.85, 5.0, 2.5)[0]) - 8] = False  # its shadow
    rows, columns = np.nonzero(changed)
    left, top = pixel(14.85, 5.0, 2.5)
    right, bottom = pixel(14.85, -3.0, 0.0)
    assert columns.min() == pytest.approx(left, abs=1.5)
    assert columns.max() == pytest.approx(right, abs=1.5)
    assert rows.min() == pytest.approx(top, abs=1.5)
    assert rows.max() == pytest.approx(bottom, abs=1.5)


def test_sky_is_above_the_horizon_and_ground_below():
    image = picture()
    horizon = int(INTRINSICS.centre[1])
    assert image[: horizon - 2].mean() > 150.0
    assert image[horizon + 10 :].mean() < 130.0


def test_lane_lines_are_painted_where_they_are():
    image = picture().astype(int)
    u, v = pixel(8.0, -1.75, 0.0)
    column = image[round(v), round(u) - 12 : round(u) + 13].sum(axis=1)
    assert np.flatnonzero(column > 500).mean() == pytest.approx(12.0, abs=1.0)
    assert column.max() > column[0] + 200


def test_the_same_seed_gives_the_same_picture():
    car = Actor("car", kinds()["car"], Pose(12.0, 0.0))
    assert picture(car).tobytes() == picture(car).tobytes()
    assert picture(car, seed=2).tobytes() != picture(car).tobytes()


def at(image, x, y, z):
    u, v = pixel(x, y, z)
    return image[round(v), round(u)].astype(float)


def test_the_sun_throws_a_shadow_on_the_side_away_from_it():
    sun = Light(sun_elevation=45.0, sun_azimuth=90.0)  # from the left: to the right
    pole = Actor("wall", kinds()["wall"], Pose(12.0, 4.0, math.pi / 2))
    lit = picture(pole, light=sun, imager=ImagerParams(noise=0.0, vignetting=0.0, shadows=False))
    dark = picture(pole, light=sun, imager=STILL)
    right, ahead = (12.0, 2.8, 0.0), (12.0, -3.0, 0.0)
    assert at(dark, *right).mean() < 0.75 * at(lit, *right).mean()
    assert at(dark, *ahead) == pytest.approx(at(lit, *ahead), abs=12.0)


def test_low_beam_lights_the_road_and_high_beam_what_stands_beyond():
    wall = Actor("wall", kinds()["wall"], Pose(40.0, 0.0))
    low = picture(wall, light=NIGHT, imager=STILL)
    high = picture(wall, light=Light(night=True, headlights="high"), imager=STILL)
    none = picture(wall, light=Light(night=True, headlights="none"), imager=STILL)
    assert at(low, 10.0, 0.0, 0.0).mean() > 2.0 * at(low, 39.8, 0.0, 1.6).mean()
    share = [at(i, 39.8, 0.0, 1.6).mean() / at(i, 10.0, 0.0, 0.0).mean() for i in (low, high)]
    assert share[1] > 3.0 * share[0]
    assert at(none, 10.0, 0.0, 0.0).mean() < 0.5 * at(low, 10.0, 0.0, 0.0).mean()


def test_tail_lamps_shine_at_night():
    car = Actor("car", kinds()["car"], Pose(15.0, 0.0))
    blue, green, red = at(
        picture(car, light=Light(night=True, headlights="none"), imager=STILL), 12.84, 0.65, 0.79
    )
    assert red > 100.0
    assert red > 1.5 * max(blue, green)


def test_the_dark_is_noisier_than_the_day():
    def spread(light):
        frames = [picture(index=i, light=light)[60:80, 100:220].astype(float) for i in range(2)]
        return float((frames[0] - frames[1]).std())

    assert spread(NIGHT) > 1.5 * spread(Light())


def test_fog_hides_what_is_far_and_not_what_is_near():
    near = Actor("near", kinds()["pillar"], Pose(6.0, 1.0))
    far = Actor("far", kinds()["pillar"], Pose(50.0, -1.0))
    contrast = {}
    for fog in (math.inf, 60.0):
        image = picture(near, far, weather=Weather(fog=fog), imager=STILL)
        contrast[fog] = [
            np.abs(at(image, x - 0.3, y, 2.6) - at(image, x - 0.3, y + 0.6, 2.6)).mean()
            for x, y in ((6.0, 1.0), (50.0, -1.0))
        ]
    assert contrast[60.0][1] < 0.3 * contrast[math.inf][1]
    assert contrast[60.0][0] > 0.3 * contrast[math.inf][0]


def test_rain_draws_streaks_and_snow_flakes():
    dry = picture(imager=STILL).astype(int)
    for weather in (Weather(rain=50.0), Weather(snow=5.0)):
        drops = picture(imager=STILL, weather=weather).astype(int)
        assert 0.001 < ((drops - dry).min(axis=2) > 8).mean() < 0.3


def test_motion_blurs_what_is_near_and_leaves_the_far_sharp():
    def sharpness(image, rows):
        return np.abs(np.diff(image[rows].astype(float), axis=0)).mean()

    imager = ImagerParams(noise=0.0, vignetting=0.0)
    still = picture(imager=imager, light=NIGHT)
    fast = picture(imager=imager, light=NIGHT, moving=Moving(speed=20.0))
    assert sharpness(fast, slice(150, 200)) < 0.8 * sharpness(still, slice(150, 200))
    sky = slice(0, 80)
    assert fast[sky].tobytes() == still[sky].tobytes()


def test_the_lens_darkens_the_corners():
    plain, dark = (picture(imager=ImagerParams(noise=0.0, vignetting=v)) for v in (0.0, 1.0))
    ratio = dark[2, 2].astype(float).mean() / plain[2, 2].mean()
    middle = dark[60, 160].astype(float).mean() / plain[60, 160].mean()
    assert ratio < 0.85 * middle


def test_distorted_rays_project_back_to_their_pixels():
    distorted = Intrinsics.from_field_of_view(320, 200, 70.0, k1=-0.25, k2=0.05)
    rays = distorted.directions().astype(float)
    x, y = rays[:, 0] / rays[:, 2], rays[:, 1] / rays[:, 2]
    r2 = x * x + y * y
    scale = 1.0 - 0.25 * r2 + 0.05 * r2**2
    u, v = np.meshgrid(np.arange(320), np.arange(200))
    (cx, cy), f = distorted.centre, distorted.focal
    assert f * x * scale + cx == pytest.approx(u.reshape(-1), abs=0.01)
    assert f * y * scale + cy == pytest.approx(v.reshape(-1), abs=0.01)


def test_pixels_know_whose_they_are():
    """A wall hides the lower part of a truck; what it would show alone is more."""
    actors = [
        Actor("truck", kinds()["truck"], Pose(20.0)),
        Actor("wall", kinds()["wall"], Pose(15.0)),
    ]
    scene = Scene(BARE, [], actors)
    scene.place(0.0)
    camera = Camera(INTRINSICS, MOUNT, 1)
    _, hits = camera.shot(scene, rigid(), 0)
    owner = scene.owners(hits).reshape(INTRINSICS.height, INTRINSICS.width)
    truck, wall = ((owner == k).sum() for k in (0, 1))
    assert owner[-1, 0] == owner[0, 0] == -1  # road and sky
    assert wall > truck > 0
    assert scene.would_meet(1, camera.rays(rigid())).sum() == wall
    assert scene.would_meet(0, camera.rays(rigid())).sum() > 1.5 * truck


def test_colours_can_be_others():
    blue = np.repeat(np.array([[200.0, 20.0, 20.0]], np.float32), len(COLOURS), axis=0)
    wall = Actor("wall", kinds()["wall"], Pose(10.0))
    middle = picture(wall, imager=STILL, colours=blue)[110:120, 150:170].mean(axis=(0, 1))
    assert middle[0] > 2.0 * middle[2]
