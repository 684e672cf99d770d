# SPDX-License-Identifier: Apache-2.0
"""One HTML page for a suite: verdicts, heat maps, distributions, and the runs that were kept.

`keep` chooses the runs, `packed` makes each small, `page` writes the page.
"""
