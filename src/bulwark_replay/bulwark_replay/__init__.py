# SPDX-License-Identifier: Apache-2.0
"""Recorded drives through the stack, offline and always with the same result, and reports."""
