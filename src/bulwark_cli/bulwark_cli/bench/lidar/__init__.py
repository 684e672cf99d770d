# SPDX-License-Identifier: Apache-2.0
"""`bulwark bench lidar`: the lidar chain beside other libraries, on the same clouds and core."""
