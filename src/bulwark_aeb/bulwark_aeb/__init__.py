# SPDX-License-Identifier: Apache-2.0
"""The AEB safety supervisor: judges every object on the swept path, brakes late, gates commands."""
