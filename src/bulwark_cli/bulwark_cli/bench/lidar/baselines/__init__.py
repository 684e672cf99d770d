# SPDX-License-Identifier: Apache-2.0
"""What a user would pick instead of the chain, each in a file of its own."""
