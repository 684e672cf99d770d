# SPDX-License-Identifier: Apache-2.0
"""Clips: the seconds around a moment, from a ring buffer to a regression case. No ROS in here."""
