# SPDX-License-Identifier: Apache-2.0
"""ROS node names and namespaces, by the rules of the ROS 2 design article on names."""

from __future__ import annotations

import re

_TOKEN = r"[A-Za-z_][A-Za-z0-9_]*"
_NODE_NAME = re.compile(_TOKEN)
_NAMESPACE = re.compile(rf"/|(?:/{_TOKEN})+")


def node_name(name: str) -> str:
    """The name, if a node can have it; ValueError otherwise."""
    if not _NODE_NAME.fullmatch(name):
        raise ValueError(f"'{name}' is no node name: letters, digits and _, no digit first")
    return name


def namespace(base: str | None, name: str | None) -> str | None:
    """The absolute namespace of `name` under `base`; None if neither is given.

    ValueError if the result is no namespace.
    """
    if name is None:
        return base
    joined = name if name.startswith("/") or not base else f"{base.rstrip('/')}/{name}"
    absolute = "/" + joined.strip("/")
    if not _NAMESPACE.fullmatch(absolute):
        raise ValueError(f"'{absolute}' is no namespace: /names/of/letters, digits and _")
    return absolute
