# SPDX-License-Identifier: Apache-2.0
"""The world that the stack drives in: vehicle, road, actors, sensors, scenarios and the runner."""
