# SPDX-License-Identifier: Apache-2.0
"""The `bulwark` console command."""
