# SPDX-License-Identifier: Apache-2.0
"""`bulwark demo`: all nodes, each its own process, drive in the built-in world over DDS."""
