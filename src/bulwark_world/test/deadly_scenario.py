# SPDX-License-Identifier: Apache-2.0
"""A scenario whose process dies, as one does that runs out of memory."""

import os
from dataclasses import dataclass

from bulwark_world.scenario import Scenario


@dataclass(frozen=True)
class DeadlyScenario(Scenario):
    def build(self, given, seed, body):
        os._exit(9)
