"""Plans as TOML and JSON: written without loss, and read or refused in one sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from gridworld.errors import did_you_mean
from gridworld.experiments.plan import NUMBERS, Contestant, Plan, check_whole

LARGEST_FILE = 4 << 20  # bytes
WRONG_KIND = re.compile(r"Expected `(?P<wanted>.+)`, got `(?P<got>.+)` - at `\$\.?(?P<place>.+)`")
MISSING = re.compile(r"Object missing required field `(?P<name>.+?)`(?: - at `\$\.?(?P<place>.+)`)?")
KINDS = {
    "array": "a list",
    "object": "a table of names and values",
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
}
"""What msgspec calls the kinds of values, in words."""


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values; what is empty is left out."""
    document = {name: value for name, value in asdict(plan).items() if value is not None}
    kept = ({name: value for name, value in one.items() if value} for one in document.pop("contestants"))
    return {**msgspec.to_builtins(document), "contestants": msgspec.to_builtins(list(kept))}


def plan_toml(plan: Plan) -> str:
    """Return a plan as TOML."""
    return tomli_w.dumps(plan_document(plan))


def plan_from(document: Any, source: str = "The plan") -> Plan:
    """Return the plan of a document, as `plan_document` gives it; what is left out has its default.

    Raises
    ------
    ValueError
        In one sentence that begins with `source`, or is that of `Plan`.
    """
    if not isinstance(document, Mapping):
        raise ValueError(f"{source} is not a table of keys and values, as a plan must be.")
    _refuse_unknown(document, Plan, source)
    contestants = document.get("contestants")
    for contestant in contestants if isinstance(contestants, list) else ():
        if isinstance(contestant, Mapping):
            _refuse_unknown(contestant, Contestant, source)
    try:
        for name in filter(document.__contains__, NUMBERS):
            check_whole(name, document[name])
        return msgspec.convert(document, Plan)
    except msgspec.ValidationError as problem:
        raise ValueError(f"{source}: {problem.__cause__ or _in_words(str(problem))}") from None
    except ValueError as problem:
        raise ValueError(f"{source}: {problem}") from None


def read_plan(path: str | Path) -> Plan:
    """Return the plan of a file, JSON if its name ends so, else TOML. Raises as `plan_from`."""
    path = Path(path)
    if path.stat().st_size > LARGEST_FILE:
        raise ValueError(f"{path.name} is larger than {LARGEST_FILE >> 20} MB; a plan is a short text.")
    try:
        text = path.read_text("utf-8-sig")  # an editor of Windows may begin a file with a mark of its encoding
        document = msgspec.json.decode(text) if path.suffix == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError, msgspec.DecodeError) as problem:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise ValueError(f"{path.name} can't be read as {kind}: {problem}.") from None
    return plan_from(document, path.name)


def write_plan(plan: Plan, path: str | Path) -> None:
    """Write a plan to a file, as JSON if its name ends so, else as TOML."""
    path = Path(path)
    if path.suffix == ".json":
        path.write_bytes(msgspec.json.format(msgspec.json.encode(plan_document(plan))) + b"\n")
    else:
        path.write_text(plan_toml(plan), "utf-8")


def _in_words(problem: str) -> str:
    """Return what msgspec found wrong in a document as a sentence about the place."""
    if found := WRONG_KIND.fullmatch(problem):
        wanted = " or ".join(KINDS.get(kind, kind) for kind in found["wanted"].split(" | "))
        return f"{found['place']} is {KINDS.get(found['got'], found['got'])}; it must be {wanted}."
    if found := MISSING.fullmatch(problem):
        return f"{found['name']} is missing{' in ' + found['place'] if found['place'] else ''}; every plan needs it."
    return f"{problem}."


def _refuse_unknown(document: Mapping[str, Any], kind: type, source: str) -> None:
    known = [field.name for field in fields(kind)]
    for name in document:
        if name not in known:
            hint = did_you_mean(str(name), known)
            raise ValueError(
                f"{source} has {name!r:.40}, which no {kind.__name__.lower()} has; known: {', '.join(known)}.{hint}"
            )
