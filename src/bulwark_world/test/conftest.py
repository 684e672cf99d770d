# SPDX-License-Identifier: Apache-2.0
"""Lets the tests import what they share beside them, and the replay's tests' browser."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "bulwark_replay" / "test"))
