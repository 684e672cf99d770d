# SPDX-License-Identifier: Apache-2.0
"""From XML to actions. What is not understood is an error with file and line, never skipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bulwark_cli.launch import actions as a
from bulwark_cli.launch.parse_node import parse_node
from bulwark_cli.launch.substitutions import unescape
from bulwark_cli.launch.tag import Tag
from bulwark_cli.launch.xml import Element, read_xml
from bulwark_core.errors import LaunchError


@dataclass(frozen=True)
class LaunchFile:
    """A launch file that was read."""

    path: Path
    actions: tuple[a.Action, ...]


def parse_file(path: Path) -> LaunchFile:
    """Read a launch file; LaunchError with file and line where it is wrong."""
    if path.suffix in (".py", ".yaml", ".yml"):
        raise LaunchError(f"{path}: only XML launch files are supported; others need ros2 launch")
    root = read_xml(path)
    if root.tag != "launch":
        root.at.fail(f"the outermost tag is <{root.tag}>, not <launch>")
    Tag(root, "version", " ".join(child.tag for child in root.children))
    return LaunchFile(path, tuple(parse_action(child) for child in root.children))


def parse_action(element: Element) -> a.Action:
    """One tag of a `<launch>` or `<group>`."""
    parser = _PARSERS.get(element.tag)
    if parser is None:
        element.at.fail(f"<{element.tag}> is not supported; supported: {', '.join(_PARSERS)}")
    return parser(element)


def _condition(tag: Tag) -> a.Condition | None:
    if tag.has("if") and tag.has("unless"):
        tag.at.fail("'if' and 'unless' exclude each other")
    for name, wanted in (("if", True), ("unless", False)):
        if tag.has(name):
            return a.Condition(tag.template(name), wanted)
    return None


def _node(element: Element) -> a.Action:
    return parse_node(element, _condition)


def _arg(element: Element) -> a.Action:
    tag = Tag(element, "name default description if unless", "choice")
    choices = tuple(
        unescape(Tag(choice, "value").text("value")) for choice in tag.children("choice")
    )
    return a.DeclareArgument(
        tag.at,
        _condition(tag),
        unescape(tag.text("name")),
        tag.optional("default"),
        unescape(tag.text("description", "")),
        choices,
    )


def _let(element: Element) -> a.Action:
    tag = Tag(element, "name value if unless")
    return a.Let(tag.at, _condition(tag), tag.template("name"), tag.template("value"))


def _set_env(element: Element) -> a.Action:
    tag = Tag(element, "name value if unless")
    return a.SetEnv(tag.at, _condition(tag), tag.template("name"), tag.template("value"))


def _unset_env(element: Element) -> a.Action:
    tag = Tag(element, "name if unless")
    return a.UnsetEnv(tag.at, _condition(tag), tag.template("name"))


def _set_parameter(element: Element) -> a.Action:
    tag = Tag(element, "name value if unless")
    return a.SetParameter(tag.at, _condition(tag), tag.template("name"), tag.template("value"))


def _set_remap(element: Element) -> a.Action:
    tag = Tag(element, "from to if unless")
    return a.SetRemap(tag.at, _condition(tag), tag.template("from"), tag.template("to"))


def _push_namespace(element: Element) -> a.Action:
    tag = Tag(element, "namespace if unless")
    return a.PushNamespace(tag.at, _condition(tag), tag.template("namespace"))


def _log(element: Element) -> a.Action:
    tag = Tag(element, "message if unless")
    return a.Log(tag.at, _condition(tag), tag.template("message"))


def _include(element: Element) -> a.Action:
    tag = Tag(element, "file if unless", "arg")
    pairs = [Tag(child, "name value") for child in tag.children("arg")]
    arguments = tuple((pair.template("name"), pair.template("value")) for pair in pairs)
    return a.Include(tag.at, _condition(tag), tag.template("file"), arguments)


def _group(element: Element) -> a.Action:
    tag = Tag(element, "scoped if unless", " ".join(_PARSERS))
    actions = tuple(parse_action(child) for child in element.children)
    return a.Group(tag.at, _condition(tag), actions, tag.flag("scoped", True))


_PARSERS: dict[str, Callable[[Element], a.Action]] = {
    "arg": _arg,
    "let": _let,
    "node": _node,
    "include": _include,
    "group": _group,
    "set_env": _set_env,
    "unset_env": _unset_env,
    "set_parameter": _set_parameter,
    "set_remap": _set_remap,
    "push_ros_namespace": _push_namespace,
    "push-ros-namespace": _push_namespace,
    "log": _log,
}
