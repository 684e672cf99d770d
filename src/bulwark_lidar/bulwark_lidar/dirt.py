# SPDX-License-Identifier: Apache-2.0
"""Dirt on the sensor's window: a sector that returns much less than it used to, wherever one is.

Three things together tell it from a change of the scene. Only beams are counted that point down
and so cannot miss the road (`sectors.py`). The other sectors still return what they did, which a
wet road does not leave so. And it lasts over a way, whereas a puddle or a black car is passed.
"""

from __future__ import annotations

import numpy as np

from bulwark_lidar.cloud import SECTORS, FloatArray, IntArray
from bulwark_lidar.params import PlausibilityParams
from bulwark_lidar.sectors import BoolArray

_GAIN = 0.1  # of the smoothing over scans
_LEARN_SCANS = 20
_FORGET = 1.0 / 20_000  # share of what is usual that is forgotten each scan: half an hour
_FEWEST = 20.0  # returns of a sector that is judged


class DirtWatch:
    """Learns what each sector returns and notices where it is much less for a long way."""

    def __init__(self, params: PlausibilityParams) -> None:
        self._params = params
        self._scans = 0
        self._returns: FloatArray = np.zeros(SECTORS)
        self._usual: FloatArray = np.zeros(SECTORS)
        self._way: FloatArray = np.zeros(SECTORS)

    def update(self, returns: IntArray, way: float) -> None:
        """Take in the steep returns (SECTORS,) of a scan, `way` [m] after the last one."""
        self._scans += 1
        gain = max(_GAIN, 1.0 / self._scans)
        self._returns += gain * (returns - self._returns)
        if self._scans >= _LEARN_SCANS:
            self._usual = np.maximum(self._usual * (1.0 - _FORGET), self._returns)
        few = self.share < self._params.min_return_share
        self._way = np.where(few, self._way + way, 0.0)

    @property
    def share(self) -> FloatArray:
        """Returns of each sector against its usual ones and the other sectors': (SECTORS,).

        1 where nothing is known.
        """
        known = self._usual >= _FEWEST
        if not known.any():
            return np.ones(SECTORS)
        share = np.where(known, self._returns / np.maximum(self._usual, _FEWEST), 1.0)
        typical = float(np.median(share[known]))
        return np.where(known, share / max(typical, 1e-3), 1.0)

    @property
    def dirty(self) -> BoolArray:
        """Which sectors have returned too little over the whole of a long way."""
        return np.asarray(self._way > self._params.dirty_way)
