# SPDX-License-Identifier: Apache-2.0
"""`bulwark detect`: what a detector finds in pictures and bags."""
