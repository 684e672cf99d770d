# SPDX-License-Identifier: Apache-2.0
"""The `bulwark` command: a group whose commands are imported when they are used."""

from __future__ import annotations

import difflib
import importlib
import os
import sys
from collections.abc import Sequence

import click

from bulwark_core.errors import BulwarkError

# Name: where its click command is, and what `bulwark --help` says of it.
COMMANDS: dict[str, tuple[str, str]] = {
    "demo": (
        "bulwark_cli.demo.cli:demo",
        "All nodes over DDS: the AEB stops for a standing car.",
    ),
    "launch": ("bulwark_cli.launch.cli:launch", "Start the nodes of a launch file."),
    "replay": ("bulwark_cli.replay:replay", "A recorded drive through the same nodes, offline."),
    "compare": (
        "bulwark_cli.compare:compare",
        "Two commits or parameter files on the same bags.",
    ),
    "clip": ("bulwark_cli.clip:clip", "Recorded moments: look, label, make tests of them."),
    "catalogue": ("bulwark_cli.catalogue:catalogue", "Ask what happened in a folder of bags."),
    "scenario": ("bulwark_cli.scenarios:scenario", "One scenario of the world, in lock step."),
    "scenarios": ("bulwark_cli.scenarios:scenarios", "A suite of scenarios, as a table."),
    "view": ("bulwark_cli.view:view", "A run as an MCAP for RViz and Foxglove."),
    "detect": ("bulwark_cli.detect.cli:detect", "What a detector finds in pictures or a bag."),
    "explain": ("bulwark_cli.explain:explain", "An intervention: what was seen and decided."),
    "bench": ("bulwark_cli.bench.cli:bench", "Measure, beside what you would use instead."),
    "evaluate": ("bulwark_cli.evaluate.cli:evaluate", "How right it is, against people's labels."),
    "train": ("bulwark_cli.train:train", "Models from nothing: the camera's detector."),
    "compile": ("bulwark_cli.compile:compile_loops", "Compile the point loops ahead of the nodes."),
    "docs": ("bulwark_cli.docs:docs", "Renew tables and parameter files from the code."),
}

EXIT_RUN_FAILED = 1
EXIT_BAD_INPUT = 2
_EXIT_INTERRUPTED = 130


class LazyGroup(click.Group):
    """Imports a command's module when the command is called, so that help comes at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            near = difflib.get_close_matches(cmd_name, COMMANDS, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(COMMANDS)}"
            ctx.fail(f"no command '{cmd_name}'; {hint}")
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), function)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bulwark_cli", prog_name="bulwark")
def cli() -> None:
    """Bulwark: an open driver-assistance stack for ROS 2."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit: 0 done, 1 the run failed, 2 the input or usage is wrong.

    Commands return their exit code, or raise a BulwarkError; one with the attribute `exit_code`
    chooses it.
    """
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        result = cli.main(arguments, prog_name="bulwark", standalone_mode=False)
    except BulwarkError as error:
        click.echo(f"error: {error}", err=True)
        return int(getattr(error, "exit_code", EXIT_BAD_INPUT))
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_RUN_FAILED
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
