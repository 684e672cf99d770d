# SPDX-License-Identifier: Apache-2.0
"""From the text of an attribute to a value: YAML 1.1 rules, as launch and launch_ros apply them.

`1` is an integer, `1.0` a float, `true`, `on` and `yes` are booleans, `[1, 2]` is a list; what is
nothing else is a string. Lists are of one type and not empty, as ROS parameters want it.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import yaml

Scalar: TypeAlias = bool | int | float | str
ParameterValue: TypeAlias = Scalar | list[bool] | list[int] | list[float] | list[str]

SCALARS: dict[str, type] = {"bool": bool, "int": int, "float": float, "str": str}
LISTS: dict[str, str] = {f"list_of_{name}": name for name in SCALARS}
TYPE_NAMES = (*SCALARS, *LISTS, "yaml")


def coerce(text: str, type_name: str = "yaml") -> ParameterValue:
    """The value that a text stands for; ValueError where it is not of the type."""
    if type_name == "str":
        return text
    if type_name in ("int", "float"):
        return _number(text, type_name)
    if type_name == "bool":
        return to_bool(text)
    return check(load_yaml(text), type_name)


def to_bool(text: str) -> bool:
    """A truth value as launch reads it: YAML booleans, and 1 and 0."""
    value = {"1": True, "0": False}.get(text)
    if value is None:
        value = load_yaml(text)
    if not isinstance(value, bool):
        raise ValueError(f"'{text}' is neither true nor false")
    return value


def load_yaml(text: str) -> Any:
    """What YAML makes of the text; an empty text stays one."""
    if not text:
        return text
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        raise ValueError(f"'{text}' is not valid YAML; type=\"str\" keeps it as it is") from None


def check(value: Any, type_name: str) -> ParameterValue:
    """The value, if it can be a parameter of the type; ValueError otherwise."""
    if isinstance(value, list):
        _check_list(value, LISTS.get(type_name, type_name))
    elif type_name in LISTS or type(value) not in SCALARS.values():
        raise ValueError(f"{value!r} is not a {_words(type_name)}")
    elif type_name != "yaml" and type(value) is not SCALARS[type_name]:
        raise ValueError(f"{value!r} is not of type {type_name}")
    return value  # type: ignore[no-any-return]


def _check_list(items: list[Any], item_type: str) -> None:
    if not items:
        raise ValueError("an empty list has no type, which a ROS parameter needs")
    kinds = {type(item) for item in items}
    if len(kinds) > 1 or not kinds <= set(SCALARS.values()):
        raise ValueError(f"the items of {items} are not all of one type")
    if item_type != "yaml" and kinds != {SCALARS[item_type]}:
        raise ValueError(f"the items of {items} are not all of type {item_type}")


def _number(text: str, type_name: str) -> int | float:
    try:
        return int(text) if type_name == "int" else float(text)
    except ValueError:
        raise ValueError(f"'{text}' is not a number of type {type_name}") from None


def _words(type_name: str) -> str:
    if type_name in LISTS:
        return f"list of {LISTS[type_name]}"
    return "boolean, number, string or list of these"
