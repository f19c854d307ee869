"""Numbers that remember how they were computed, and tables that remember what was written into them.

An update rule that is run on them computes the same bits as ever, and afterwards each number it wrote can be taken
apart: so the equation that is shown is the rule's own, and no second account of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gridworld.training.loop import arguments

Place = tuple[int, ...]
READ, CONSTANT = "read", "constant"


class Number(float):
    """A float with the sign of the operation it came from and that operation's parts.

    A `READ` has the name of the table and the place in it as its parts, a `CONSTANT` its name.
    """

    __slots__ = ("parts", "sign")
    sign: str
    parts: tuple[Any, ...]

    def __new__(cls, value: float, sign: str, *parts: Any) -> Number:
        self = super().__new__(cls, value)
        self.sign, self.parts = sign, parts
        return self

    def is_read(self, *tables: str) -> bool:
        """Return whether it was read from one of these tables."""
        return self.sign == READ and self.parts[0] in tables

    def __abs__(self) -> Number:
        return Number(float.__abs__(self), "abs", self)

    def __neg__(self) -> Number:
        return Number(float.__neg__(self), "neg", self)


def _operation(name: str, sign: str, reflected: bool) -> Callable[[Number, float], Number]:
    compute = getattr(float, name)

    def operate(self: Number, other: float) -> Number:
        value = compute(self, other)
        return Number(value, sign, other, self) if reflected else Number(value, sign, self, other)

    return operate


for _name, _sign in (("add", "+"), ("sub", "-"), ("mul", "*"), ("truediv", "/")):
    setattr(Number, f"__{_name}__", _operation(f"__{_name}__", _sign, reflected=False))
    setattr(Number, f"__r{_name}__", _operation(f"__r{_name}__", _sign, reflected=True))


class Write(NamedTuple):
    """A number that a rule wrote into a table."""

    table: str
    place: Place
    old: float
    new: float


class TracedTable:
    """A table of a plain loop, float64, whose reads are numbers with a past, and whose writes are listed.

    Parameters
    ----------
    name
        What its numbers are called.
    array
        The table, which is changed.
    writes
        The list that its writes are added to, in their order; several tables may share one.
    """

    def __init__(self, name: str, array: np.ndarray, writes: list[Write]) -> None:
        self.name, self.shape = name, array.shape
        self._memory: Any
        (self._memory,), self._writes = arguments((array,), False), writes

    def __getitem__(self, place: Any) -> Number:
        return Number(self._memory[place], READ, self.name, place if isinstance(place, tuple) else (place,))

    def __setitem__(self, place: Any, value: float) -> None:
        old = self._memory[place]
        self._memory[place] = value
        self._writes.append(Write(self.name, place if isinstance(place, tuple) else (place,), old, value))
