# SPDX-License-Identifier: Apache-2.0
"""Names of the constants in bulwark_msgs, as results and reports show them."""

from __future__ import annotations

from typing import Any

from bulwark_core.objects import ObjectClass
from bulwark_msgs.msg import AebState


def _constants(message: Any, prefix: str, without: str = "-") -> dict[int, str]:
    """Value -> name without its prefix."""
    names = [n for n in dir(message) if n.startswith(prefix) and not n.startswith(without)]
    return {getattr(message, name): name[len(prefix) :] for name in names}


_STATES = _constants(AebState, "STATE_")
_REASONS = _constants(AebState, "REASON_")
_STAGES = _constants(AebState, "STAGE_", without="STAGE_REASON_")
_STAGE_REASONS = _constants(AebState, "STAGE_REASON_")


def state_name(value: int) -> str:
    return _STATES.get(value, str(value))


def reason_name(value: int) -> str:
    return _REASONS.get(value, str(value))


def stage_name(value: int) -> str:
    return _STAGES.get(value, str(value))


def stage_reason_name(value: int) -> str:
    return _STAGE_REASONS.get(value, str(value))


def class_name(object_class: ObjectClass) -> str:
    """For machines, such as `water_barrier`; people read it without the underscore."""
    return object_class.name.lower()
