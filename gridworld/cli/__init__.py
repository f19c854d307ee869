"""The command line: train, solve, evaluate, and lists of what there is.

Other packages add commands by the entry point group `gridworld.commands`; the dashboard adds `serve` and `export`.
"""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from gridworld.cli.evaluate import evaluate
from gridworld.cli.inputs import load_option
from gridworld.cli.lists import agents, worlds
from gridworld.cli.parameters import OneLineGroup
from gridworld.cli.solve import solve
from gridworld.cli.train import train

__all__ = ["command_line"]


@click.group(cls=OneLineGroup, invoke_without_command=True)
@click.version_option(package_name="gridworld-lab", message="%(version)s")
@load_option
@click.pass_context
def command_line(context: click.Context) -> None:
    """A laboratory for reinforcement learning on small worlds."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (train, solve, evaluate, worlds, agents):
    command_line.add_command(command)
for entry_point in sorted(entry_points(group="gridworld.commands")):
    command_line.add_command(entry_point.load())
