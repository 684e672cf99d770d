# SPDX-License-Identifier: Apache-2.0
"""The scene that sensors cast rays into: a place, what stands there, and actors.

All triangles are one Embree scene that is built again when an actor has moved. For some thousand
triangles that costs about 1 ms, less than casting every ray a second time into a scene of its own
for what moves (3 to 6 ms a scan). The ground is the plane z = 0, cut exactly; surfaces that rise or
fall are triangles, and a place leaves holes in the plane where they lead down. What stands on them
stands upright.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bulwark_world.actors import Actor, Thing
from bulwark_world.kernels import cut_ground
from bulwark_world.materials import Material
from bulwark_world.mesh import Mesh, merge
from bulwark_world.motion import Pose
from bulwark_world.place import Place
from bulwark_world.surroundings import Surroundings

Float32Array = npt.NDArray[np.float32]

NOTHING = 255
"""The material of a ray that met nothing."""
_GROUND = (int(Material.ASPHALT), int(Material.MARKING), int(Material.GRASS))


@dataclass(frozen=True)
class Hits:
    """What rays met, one row a ray.

    distance: along the ray [m], inf for nothing. material: index, NOTHING for nothing.
    normals: (N, 3) unit vectors in the world frame, towards either side. triangle: number in the
    scene, `kernels.NO_TRIANGLE` for the ground plane and nothing.
    """

    distance: Float32Array
    material: npt.NDArray[np.uint8]
    normals: Float32Array
    triangle: npt.NDArray[np.uint32]


_RAYS_AT_ONCE = 40_000
"""About two milliseconds."""


class Scene:
    """Triangles in the world frame and the rays cast into them; `threads`: 0 for all cores.

    reach: what stands farther off is left out [m]; then all that stands is counted to the place.
    """

    def __init__(
        self,
        place: Place,
        furniture: Sequence[Actor],
        actors: Sequence[Actor],
        threads: int = 1,
        reach: float = math.inf,
    ) -> None:
        stand = [actor for actor in actors if actor.stands] if math.isfinite(reach) else []
        self._actors = [actor for actor in actors if not actor.stands] if stand else actors
        self._threads = threads
        self._surface = place.surface
        fixed = [self._placed(actor, actor.start) for actor in [*furniture, *stand]]
        self._static = Surroundings(merge([place.mesh(), *fixed]), reach)
        self._ground = place.ground()
        self._poses: list[Pose] | None = None

    def place(
        self,
        time_s: float,
        agents: Sequence[Thing] = (),
        around: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Move the actors, and the agents that are there, to where they are at this time.

        around: the middle of what is looked at, x and y [m].
        """
        actors = (*self._actors, *agents)
        poses = [actor.pose(time_s) for actor in actors]
        is_new = self._static.move(around)
        if poses == self._poses and not is_new:
            return
        self._poses = poses
        moving = [self._placed(*pair) for pair in zip(actors, poses, strict=True)]
        whole = merge([self._static.mesh, *moving])
        self._moving = moving
        self._materials = whole.materials
        self._embree = _embree(whole, self._threads)

    def owners(self, hits: Hits) -> npt.NDArray[np.int64]:
        """Which of the actors and agents was met by each ray (N,), in the order in which they were
        given; -1 for the place, furniture, the ground and nothing.
        """
        counts = [len(mesh.triangles) for mesh in self._moving]
        total = len(self._materials)
        numbers = np.arange(-1, len(counts))
        of_triangle = np.append(np.repeat(numbers, [total - sum(counts), *counts]), -1)
        return np.asarray(of_triangle[np.minimum(hits.triangle, total)])

    def would_meet(self, owner: int, rays: Float32Array) -> npt.NDArray[np.bool_]:
        """Whether rays (N, 6) would meet this one if nothing else were there (N,)."""
        alone = _embree(self._moving[owner], self._threads)
        return np.asarray(alone.test_occlusions(_tensor(rays), nthreads=self._threads).numpy())

    def _placed(self, actor: Thing, pose: Pose) -> Mesh:
        z = self._surface.height(pose.x, pose.y) if self._surface else 0.0
        return actor.kind.mesh.moved(pose.x, pose.y, z, pose.yaw)

    def cast(self, rays: Float32Array) -> Hits:
        """Cast rays (N, 6): origin and unit direction in the world frame."""
        # Open3D keeps the interpreter while it casts: in parts, so that commands are taken between.
        parts = [
            self._embree.cast_rays(_tensor(part), nthreads=self._threads)
            for part in np.array_split(rays, max(1, len(rays) // _RAYS_AT_ONCE))
        ]
        distance, normals, triangle = (
            np.concatenate([part[name].numpy() for part in parts])
            for name in ("t_hit", "primitive_normals", "primitive_ids")
        )
        ground = self._ground
        material = cut_ground(
            rays, distance, normals, triangle, self._materials,
            ground.lines, ground.paved, ground.holes, _GROUND,
        )  # fmt: skip
        return Hits(distance, material, normals, triangle)

    def is_hidden(self, rays: Float32Array) -> npt.NDArray[np.bool_]:
        """Whether rays (N, 6) meet any triangle (N,); the ground plane does not count."""
        hidden = self._embree.test_occlusions(_tensor(rays), nthreads=self._threads)
        return np.asarray(hidden.numpy())


def _embree(mesh: Mesh, threads: int) -> Any:
    import open3d as o3d  # takes more than a second, which runs without ray casting need not wait

    scene = o3d.t.geometry.RaycastingScene(nthreads=threads)
    if len(mesh.triangles):
        scene.add_triangles(_tensor(mesh.vertices), _tensor(mesh.triangles))
    return scene


def _tensor(values: npt.NDArray[Any]) -> Any:
    """The array's memory as Open3D takes it."""
    from open3d.core import Tensor

    return Tensor.from_numpy(values)
