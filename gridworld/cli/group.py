"""The command `gridworld`: its commands are imported when they are used, and a mistake is one line."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, NoReturn

import click

from gridworld.cli.parameters import note

WRONG = 2
INTERRUPTED = 130
ENTRY_POINTS = "gridworld.commands"  # the group by which other packages add commands


class LazyGroup(click.Group):
    """Commands by name, each imported when it is used, and those that installed packages add as entry points.

    Parameters
    ----------
    summaries
        What `--help` prints of each of the group's own commands, by name; the command NAME is the member `NAME` of the
        module `NAME` of `package`.
    package
        Where the group's own commands are.
    extensible
        Whether installed packages add commands.
    """

    def __init__(
        self,
        *args: Any,
        summaries: Mapping[str, str],
        package: str = "gridworld.cli",
        extensible: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.summaries, self.package, self.extensible = summaries, package, extensible

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.summaries, *self._added()]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in self.summaries:
            return getattr(import_module(f"{self.package}.{cmd_name}"), cmd_name)
        added = self._added().get(cmd_name)
        return added.load() if added else None

    def _added(self) -> dict[str, EntryPoint]:
        found = entry_points(group=ENTRY_POINTS) if self.extensible else ()
        return {added.name: added for added in sorted(found) if added.name not in self.summaries}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = list(self.summaries.items())
        rows += [(name, added.load().get_short_help_str()) for name, added in self._added().items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        names = self.list_commands(ctx)
        if not args[0].startswith("-") and args[0] not in names:
            message = f"There is no command {args[0]!r}; the commands are {', '.join(names)}."
            raise click.NoSuchCommand(args[0], message, names, ctx)
        return super().resolve_command(ctx, args)


class OneLineGroup(LazyGroup):
    """Commands whose mistakes are one line on standard error and exit code 2, without a traceback.

    Input that makes no sense is a `ValueError`. Any other exception is a fault of the program and keeps its traceback.
    """

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.UsageError as mistake:
            code = _report(mistake.format_message() + _advice(mistake), WRONG)
        except click.ClickException as mistake:
            code = _report(mistake.format_message(), WRONG)
        except ValueError as mistake:
            code = _report(str(mistake), WRONG)
        except OSError as problem:
            if problem.filename is None:
                raise
            code = _report(f"{problem.filename}: {problem.strerror}.", WRONG)
        except click.Abort:
            code = _report("Interrupted.", INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)


def _report(sentence: str, code: int) -> int:
    note(" ".join(sentence.split()))
    return code


def _advice(mistake: click.UsageError) -> str:
    return f" See: {mistake.ctx.command_path} --help." if mistake.ctx else ""
