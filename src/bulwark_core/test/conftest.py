# SPDX-License-Identifier: Apache-2.0
"""Lets the tests, and the processes that they start, import what they share beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
