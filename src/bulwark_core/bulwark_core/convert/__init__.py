# SPDX-License-Identifier: Apache-2.0
"""ROS messages to NumPy and plain data, and back: the only place that knows their fields."""
