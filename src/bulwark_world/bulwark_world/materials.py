# SPDX-License-Identifier: Apache-2.0
"""What surfaces look like to a camera and to a lidar."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Material(IntEnum):
    """Index of a surface in the tables below."""

    ASPHALT = 0
    MARKING = 1
    GRASS = 2
    CONCRETE = 3
    PAINT_WHITE = 4
    PAINT_RED = 5
    PAINT_BLUE = 6
    PAINT_SILVER = 7
    GLASS = 8
    RUBBER = 9
    CLOTH_DARK = 10
    CLOTH_BRIGHT = 11
    SKIN = 12
    PLASTIC_RED = 13
    PLASTIC_WHITE = 14
    PLASTIC_YELLOW = 15
    METAL = 16
    BRICK = 17
    FOLIAGE = 18
    LAMP_RED = 19
    LAMP_WHITE = 20


_TABLE = {  # BGR colour, reflectivity for 905 nm
    Material.ASPHALT: ((92, 90, 88), 0.25),
    Material.MARKING: ((225, 228, 230), 0.60),
    Material.GRASS: ((60, 110, 80), 0.35),
    Material.CONCRETE: ((165, 170, 172), 0.30),
    Material.PAINT_WHITE: ((222, 224, 225), 0.70),
    Material.PAINT_RED: ((45, 40, 165), 0.45),
    Material.PAINT_BLUE: ((140, 75, 35), 0.35),
    Material.PAINT_SILVER: ((170, 172, 175), 0.55),
    Material.GLASS: ((70, 55, 45), 0.05),
    Material.RUBBER: ((38, 36, 35), 0.06),
    Material.CLOTH_DARK: ((75, 50, 40), 0.25),
    Material.CLOTH_BRIGHT: ((60, 150, 210), 0.45),
    Material.SKIN: ((140, 165, 205), 0.50),
    Material.PLASTIC_RED: ((40, 45, 200), 0.40),
    Material.PLASTIC_WHITE: ((230, 232, 232), 0.65),
    Material.PLASTIC_YELLOW: ((40, 190, 235), 0.55),
    Material.METAL: ((145, 148, 150), 0.40),
    Material.BRICK: ((75, 95, 150), 0.35),
    Material.FOLIAGE: ((55, 95, 60), 0.40),
    Material.LAMP_RED: ((40, 30, 190), 0.80),
    Material.LAMP_WHITE: ((235, 240, 245), 0.80),
}

COLOURS = np.array([_TABLE[material][0] for material in Material], dtype=np.float32)
"""(M, 3) BGR, 0..255."""
REFLECTIVITIES = np.array([_TABLE[material][1] for material in Material], dtype=np.float32)
"""(M,) share of the light that comes back diffusely."""


_GLOSS = {
    Material.PAINT_WHITE: 0.45, Material.PAINT_RED: 0.45, Material.PAINT_BLUE: 0.45,
    Material.PAINT_SILVER: 0.45, Material.GLASS: 0.9, Material.METAL: 0.2,
}  # fmt: skip
GLOSS = np.array([_GLOSS.get(material, 0.0) for material in Material], dtype=np.float32)
"""(M,) 0 rough, 1 a mirror: how much a lidar's light goes elsewhere where it is not faced.

Car paint by what real scans miss on cars (`bulwark evaluate world-lidar`).
"""
