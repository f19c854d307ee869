"""The command line: train, solve, evaluate, compare, sweep, and pictures, films, and lists of what there is.

Other packages add commands by the entry point group `gridworld.commands`; the dashboard adds `serve` and `export`.
Modules that declare commands for entry points are imported by `gridworld --help`, and so import little.
"""

from __future__ import annotations

import click

from gridworld.cli.group import OneLineGroup
from gridworld.cli.loading import load_option

__all__ = ["command_line"]

SUMMARIES = {
    "train": "Train an agent in a world.",
    "solve": "Compute the exact values of a policy.",
    "evaluate": "Compute the return of saved agents or of the best policy.",
    "compare": "Compare agents over many runs, with intervals.",
    "sweep": "Run an agent over a range of a hyperparameter.",
    "tune": "Look for the best hyperparameters of an agent.",
    "picture": "Draw the board or the curves of a saved run.",
    "record": "Make a film of a saved run.",
    "tetris": "Train, evaluate and watch Tetris players.",
    "worlds": "List the worlds.",
    "generate": "Draw a world at random.",
    "agents": "List the agents and their hyperparameters.",
}


@click.group(cls=OneLineGroup, summaries=SUMMARIES, invoke_without_command=True)
@click.version_option(package_name="gridworld-lab", message="%(version)s")
@load_option
@click.pass_context
def command_line(context: click.Context) -> None:
    """A laboratory for reinforcement learning on small worlds."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
