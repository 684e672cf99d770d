# SPDX-License-Identifier: Apache-2.0
"""Whether the supervisor answered a fault as it must, and in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bulwark_world.faults import Fault
from bulwark_world.recording import REASONS, STATES, AebView, Recording

_STEP = 0.021
"""Between two rows of a recording, and a little [s]."""


def fault_in_words(faults: Sequence[Fault], recording: Recording) -> str:
    """What was wrong and what the supervisor said, for the run's record."""
    what, effect_s = "; ".join(str(fault) for fault in faults), recording.fault_effect_s
    if effect_s is None:
        return f"{what}: did not come about"
    before = _view_at(recording, effect_s)
    for row, view in zip(recording.rows, recording.aeb, strict=True):
        told = set(view.state_reasons) - set(before.state_reasons)
        if row.t >= effect_s and told:
            reasons = ", ".join(REASONS[reason] for reason in sorted(told))
            return f"{what}: {STATES[view.state]} ({reasons}) after {row.t - effect_s:.2f} s"
    return f"{what}: stayed {STATES[before.state]}"


def fault_failures(faults: Sequence[Fault], recording: Recording) -> list[str]:
    """What was not as the faults ask for, in words."""
    if faults and recording.fault_effect_s is None:
        return ["the fault did not come about"]
    return [text for fault in faults for text in _failures(fault, recording) if text]


def _failures(fault: Fault, recording: Recording) -> Iterator[str]:
    if fault.state:
        state = STATES.index(fault.state)
        yield _missing(f"not {fault.state}", fault, recording, lambda view: view.state == state)
    if fault.reason:
        reason = REASONS.index(fault.reason)
        yield _missing(
            f"not told as {fault.reason}",
            fault,
            recording,
            lambda view: reason in view.state_reasons,
        )
    if fault.takeover:
        yield _missing("no takeover request", fault, recording, lambda view: view.takeover_request)

    yield _too_hard(fault, recording)


def _too_hard(fault: Fault, recording: Recording) -> str:
    effect_s = recording.fault_effect_s or 0.0
    hardest = max((row.brake_request for row in recording.rows if row.t >= effect_s), default=0.0)
    if hardest <= fault.most_decel:
        return ""
    return f"braking with {hardest:.1f} m/s2 after {fault}, more than {fault.most_decel:g}"


def _missing(
    what: str, fault: Fault, recording: Recording, holds: Callable[[AebView], bool]
) -> str:
    """Empty where it holds at some time within the fault's limit."""
    effect_s = recording.fault_effect_s
    assert effect_s is not None
    for row, view in zip(recording.rows, recording.aeb, strict=True):
        if effect_s <= row.t <= effect_s + fault.within + _STEP and holds(view):
            return ""
    return f"{what} within {fault.within:g} s of {fault}"


def _view_at(recording: Recording, time_s: float) -> AebView:
    """What the supervisor said last before this time."""
    last = recording.aeb[0]
    for row, view in zip(recording.rows, recording.aeb, strict=True):
        if row.t >= time_s:
            break
        last = view
    return last
