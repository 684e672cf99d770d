# SPDX-License-Identifier: Apache-2.0
"""Faults as a scenario file has them."""

from __future__ import annotations

import math

from bulwark_world.fault_kinds import KINDS
from bulwark_world.faults import INPUTS, Fault
from bulwark_world.recording import REASONS
from bulwark_world.yaml_fields import Fields

_BRAKING = "braking"
_STATES = ("", "ready", "degraded", "unavailable")


def read_fault(fields: Fields) -> Fault:
    """One fault. Raises ScenarioError.

    when: `braking`, or `time` with `at_s`.
    """
    usual = Fault("lidar", "silent")
    when = fields.text("when", "time", choices=("time", _BRAKING))
    start = fields.number("at_s", usual.start, 0.0, 3600.0)
    fault = Fault(
        input=fields.text("input", choices=tuple(INPUTS)),
        kind=fields.text("kind", choices=tuple(KINDS)),
        start=math.nan if when == _BRAKING else start,
        end=fields.number("until_s", usual.end, 0.0),
        state=fields.text("state", usual.state, choices=_STATES),
        reason=fields.text("reason", usual.reason, choices=("", *REASONS)),
        takeover=fields.flag("takeover", usual.takeover),
        most_decel=fields.number("most_decel", usual.most_decel, 0.0),
        within=fields.number("within_s", usual.within, 0.0, 60.0),
    )
    fields.finish()
    return fault
