# SPDX-License-Identifier: Apache-2.0
"""How far the camera is pitched against the road, from objects whose range is known.

A braking car dives, a hump or a crest tilts it, and a mounting is never quite what it was measured
to be. All of it moves the feet of objects in the picture up or down alike.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bulwark_camera.detections import FloatArray
from bulwark_camera.params import PitchParams

_GATE = 4.0  # standard deviations from which a sample is no pitch but a wrong pair
_AGREE = 2.0  # standard deviations within which objects agree with the median of all
_LEAST_STD = 0.002  # of a picture's samples together [rad]: their errors are not independent


class PitchFilter:
    """One angle [rad], nose down positive: usually near 0, back to it without measurements.

    An Ornstein-Uhlenbeck process with the deviation `usual_std`, followed by a Kalman filter. So
    the standard deviation is never more than the usual one, and grows back to it by itself.
    """

    def __init__(self, params: PitchParams, usual_std: float) -> None:
        self._params, self._usual_std = params, usual_std
        self.reset()

    def reset(self) -> None:
        """Forget all measurements."""
        self._angle, self._variance = 0.0, self._usual_std**2
        self._stamp_ns: int | None = None

    @property
    def angle(self) -> float:
        """The pitch at the last stamp [rad]."""
        return self._angle

    @property
    def std(self) -> float:
        """One standard deviation of it [rad], but at least half the usual one.

        The road is not the same plane everywhere.
        """
        return max(math.sqrt(self._variance), 0.5 * self._usual_std)

    def predict(self, stamp_ns: int) -> None:
        """Go on to the time of a picture; one that is older starts anew."""
        last, self._stamp_ns = self._stamp_ns, stamp_ns
        if last is None or stamp_ns < last:
            self._angle, self._variance = 0.0, self._usual_std**2
            return
        kept = math.exp(-(stamp_ns - last) / 1e9 / self._params.settle)
        self._angle *= kept
        self._variance = kept**2 * self._variance + (1.0 - kept**2) * self._usual_std**2

    def update(self, angles: FloatArray, stds: FloatArray) -> int:
        """Take in what the objects of a picture tell (N,) [rad]; how many of them were believed."""
        near = self._near(angles, stds)
        if not near.any():
            self._allow_jump(angles, stds)
            near = self._near(angles, stds)
        count = int(near.sum())
        if count == 0:
            return 0
        weights = stds[near] ** -2.0
        sample = float((weights * angles[near]).sum() / weights.sum())
        noise = max(1.0 / float(weights.sum()), _LEAST_STD**2)
        gain = self._variance / (self._variance + noise)
        limit = self._params.limit
        self._angle = max(-limit, min(limit, self._angle + gain * (sample - self._angle)))
        self._variance *= 1.0 - gain
        return count

    def _near(self, angles: FloatArray, stds: FloatArray) -> npt.NDArray[np.bool_]:
        spread = np.sqrt(self._variance + stds**2)
        return np.asarray(np.abs(angles - self._angle) <= _GATE * spread)

    def _allow_jump(self, angles: FloatArray, stds: FloatArray) -> None:
        """Believe in a hump where most of at least two objects agree on it; one may be wrong."""
        if len(angles) < 2:
            return
        middle = float(np.median(angles))
        agree = np.abs(angles - middle) <= _AGREE * stds
        if agree.sum() >= 2 and agree.mean() > 0.5:
            self._variance = max(self._variance, (middle - self._angle) ** 2)
