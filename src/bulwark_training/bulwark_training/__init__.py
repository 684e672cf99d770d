# SPDX-License-Identifier: Apache-2.0
"""Training of the camera detector on pictures of the world, from nothing."""
