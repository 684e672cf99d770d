# SPDX-License-Identifier: Apache-2.0
"""Pictures from files or a bag, with what is seen in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bulwark_camera.component import CameraPerception
from bulwark_camera.detectors import Detectors
from bulwark_camera.params import CameraParams
from bulwark_cli.detect.bag_topics import find_camera
from bulwark_cli.detect.from_bag import BagWatch
from bulwark_cli.detect.from_files import find_pictures, look_at_all
from bulwark_cli.detect.seen import Seen
from bulwark_core.errors import ModelError
from bulwark_replay.bags import open_bag


@dataclass(frozen=True)
class Source:
    """Pictures as they are looked at, how many there will be, and who looks.

    without_range: why boxes have no range, by number of pictures; it fills as pictures come.
    """

    seen: Iterator[Seen]
    total: int
    detectors: Detectors
    without_range: Mapping[str, int] = field(default_factory=dict)


@contextmanager
def open_files(params: CameraParams, paths: Sequence[Path], every: int) -> Iterator[Source]:
    """Each `every`th of the pictures. Raises BulwarkError, ModelError or ParameterError."""
    files = find_pictures(paths)[::every]
    detectors = _working(Detectors(*params.detectors()))
    yield Source(look_at_all(files, detectors), len(files), detectors)


@contextmanager
def open_bag_source(
    params: CameraParams, path: Path, topic: str | None, every: int
) -> Iterator[Source]:
    """Each `every`th picture of a bag. Raises BagError, ModelError or ParameterError."""
    with open_bag(path) as bag:
        topics = find_camera(bag.topics, topic, str(path))
        component = CameraPerception(params)
        detectors = _working(component.detectors)
        watch = BagWatch(component)
        total = -(-topics.links[0].source.count // every)
        yield Source(watch.look(bag, topics, every), total, detectors, watch.without_range)


def _working(detectors: Detectors) -> Detectors:
    """A node lives on without its model and says so; a user who names one wants it to run."""
    for status in detectors.statuses():
        if status.level:
            raise ModelError(status.message)
    return detectors
