# SPDX-License-Identifier: Apache-2.0
"""Whether PyTorch is there, which only training needs."""

from __future__ import annotations

import importlib.util

from bulwark_core.errors import BulwarkError


def require_torch() -> None:
    """Raises BulwarkError where it is not."""
    if importlib.util.find_spec("torch") is None:
        raise BulwarkError(
            "training needs PyTorch, which is not installed; `./run train` installs it, or: "
            "python -m pip install --requirement requirements/training.in"
        )
