# SPDX-License-Identifier: Apache-2.0
"""The tag `<node>` with its parameters, remaps and environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bulwark_cli.launch import actions as a
from bulwark_cli.launch.coerce import TYPE_NAMES
from bulwark_cli.launch.substitutions import Template, parse_template
from bulwark_cli.launch.tag import Tag
from bulwark_cli.launch.values import ValueTemplate, parse_value
from bulwark_cli.launch.words import split_words
from bulwark_cli.launch.xml import Element

OUTPUTS = ("screen", "log", "both")
_ATTRIBUTES = """pkg exec name namespace exec_name args ros_args output respawn respawn_delay
    respawn_max_retries on_exit cwd launch-prefix sigterm_timeout sigkill_timeout if unless"""


def parse_node(element: Element, condition: Callable[[Tag], a.Condition | None]) -> a.Node:
    """Read a `<node>`; LaunchError with file and line where it is wrong."""
    tag = Tag(element, _ATTRIBUTES, "param remap env")
    return a.Node(
        at=tag.at,
        condition=condition(tag),
        package=tag.template("pkg"),
        executable=tag.template("exec"),
        name=tag.optional("name"),
        label=tag.optional("exec_name"),
        namespace=tag.optional("namespace"),
        parameters=tuple(_parameters(child) for child in tag.children("param")),
        remaps=tuple(_pair(child, "from", "to") for child in tag.children("remap")),
        words=tag.read("args", split_words, tag.text("args", "")),
        ros_words=tag.read("ros_args", split_words, tag.text("ros_args", "")),
        environment=tuple(_pair(child, "name", "value") for child in tag.children("env")),
        folder=tag.optional("cwd"),
        prefix=tag.optional("launch-prefix"),
        output=tag.template("output", "log"),
        respawn=tag.optional("respawn"),
        respawn_delay_s=_seconds(tag, "respawn_delay", 0.0),
        respawn_max=tag.number("respawn_max_retries", -1, int),
        sigterm_after_s=_seconds(tag, "sigterm_timeout", 5.0),
        sigkill_after_s=_seconds(tag, "sigkill_timeout", 5.0),
        shutdown_on_exit=_shutdown_on_exit(tag),
    )


def _pair(element: Element, first: str, second: str) -> tuple[Template, Template]:
    tag = Tag(element, f"{first} {second}")
    return tag.template(first), tag.template(second)


def _seconds(tag: Tag, name: str, default: float) -> float:
    seconds = tag.number(name, default, float)
    if not seconds >= 0.0:
        tag.at.fail(f"{name} = {seconds} must not be negative")
    return seconds


def _shutdown_on_exit(tag: Tag) -> bool:
    if tag.has("on_exit") and tag.text("on_exit") != "shutdown":
        tag.at.fail(f"on_exit = '{tag.text('on_exit')}' is not supported; supported: shutdown")
    return tag.has("on_exit")


def _parameters(element: Element) -> a.InlineParameters | a.ParameterFile:
    tag = Tag(element, "name value type from", "param")
    if not tag.has("from"):
        return a.InlineParameters(tag.at, tuple(_values(element, ())))
    if len(element.attributes) > 1 or element.children:
        tag.at.fail("<param from=...> takes nothing else")
    return a.ParameterFile(tag.at, tag.template("from"))


def _values(element: Element, above: tuple[str, ...]) -> Iterator[tuple[Template, ValueTemplate]]:
    """Names and values of a `<param name=...>`; nested ones are joined with dots."""
    tag = Tag(element, "name value type", "param")
    path = (*above, tag.text("name"))
    if tag.has("value") == bool(element.children) or (tag.has("type") and element.children):
        tag.at.fail("<param> needs either a value (and may have a type) or nested <param>s")
    for child in tag.children("param"):
        yield from _values(child, path)
    if tag.has("value"):
        type_name = tag.text("type", "yaml")
        if type_name not in TYPE_NAMES:
            tag.at.fail(f"type '{type_name}' is unknown; known: {', '.join(TYPE_NAMES)}")
        name = tag.read("name", parse_template, ".".join(path))
        yield name, tag.read("value", lambda text: parse_value(text, type_name), tag.text("value"))
