# SPDX-License-Identifier: Apache-2.0
"""Lidar perception: points to ground, clusters, boxes and tracks, without any learned part."""
