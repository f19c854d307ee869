"""What all commands share: mistakes told in one line, numbers with bounds, and JSON."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import Any, NoReturn

import click

WRONG = 2
INTERRUPTED = 130


class OneLineGroup(click.Group):
    """Commands whose mistakes are one line on standard error and exit code 2, without a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.UsageError as mistake:
            code = _tell(mistake.format_message() + _advice(mistake), WRONG)
        except click.ClickException as mistake:
            code = _tell(mistake.format_message(), WRONG)
        except ValueError as mistake:
            code = _tell(str(mistake), WRONG)
        except click.Abort:
            code = _tell("Interrupted.", INTERRUPTED)
        sys.exit(code if isinstance(code, int) else 0)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not args[0].startswith("-") and args[0] not in self.commands:
            raise ValueError(f"There is no command {args[0]!r}; the commands are {', '.join(self.commands)}.")
        return super().resolve_command(ctx, args)


def _tell(sentence: str, code: int) -> int:
    click.echo(" ".join(sentence.split()), err=True)
    return code


def _advice(mistake: click.UsageError) -> str:
    return f" See: {mistake.ctx.command_path} --help." if mistake.ctx else ""


class Whole(click.ParamType):
    """A whole number within bounds."""

    name = "integer"

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            number = int(value)
        except ValueError:
            number = self.low - 1
        if not self.low <= number <= self.high:
            self.fail(f"{value!r} is not a whole number from {self.low:,} to {self.high:,}.", param, ctx)
        return number


class Real(click.ParamType):
    """A finite number within bounds."""

    name = "number"

    def __init__(self, low: float = -math.inf, high: float = math.inf) -> None:
        self.low, self.high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and self.low <= number <= self.high):
            bounds = "a number" if math.isinf(self.low) else f"a number from {self.low:g} to {self.high:g}"
            self.fail(f"{value!r} is not {bounds}.", param, ctx)
        return number


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")


def finite(value: float | None) -> float | None:
    """The number, or None where there is none: JSON has no infinity and no NaN."""
    return float(value) if value is not None and math.isfinite(value) else None


def print_json(document: Mapping[str, Any]) -> None:
    """One object on standard output; a number that isn't finite must have become None before."""
    click.echo(json.dumps(document, allow_nan=False, ensure_ascii=False))


def note(sentence: str) -> None:
    """A remark on standard error, so that standard output holds the result and nothing else."""
    click.echo(sentence, err=True)
