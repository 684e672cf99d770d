# SPDX-License-Identifier: Apache-2.0
"""Pictures with rare classes are shown more often, as in LVIS (Gupta et al., CVPR 2019)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bulwark_training.crops import asked_for
from bulwark_training.labels import Labels

_COMMON = 0.5
"""A class in this share of the pictures or more is shown no more often than it comes."""


def repeat_factors(labels: Sequence[Labels]) -> npt.NDArray[np.float64]:
    """How often to show each picture in a round (N,), 1 or more: as its rarest class asks for."""
    present = [np.unique(asked_for(one).classes) for one in labels]
    present = [classes[classes >= 0] for classes in present]
    counts = np.bincount(np.concatenate([*present, np.empty(0, np.int64)]))
    share = np.maximum(counts, 1) / max(len(labels), 1)
    of_class = np.maximum(1.0, np.sqrt(_COMMON / share))
    return np.array([of_class[classes].max(initial=1.0) for classes in present])


def round_of(factors: npt.NDArray[np.float64], rng: np.random.Generator) -> list[int]:
    """The pictures' numbers in the order of one round; broken factors are rounded by chance."""
    times = np.floor(factors + rng.random(len(factors))).astype(int)
    return [int(k) for k in rng.permutation(np.repeat(np.arange(len(factors)), times))]
