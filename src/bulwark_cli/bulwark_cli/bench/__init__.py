# SPDX-License-Identifier: Apache-2.0
"""`bulwark bench`: figures beside what a user would pick instead, from the same run."""
