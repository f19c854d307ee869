"""Action values of which a watch learns where a step writes them."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from gridworld.compiled import CAN_COMPILE, rule


@rule
def as_they_are(tables, watch):
    """Return the tables: nobody learns where they are written."""
    return tables


def let_loops_write(table: type, write: Callable[..., None]) -> None:
    """Let compiled loops use a named tuple in place of the action values: `values` is read, `write` writes.

    `write(table, place, value)` is a rule; plain loops use the item methods of the named tuple itself.
    """
    if not CAN_COMPILE:
        return
    from numba import types
    from numba.extending import overload

    def is_such(other: Any) -> bool:
        return isinstance(other, types.NamedTuple) and other.instance_class is table

    @overload(operator.getitem, jit_options={"forceinline": True})
    def _get(table, place):
        if is_such(table):
            return lambda table, place: table.values[place]
        return None

    @overload(operator.setitem, jit_options={"forceinline": True})
    def _set(table, place, value):
        if not is_such(table):
            return None
        return lambda table, place, value: write(table, place, value)
