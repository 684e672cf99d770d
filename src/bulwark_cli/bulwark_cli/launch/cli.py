# SPDX-License-Identifier: Apache-2.0
"""`bulwark launch`: the command line."""

from __future__ import annotations

import click

from bulwark_cli.launch.arguments import split_arguments
from bulwark_cli.launch.files import find_launch_file

_EPILOG = """\b
Examples:
  bulwark launch stack                          the five nodes of the stack
  bulwark launch stack --show-args              what can be set
  bulwark launch stack device:=cpu log_level:=debug
  bulwark launch replay --print                 what would be started
  bulwark launch lidar_perception params_file:=my.param.yaml
  bulwark launch path/to/my.launch.xml

\b
Exit codes: 0 all nodes ended politely (Ctrl-C included), 1 a node died, 2 the file or an argument
is wrong. Tags and differences from ros2 launch: docs/launch.md
"""


@click.command(epilog=_EPILOG)
@click.argument("file")
@click.argument("arguments", nargs=-1, metavar="[NAME:=VALUE]...")
@click.option("-s", "--show-args", is_flag=True, help="Show the arguments that FILE takes.")
@click.option("-p", "--print", "show", is_flag=True, help="Show what would be started.")
@click.option("--json", "as_json", is_flag=True, help="Show what would be started, as JSON.")
def launch(
    file: str, arguments: tuple[str, ...], show_args: bool, show: bool, as_json: bool
) -> int:
    """Start the nodes of a ROS 2 launch file, each as its own process.

    FILE is a path, or the name of a launch file that is installed with the stack. It is an XML
    launch file as `ros2 launch` takes it.
    """
    path = find_launch_file(file)
    given = split_arguments(arguments)
    if show_args:
        from bulwark_cli.launch.show import show_arguments

        return show_arguments(path)
    if show or as_json:
        from bulwark_cli.launch.show import show_nodes

        return show_nodes(path, given, as_json)
    from bulwark_cli.launch.run import run

    return run(path, given)
