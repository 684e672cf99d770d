# SPDX-License-Identifier: Apache-2.0
"""The planner: follows the route behind what is ahead."""
