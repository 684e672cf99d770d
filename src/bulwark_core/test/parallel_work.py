# SPDX-License-Identifier: Apache-2.0
"""Work that other processes can import."""

import os


def halve(item):
    if item == "die":
        os._exit(9)
    return 100 / item


def failed(item, why):
    return f"{item}: {why}"


def code():
    return "the same"


def own_process(_item):
    return str(os.getpid())


def own_process_state():
    return str(os.getpid())
