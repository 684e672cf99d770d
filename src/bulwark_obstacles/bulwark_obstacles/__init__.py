# SPDX-License-Identifier: Apache-2.0
"""Standing obstacles: what they are, and where they still are once the lidar cannot see them."""
