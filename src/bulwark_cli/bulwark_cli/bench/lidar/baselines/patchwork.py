# SPDX-License-Identifier: Apache-2.0
"""Patchwork++: ground removal alone (S. Lee et al., IROS 2022), by the authors' Python package."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from bulwark_cli.bench.lidar.baselines.base import (
    Answer,
    Baseline,
    BaselineMissingError,
    Given,
    Run,
)


def start() -> Run:
    """Load it."""
    try:
        import pypatchworkpp
    except ImportError:
        raise BaselineMissingError("not installed: pip install pypatchworkpp") from None

    @lru_cache(maxsize=1)
    def made_for(height: float) -> Any:
        parameters = pypatchworkpp.Parameters()
        parameters.sensor_height = height
        parameters.enable_RNR = False  # wants intensities, which the chain does not get either
        parameters.verbose = False
        with _silent():
            return pypatchworkpp.patchworkpp(parameters)

    def run(given: Given) -> Answer:
        patchwork = made_for(given.height)
        patchwork.estimateGround(given.xyz)
        labels = np.full(len(given.xyz), -1, np.int32)
        labels[patchwork.getGroundIndices()] = 0
        return Answer(given.xyz, labels, in_base_link=False)

    return run


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """It greets on the standard output whatever it is told, past Python's own."""
    sys.stdout.flush()
    before = os.dup(1)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.close(nowhere)
        yield
    finally:
        os.dup2(before, 1)
        os.close(before)


PATCHWORK = Baseline(
    "pypatchworkpp_ground",
    "Patchwork++",
    "ground removal alone; its defaults, with the sensor's height",
    clusters=False,
    every=1,
    start=start,
)
