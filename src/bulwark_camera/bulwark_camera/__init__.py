# SPDX-License-Identifier: Apache-2.0
"""Camera perception: boxes in the picture, with class and place on the ground."""
