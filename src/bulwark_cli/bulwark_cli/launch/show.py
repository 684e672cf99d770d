# SPDX-License-Identifier: Apache-2.0
"""What a launch file takes and what it would start, for people and as JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from bulwark_cli.launch.actions import DeclareArgument
from bulwark_cli.launch.arguments import declared_arguments
from bulwark_cli.launch.parse import parse_file
from bulwark_cli.launch.resolve import resolve_file
from bulwark_cli.launch.spec import File, Inline, NodeSpec, ParameterSource, environment_changes


def show_arguments(path: Path) -> int:
    """Print every argument with its default and description."""
    console = Console(highlight=False, soft_wrap=True)
    arguments = declared_arguments(parse_file(path), dict(os.environ))
    console.print(f"{path.name} takes {len(arguments)} arguments, given as name:=value")
    for argument in arguments.values():
        console.print(Text.assemble("\n  ", (argument.name, "bold"), _default(argument)))
        if argument.description:
            console.print(Text(f"      {argument.description}"))
        if argument.choices:
            console.print(Text(f"      one of: {', '.join(argument.choices)}"))
    return 0


def show_nodes(path: Path, arguments: Mapping[str, str], as_json: bool) -> int:
    """Print the nodes that would be started; nothing is."""
    nodes = resolve_file(path, arguments).nodes
    if as_json:
        document = {"file": str(path), "nodes": [node.as_json() for node in nodes]}
        click.echo(json.dumps(document, indent=2))
        return 0
    console = Console(highlight=False, soft_wrap=True)
    for node in nodes:
        title = node.full_name or node.name or node.executable
        console.print(Text.assemble((title, "bold"), f"  {node.package}/{node.executable}"))
        for line in _details(node):
            console.print(Text(f"    {line}"))
    return 0


def _default(argument: DeclareArgument) -> str:
    if argument.default is None:
        return "  (required)"
    return f"  (default: {argument.default})" if str(argument.default) else "  (default: empty)"


def _details(node: NodeSpec) -> Iterator[str]:
    yield f"from       {node.source}"
    for source in node.parameters:
        yield from (f"parameter  {text}" for text in _parameter(source))
    for name, target in node.remaps:
        yield f"remap      {name} -> {target}"
    if node.words or node.ros_words:
        yield f"arguments  {' '.join([*node.words, *node.ros_words])}"
    for name, value in environment_changes(node.environment).items():
        yield f"environment  {name}={value}" if value is not None else f"environment  no {name}"


def _parameter(source: ParameterSource) -> list[str]:
    if isinstance(source, File):
        return [f"file {source.path}"]
    if isinstance(source, Inline):
        return [f"{name} = {value!r}" for name, value in source.values.items()]
    return [f"{source.name} = {source.value!r}"]
