"""The option `--load`: a user's own files, whose agents and worlds join."""

from __future__ import annotations

from pathlib import Path

import click

from gridworld.extensions import load_file

LOADED = "gridworld.loaded"  # in the context of a command line: the files it has loaded


def _load_files(context: click.Context, parameter: click.Parameter, files: tuple[str, ...]) -> None:
    """Import a user's files, so that the agents and worlds they register join."""
    for file in files:
        try:
            load_file(file)
        except ValueError as problem:
            raise ValueError(f"--load {problem}") from None
        context.meta.setdefault(LOADED, []).append(Path(file))


def loaded_files() -> list[Path]:
    """Return the files that --load has named, before and after the command."""
    return list(click.get_current_context().meta.get(LOADED, []))


load_option = click.option(
    "--load",
    metavar="FILE.py",
    multiple=True,
    is_eager=True,
    expose_value=False,
    callback=_load_files,
    help="Import this file first; the agents and worlds it registers can then be used.",
)
