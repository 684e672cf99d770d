# SPDX-License-Identifier: Apache-2.0
"""Glare, blur and cover: told where they are, and nowhere else."""

from functools import cache

import cv2
import numpy as np
import pytest

from bulwark_camera.params import SightParams
from bulwark_camera.sharpness import sharpness
from bulwark_camera.sight import SightMonitor

MS = 1_000_000
HEIGHT, WIDTH = 240, 400
PARAMS = SightParams(covered_way=20.0)


@cache
def wall():
    blocks = np.random.default_rng(0).integers(40, 200, (15, 200), dtype=np.uint8)
    return np.kron(blocks, np.ones((12, 16), np.uint8))[: HEIGHT - 60]


@cache
def road(k):
    """A textured wall that goes by to the left, 20 pixels a picture, below a clear sky."""
    picture = np.full((HEIGHT, WIDTH), 200, np.uint8)
    picture[60:] = wall()[:, 20 * k % 2000 : 20 * k % 2000 + WIDTH]
    picture += np.random.default_rng(k).integers(0, 3, picture.shape, dtype=np.uint8)
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)


def covered(picture):
    """Dirt over a quarter of the road on the right; it is out of focus and has its own noise."""
    left, right = WIDTH * 5 // 8, WIDTH * 7 // 8
    mud = np.linspace(60, 90, right - left).astype(np.uint8)[:, None]
    noise = np.random.default_rng(int(picture.sum())).integers(0, 3, (HEIGHT // 2, 1, 1))
    dirty = picture.copy()
    dirty[HEIGHT // 2 :, left:right] = mud + noise.astype(np.uint8)
    return dirty


def white(picture, share=0.4):
    blinded = picture.copy()
    blinded[HEIGHT // 4 :, : int(WIDTH * share)] = 255
    return blinded


def blurred(picture):
    return cv2.GaussianBlur(picture, (0, 0), 4.0)


def watch(pictures, step_m=1.0, step_ms=200):
    monitor = SightMonitor(PARAMS)
    return [
        "; ".join(monitor.check(picture, k * step_ms * MS, k * step_m).doubts)
        for k, picture in enumerate(pictures)
    ]


def test_a_clear_road_leaves_no_doubt():
    assert set(watch(road(k) for k in range(50))) == {""}


def test_glare_is_named_once_it_lasts():
    said = watch([road(0), white(road(1)), road(2)] + [white(road(k)) for k in range(3, 8)])
    assert said[:4] == [""] * 4
    assert "blinded by light" in said[6]
    assert "white" in said[7]


def test_glare_that_is_small_is_none():
    assert set(watch(white(road(k), share=0.1) for k in range(10))) == {""}


def test_blur_is_named_once_it_lasts_and_ends():
    said = watch([blurred(road(k)) for k in range(10)] + [road(10)])
    assert said[:5] == [""] * 5
    assert all("blurred" in words for words in said[6:10])
    assert said[10] == ""


@pytest.mark.parametrize("sigma, is_sharp", [(0.0, True), (3.0, False), (6.0, False)])
@pytest.mark.parametrize("noise", [0.0, 3.0])
@pytest.mark.parametrize("gain", [0.3, 1.0])
def test_sharpness_knows_blur_whatever_noise_and_contrast(sigma, is_sharp, noise, gain):
    picture = road(0)[..., 0] * gain
    if sigma:
        picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    picture = picture + np.random.default_rng(1).normal(0.0, noise, picture.shape)
    value = sharpness(np.clip(picture, 0, 255).astype(np.uint8))
    assert (value > 0.12) if is_sharp else (value < 0.06)


def test_a_picture_without_edges_has_no_sharpness():
    assert sharpness(np.full((192, 300), 90, np.uint8)) == 0.0


def test_a_covered_part_is_named_with_its_side_and_clears():
    pictures = [covered(road(k)) for k in range(30)] + [road(k) for k in range(30, 36)]
    said = watch(pictures)
    assert said[10] == ""  # only a part of the way
    assert "covered on the right" in said[29]
    assert said[35] == ""


def test_standing_still_nothing_is_covered():
    assert set(watch((covered(road(0)) for _ in range(50)), step_m=0.0)) == {""}


def test_by_night_an_unlit_road_is_not_covered():
    def night(k):
        dark = road(k) // 10
        dark[60:120] = road(k)[60:120]  # lit houses
        return dark

    assert set(watch(night(k) for k in range(50))) == {""}


def test_the_own_bonnet_is_left_out():
    def with_bonnet(k):
        picture = road(k)
        picture[200:] = 70
        return picture

    monitor = SightMonitor(SightParams(covered_way=20.0, hood=0.2))
    said = [monitor.check(with_bonnet(k), k * 200 * MS, float(k)).doubts for k in range(50)]
    assert set(said) == {()}


def test_a_changed_size_starts_again():
    monitor = SightMonitor(PARAMS)
    for k in range(50):
        picture = covered(road(k))
        assert not monitor.check(picture[:, : WIDTH - 8 * (k % 2)], k * 200 * MS, 2.0 * k).doubts
