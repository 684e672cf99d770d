# SPDX-License-Identifier: Apache-2.0
"""The message definitions of this workspace, for writing bags and for checking those of a bag."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from bulwark_core.errors import BagError

if TYPE_CHECKING:
    from rosbags.typesys.store import Typestore

PACKAGE = "bulwark_msgs"


@lru_cache(maxsize=1)
def typestore() -> Typestore:
    """The types of ROS 2 Jazzy and of bulwark_msgs; BagError where the latter are not installed."""
    store = get_typestore(Stores.ROS2_JAZZY)
    types = {}
    for file in sorted(_message_folder().glob("*.msg")):
        types.update(get_types_from_msg(file.read_text(), f"{PACKAGE}/msg/{file.stem}"))
    store.register(types)
    return store


def foreign_fields(definition: str, type_name: str) -> str:
    """How a definition in a bag differs from the one here, in words; empty where it does not.

    definition: as recorders write it, with the definitions of nested types behind it. A type that
    is not known here, or a definition that cannot be parsed, is not compared.
    """
    known = typestore().fielddefs
    try:
        recorded = get_types_from_msg(definition, type_name)
    except Exception:  # noqa: BLE001 - the parser lets anything through on foreign text
        return ""
    for name, (_, fields) in recorded.items():
        if name in known and list(fields) != list(known[name][1]):
            theirs, ours = {f[0] for f in fields}, {f[0] for f in known[name][1]}
            odd = ", ".join(sorted(theirs ^ ours)) or "types or order of fields"
            return f"recorded with another definition of {name} ({odd})"
    return ""


def _message_folder() -> Path:
    for prefix in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep):
        folder = Path(prefix) / "share" / PACKAGE / "msg"
        if prefix and folder.is_dir():
            return folder
    raise BagError(f"the messages of {PACKAGE} are not installed: build and source the workspace")


def normal_form(type_name: str, cdr: bytes) -> bytes:
    """The same message with zeros between its fields, where serialisers leave what was there.

    So equal messages have equal bytes. A type that is not known here stays as it is.
    """
    store = typestore()
    if type_name not in store.fielddefs:
        return cdr
    return bytes(store.serialize_cdr(store.deserialize_cdr(cdr, type_name), type_name))
