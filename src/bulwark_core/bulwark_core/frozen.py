# SPDX-License-Identifier: Apache-2.0
"""Frozen dataclasses changed fifty times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:  # so that names and types of the fields are checked as ever
    from dataclasses import replace as replace
else:

    def replace(instance: T, /, **changes: Any) -> T:
        """As `dataclasses.replace`, for classes without `__post_init__` and slots.

        It takes a fifth of the time, since it neither looks the fields up nor runs `__init__`.
        A name that is no field is not noticed here, but by the type checker.
        """
        other = object.__new__(type(instance))
        other.__dict__.update(instance.__dict__, **changes)
        return other
