# SPDX-License-Identifier: Apache-2.0
"""A scenario for other simulators: OpenDRIVE 1.5 and OpenSCENARIO 1.2, by scenariogeneration.

Covered: the way as lines, arcs and spirals, lanes and their markings, heights along the way, what
stands there as objects, the own vehicle's start, actors with their motion, weather, the end.
Not covered: crossing roads and lanes that merge, meshes without an actor (walls of tunnels,
bridges, curtains), humps narrower than the ground, the test robot's speeds and drivers' tables,
lidar's dirt, dust and spray, what is expected, and import.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from bulwark_core.errors import ScenarioError
from bulwark_world.world import World

AUTHOR = "Bulwark"


def library(part: str) -> Any:
    """`xodr` or `xosc` of scenariogeneration. Raises ScenarioError where it is not installed."""
    try:
        return import_module(f"scenariogeneration.{part}")
    except ImportError as error:
        raise ScenarioError(
            f"the export needs scenariogeneration: pip install scenariogeneration ({error})"
        ) from error


def export(world: World, name: str, folder: Path) -> tuple[Path, Path]:
    """Write NAME.xodr and NAME.xosc into a folder, and return them. Raises ScenarioError."""
    from bulwark_world.open_drive import road_network
    from bulwark_world.open_scenario import storyline

    road, story = folder / f"{name}.xodr", folder / f"{name}.xosc"
    network, scenario = road_network(world, name), storyline(world, name, road.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        network.write_xml(str(road))
        scenario.write_xml(str(story))
    except OSError as error:
        raise ScenarioError(f"{folder} cannot be written: {error.strerror}") from error
    return road, story
