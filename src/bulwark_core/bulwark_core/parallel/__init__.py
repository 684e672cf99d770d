# SPDX-License-Identifier: Apache-2.0
"""The same work on many items, over processes or a cluster; the results do not depend on which."""
