"""Grid worlds from readable text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from gridworld.errors import WorldError
from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import SYMBOLS, Symbol
from gridworld.worlds.world import World

_SEPARATOR = re.compile(r"-{3,}\s*from step (\d+)\s*", re.IGNORECASE)


def parse_world(text: str, name: str = "the world") -> World:
    """The world that a text describes: a header of `key: value` lines, a blank line, and one or more maps.

    Header keys: `title`, `step reward`, `bump reward`, `slip`, `wind` (a number a column), `step limit`, and any single
    letter or digit of the map: `H: goal 5`, `P: pit -1`, `C: cliff -100`, `A: jump a 10` (to the cell marked a),
    `E: exit 1` (any action there ends the episode), `1: floor -0.5`. Without a header entry `.` is floor, `#` a wall,
    `S` a start, `G` a goal (reward 1), `P` a pit (-1) and `C` a cliff (-1). A line `--- from step 1000` begins another
    map that holds from that step of a run on.

    Raises
    ------
    WorldError
        With the line and what is allowed there.
    """
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    has_header = any(":" in line for line in lines)
    gap = lines.index("") if has_header and "" in lines else 0
    if has_header and not gap:
        raise WorldError(f"{name}: the header needs a blank line between it and the map.")
    numbers, symbols = _parse_header(lines[:gap], name)
    maps: list[tuple[int, tuple[str, ...]]] = []
    step = 0
    rows: list[str] = []
    for line in [line.strip() for line in lines[gap:]]:
        if separator := _SEPARATOR.fullmatch(line):
            maps.append((step, tuple(rows)))
            step, rows = int(separator[1]), []
        elif line:
            rows.append(line)
    maps.append((step, tuple(rows)))
    try:
        return World(tuple(maps), tuple(symbols.items()), **numbers)
    except WorldError as problem:
        raise WorldError(f"{name}: {problem}") from None


def _parse_header(lines: list[str], name: str) -> tuple[dict, dict[str, Symbol]]:
    numbers: dict = {}
    symbols = dict(SYMBOLS)
    readers: dict[str, Callable[[str], Any]] = {
        "title": str,
        "step reward": float,
        "bump reward": float,
        "slip": float,
        "step limit": int,
        "wind": lambda value: tuple(int(word) for word in value.split()),
    }
    for number, line in enumerate(lines, 1):
        key, colon, value = (part.strip() for part in line.partition(":"))
        try:
            if not colon:
                raise ValueError(f"{line!r} is not of the form 'key: value'")
            if key.lower() in readers:
                numbers[key.lower().replace(" ", "_")] = readers[key.lower()](value)
            elif len(key) == 1 and not key.isspace():
                symbols[key] = _parse_symbol(value)
            else:
                raise ValueError(f"the key {key!r} is not one of {', '.join(readers)}, or a single letter of the map")
        except ValueError as problem:
            raise WorldError(f"{name}, line {number}: {problem}.") from None
    return numbers, symbols


def _parse_symbol(value: str) -> Symbol:
    kind_name, *rest = value.split() or [""]
    kinds = {kind.name.lower(): kind for kind in Kind}
    if kind_name.lower() not in kinds:
        raise ValueError(f"{kind_name!r} is not a kind of cell; the kinds are {', '.join(kinds)}")
    kind = kinds[kind_name.lower()]
    target = rest.pop(0) if kind is Kind.JUMP and rest else ""
    if kind is Kind.JUMP and len(target) != 1:
        raise ValueError("a jump names the letter of the cell it leads to: 'jump a 10'")
    if len(rest) > 1:
        raise ValueError(f"{value!r} has more than a kind and a reward")
    defaults = {Kind.GOAL: 1.0, Kind.PIT: -1.0, Kind.CLIFF: -1.0}
    return Symbol(kind, float(rest[0]) if rest else defaults.get(kind), target)
