# SPDX-License-Identifier: Apache-2.0
"""What was seen in a picture, for tables, drawings and JSON."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bulwark_camera.letterbox import Picture, size_of
from bulwark_core.objects import ObjectClass


@dataclass(frozen=True)
class SeenObject:
    """A box: x_min, y_min, x_max, y_max [px].

    id: from picture to picture, None for single pictures. range_m, range_std_m: None where no
    place is known.
    """

    object_class: ObjectClass
    score: float
    box: tuple[float, float, float, float]
    id: int | None = None
    range_m: float | None = None
    range_std_m: float | None = None

    @property
    def words(self) -> str:
        """Class, score and range."""
        at = "" if self.range_m is None else f" {self.range_m:.1f} m"
        return f"{self.object_class.name.lower().replace('_', ' ')} {self.score:.2f}{at}"

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        values = {
            "class": self.object_class.name,
            "score": round(self.score, 4),
            "box": [round(edge, 2) for edge in self.box],
            "id": self.id,
            "range_m": None if self.range_m is None else round(self.range_m, 3),
            "range_std_m": None if self.range_std_m is None else round(self.range_std_m, 3),
        }
        return {key: value for key, value in values.items() if value is not None}


@dataclass(frozen=True)
class Seen:
    """A picture (H, W, 3) BGR with its objects, or why it could not be looked at.

    picture: None where it could not even be read. name: of the file, or number in the bag.
    size: (height, width) [px].
    """

    name: str
    picture: Picture | None
    objects: list[SeenObject] = field(default_factory=list)
    problem: str = ""
    size: tuple[int, int] = (0, 0)

    def only(self, classes: frozenset[ObjectClass]) -> Seen:
        """With objects of these classes alone; of all where none is given."""
        kept = [one for one in self.objects if not classes or one.object_class in classes]
        return replace(self, objects=kept)

    def without_picture(self) -> Seen:
        """For the record of many pictures."""
        return replace(self, picture=None)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "name": self.name,
            "height": self.size[0],
            "width": self.size[1],
            "problem": self.problem,
            "objects": [one.as_dict() for one in self.objects],
        }


def see(
    name: str, picture: Picture | None, objects: list[SeenObject] | None = None, problem: str = ""
) -> Seen:
    """What was seen, with the picture's size."""
    size = (0, 0) if picture is None else size_of(picture)
    return Seen(name, picture, objects or [], problem, size)
