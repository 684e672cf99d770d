# SPDX-License-Identifier: Apache-2.0
"""The aeb_supervisor node."""

from __future__ import annotations

from bulwark_aeb.component import AebSupervisor
from bulwark_aeb.params import AebParams
from bulwark_core.node import run


def main() -> None:
    run(AebSupervisor, AebParams)
