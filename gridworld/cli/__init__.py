"""The command line: train, solve, evaluate, export, serve, and lists of what there is."""

from __future__ import annotations

import click

from gridworld.cli.evaluate import evaluate
from gridworld.cli.inputs import load_option
from gridworld.cli.lists import agents, worlds
from gridworld.cli.page import export, serve
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


for command in (train, solve, evaluate, export, worlds, agents, serve):
    command_line.add_command(command)
