# SPDX-License-Identifier: Apache-2.0
"""Types of parameter values. The expected ones were had from launch_ros 0.26.6 of ROS 2 Jazzy."""

from pathlib import Path

import pytest

from bulwark_cli.launch.scope import Position, Scope
from bulwark_cli.launch.values import evaluate_value, parse_value

VARIABLES = {"i": "3", "f": "2.5", "b": "true", "s": "word", "l": "[1, 2]", "e": "", "q": "'1'"}


def value_of(text, type_name="yaml"):
    scope = Scope(Position(Path("/x")), dict(VARIABLES), {})
    return evaluate_value(parse_value(text, type_name), scope)


@pytest.mark.parametrize(
    "text, value",
    [
        ("1", 1),
        ("1.0", 1.0),
        ("1e3", "1e3"),
        ("1.0e+3", 1000.0),
        ("0x10", 16),
        ("010", 8),
        ("true", True),
        ("on", True),
        ("no", False),
        ("text here", "text here"),
        ("'1'", "1"),
        ("", ""),
        ("@foo", "@foo"),
        ("[1, 2]", [1, 2]),
        ("[a, 'b']", ["a", "b"]),
        ("$(var i)", 3),
        ("$(var f)", 2.5),
        ("$(var b)", True),
        ("$(var s)", "word"),
        ("$(var l)", [1, 2]),
        ("$(var e)", ""),
        ("$(var q)", "1"),
        ("'$(var i)'", 3),
        ("$(var i).$(var i)", 3.3),
        ("[$(var i), 2]", [3, 2]),
        ("[a, $(var s)]", ["a", "word"]),
        (r"\$(var i)", "$(var i)"),
    ],
)
def test_without_a_type_yaml_decides(text, value):
    result = value_of(text)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "text, type_name, value",
    [
        ("1", "str", "1"),
        ("$(var i)", "str", "3"),
        ("$(var e)", "str", ""),
        ("1", "float", 1.0),
        ("$(var i)", "float", 3.0),
        ("1", "bool", True),
        ("0", "bool", False),
        ("$(var b)", "bool", True),
        ("[1.5, $(var i)]", "list_of_float", [1.5, 3.0]),
        ("[1, $(var i)]", "list_of_str", None),
        ("[a, $(var i)]", "list_of_str", ["a", "3"]),
        ("[true, $(var b)]", "list_of_bool", [True, True]),
    ],
)
def test_a_type_is_kept(text, type_name, value):
    if value is None:
        with pytest.raises(ValueError, match="not all of"):
            value_of(text, type_name)
        return
    result = value_of(text, type_name)
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    "text, type_name",
    [
        ("null", "yaml"),
        ("2024-01-01", "yaml"),
        ("{a: 1}", "yaml"),
        ("[1, a]", "yaml"),
        ("[1, 2.0]", "yaml"),
        ("[[1]]", "yaml"),
        ("[]", "yaml"),
        ("[$(var i), $(var f)]", "yaml"),
        ("a", "int"),
        ("1.0", "int"),
        ("true", "int"),
        ("$(var f)", "int"),
        ("$(var s)", "float"),
        ("2", "bool"),
        ("$(var s)", "bool"),
        ("[true]", "bool"),
        ("[1, 2]", "list_of_float"),
        ("$(var l)", "list_of_int"),
        ("1", "list_of_int"),
    ],
)
def test_refuses_what_is_no_parameter(text, type_name):
    with pytest.raises(ValueError, match=r"."):
        value_of(text, type_name)
