# SPDX-License-Identifier: Apache-2.0
"""What is held out is never trained on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulwark_training.palette import Palette, recoloured
from bulwark_training.split import Split
from bulwark_world.materials import Material
from bulwark_world.mesh import box


@given(st.integers(0, 2**31), st.sampled_from(Split))
def test_hues_and_suns_are_of_one_split_only(seed, split):
    rng = split.rng(seed, 0)
    other = Split.HELD_OUT if split is Split.TRAIN else Split.TRAIN
    hue, sun = split.hue(rng), split.sun_elevation(rng)
    assert split.owns_hue(hue)
    assert not other.owns_hue(hue)
    assert split.owns_sun(sun)
    assert not other.owns_sun(sun)


def test_same_seed_draws_other_numbers_in_the_other_split():
    draws = [split.rng(1, 0).random() for split in Split]
    assert draws[0] != draws[1]
    assert Split.TRAIN.rng(1, 0).random() == draws[0]


def test_some_places_are_held_out():
    assert set(Split.HELD_OUT.places) - set(Split.TRAIN.places) == {
        "construction", "town", "gate", "roundabout",
    }  # fmt: skip


def test_a_palette_keeps_the_materials_and_adds_colours():
    palette = Palette(np.random.default_rng(1), Split.TRAIN)
    index = palette.add((1.0, 2.0, 300.0))
    assert index == len(Material)
    assert palette.colours[index] == pytest.approx((3.0, 3.0, 255.0))
    mesh = recoloured(box(1.0, 1.0, 0.0, 1.0, Material.BRICK), {Material.BRICK: index})
    assert set(mesh.materials) == {index}


def test_a_palette_has_an_end():
    palette = Palette(np.random.default_rng(1), Split.TRAIN)
    assert max(palette.any() for _ in range(400)) < 255
