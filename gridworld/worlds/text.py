"""Grid worlds from readable text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from gridworld.errors import WorldError
from gridworld.worlds.checks import shown
from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import SYMBOLS, USUAL_REWARDS, Symbol
from gridworld.worlds.world import Draft, World

MAX_TEXT = 4_000_000  # characters
Described = TypeVar("Described", bound=Draft)
_SEPARATOR = re.compile(r"-{3,}\s*from step (\d+)\s*", re.IGNORECASE)


def parse_world(text: str, name: str = "the world") -> World:
    """Return the world that a text describes: a header of `key: value` lines, a blank line, and one or more maps.

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
    return _parse(text, name, World)


def parse_draft(text: str, name: str = "the world") -> Draft:
    """Return what a text describes, also where no agent could be trained in it. Raises as `parse_world`."""
    return _parse(text, name, Draft)


def _parse(text: str, name: str, kind: type[Described]) -> Described:
    if len(text) > MAX_TEXT:
        raise WorldError(f"{name}: the text has {len(text):,} characters; at most {MAX_TEXT:,} are allowed.")
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    has_header = any(":" in line for line in lines)
    gap = lines.index("") if has_header and "" in lines else 0
    if has_header and not gap:
        raise WorldError(f"{name}: the header needs a blank line between it and the map.")
    numbers, symbols = _parse_header(lines[:gap], name)
    try:
        return kind(_parse_maps(lines[gap:]), tuple(symbols.items()), **numbers)
    except WorldError as problem:
        raise WorldError(f"{name}: {problem}") from None


def format_world(world: Draft) -> str:
    """Return a text from which `parse_world` makes the world again."""
    header = [f"title: {world.title}"] if world.title else []
    header.append(f"step reward: {float(world.step_reward)!r}")
    header += [f"bump reward: {float(world.bump_reward)!r}"] if world.bump_reward is not None else []
    header += [f"slip: {float(world.slip)!r}"] if world.slip else []
    header += [f"wind: {' '.join(map(str, world.wind))}"] if world.wind else []
    header += [f"step limit: {world.step_limit}"] if world.step_limit is not None else []
    for letter, symbol in world.symbols:
        if SYMBOLS.get(letter) != symbol:
            paid = symbol.reward
            if paid is None and symbol.kind in USUAL_REWARDS:
                paid = world.step_reward  # without a number the text would mean another reward
            reward = "" if paid is None else repr(float(paid))
            header.append(" ".join(filter(None, (f"{letter}:", symbol.kind.name.lower(), symbol.target, reward))))
    maps = ["\n".join((*([f"--- from step {step}"] if step else []), *rows)) for step, rows in world.maps]
    return "\n".join((*header, "", *maps)) + "\n"


def _parse_maps(lines: list[str]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    maps: list[tuple[int, tuple[str, ...]]] = []
    step = 0
    rows: list[str] = []
    for line in [line.strip() for line in lines]:
        if separator := _SEPARATOR.fullmatch(line):
            maps.append((step, tuple(rows)))
            step, rows = _whole(separator[1]), []
        elif line:
            rows.append(line)
    return (*maps, (step, tuple(rows)))


def _parse_header(lines: list[str], name: str) -> tuple[dict, dict[str, Symbol]]:
    numbers: dict = {}
    symbols = dict(SYMBOLS)
    parsers: dict[str, Callable[[str], Any]] = {
        "title": str,
        "step reward": _real,
        "bump reward": _real,
        "slip": _real,
        "step limit": _whole,
        "wind": lambda value: tuple(_whole(word) for word in value.split()),
    }
    for number, line in enumerate(lines, 1):
        key, colon, value = (part.strip() for part in line.partition(":"))
        try:
            if not colon:
                raise WorldError(f"{shown(line)} is not of the form 'key: value'")
            if key.lower() in parsers:
                numbers[key.lower().replace(" ", "_")] = parsers[key.lower()](value)
            elif len(key) == 1 and key.isprintable():
                symbols[key] = _parse_symbol(value)
            else:
                raise WorldError(
                    f"the key {shown(key)} is not one of {', '.join(parsers)}, or a single letter of the map"
                )
        except WorldError as problem:
            raise WorldError(f"{name}, line {number}: {problem}.") from None
    return numbers, symbols


def _parse_symbol(value: str) -> Symbol:
    kind_name, *rest = value.split() or [""]
    kinds = {kind.name.lower(): kind for kind in Kind}
    if kind_name.lower() not in kinds:
        raise WorldError(f"{shown(kind_name)} is not a kind of cell; the kinds are {', '.join(kinds)}")
    kind = kinds[kind_name.lower()]
    target = rest.pop(0) if kind is Kind.JUMP and rest else ""
    if kind is Kind.JUMP and len(target) != 1:
        raise WorldError("a jump names the letter of the cell it leads to: 'jump a 10'")
    if len(rest) > 1:
        raise WorldError(f"{shown(value)} has more than a kind and a reward")
    return Symbol(kind, _real(rest[0]) if rest else USUAL_REWARDS.get(kind), target)


def _whole(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise WorldError(f"{shown(word)} is not a whole number") from None


def _real(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise WorldError(f"{shown(word)} is not a number") from None
