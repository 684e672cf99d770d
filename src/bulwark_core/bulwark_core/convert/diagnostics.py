# SPDX-License-Identifier: Apache-2.0
"""Health to diagnostic_msgs/DiagnosticArray."""

from __future__ import annotations

from collections.abc import Iterable

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue

from bulwark_core.convert.stamps import make_header
from bulwark_core.health import Status


def make_diagnostics(
    node: str, statuses: Iterable[Status], ns: int, hardware_id: str = "bulwark"
) -> DiagnosticArray:
    """One DiagnosticStatus a task, named `node: task`."""
    return DiagnosticArray(
        header=make_header(ns, ""),
        status=[
            DiagnosticStatus(
                level=bytes([int(status.level)]),
                name=f"{node}: {status.task}",
                message=status.message,
                hardware_id=hardware_id,
                values=[KeyValue(key=key, value=value) for key, value in status.values.items()],
            )
            for status in statuses
        ],
    )
