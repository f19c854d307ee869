"""Checks of an agent's tables before they are learned with: a compiled loop follows their indices unchecked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gridworld.agents import Agent
from gridworld.agents.base import Tables
from gridworld.agents.dyna import ENDS, ModelTables
from gridworld.agents.eligibility_traces import TraceTables
from gridworld.agents.multi_step import EpisodeTables, WaitingTables
from gridworld.agents.one_step import TwinTables
from gridworld.agents.prioritized_sweeping import NONE, UNTRIED, SweepingTables
from gridworld.errors import CheckpointError


def check_tables(agent: type[Agent], tables: Any, steps: int) -> None:
    """Refuse tables that the agent's update rule could not have left in this many steps; their forms must be right.

    Values may be infinite or NaN, as a run that diverges leaves them. A class of your own whose tables hold whole
    numbers beside N checks them in a static method `check_tables(tables)` that raises ValueError; without it such
    tables can't be loaded.

    Raises
    ------
    CheckpointError
        `out_of_range`, naming the table.
    """
    check_range("N", tables.N, 0, steps)
    if type(tables) in CHECKS:
        CHECKS[type(tables)](tables, steps)
        return
    check = getattr(agent, "check_tables", None)
    if check is None:
        whole = [name for name, table in tables._asdict().items() if table.dtype.kind != "f" and name != "N"]
        require(not whole, f"table {whole[:1]} of {agent.label}, which has no static method check_tables,")
        return
    try:
        check(tables)
    except CheckpointError:
        raise
    except ValueError as problem:
        raise CheckpointError("out_of_range", str(problem)) from None


def require(holds: Any, name: str) -> None:
    """Refuse the numbers called `name` unless something holds."""
    if not holds:
        raise CheckpointError("out_of_range", f"The {name} has numbers that no run can produce; the file was altered.")


def check_range(name: str, table: np.ndarray, low: int, high: int) -> None:
    """Refuse whole numbers outside low .. high, both allowed."""
    if table.size and (table.min() < low or table.max() > high):
        raise CheckpointError("out_of_range", f"The table {name} has a number outside {low:,} to {high:,}.")


def check_finite(name: str, table: np.ndarray) -> None:
    """Refuse infinity and NaN."""
    if not np.isfinite(table).all():
        raise CheckpointError("not_finite", f"The table {name} has a value that is not a finite number.")


def forget_episode(tables: Any) -> None:
    """Remove from the tables, in place, what they hold of an episode that will not go on."""
    match tables:
        case TraceTables():
            tables.traces[...], tables.size[...] = 0.0, 0
        case WaitingTables():
            tables.ring[...] = 0
        case EpisodeTables():
            tables.first[...], tables.length[...] = 0, 0


def _check_pairs(name: str, pairs: np.ndarray, used: int, tables: Any) -> None:
    """Check that states and actions are in range, and those of the rows in use visited before. `pairs` is [n, 2]."""
    states, actions = tables.Q.shape
    check_range(name, pairs[:, 0], 0, states - 1)
    check_range(name, pairs[:, 1], 0, actions - 1)
    require((tables.N[pairs[:used, 0], pairs[:used, 1]] > 0).all(), f"table {name}")


def _check_waiting(m: WaitingTables, steps: int) -> None:
    oldest, count = int(m.ring[0]), int(m.ring[1])
    size = len(m.waiting)
    require(0 <= oldest < size and 0 <= count < size, "table ring")
    _check_pairs("waiting", m.waiting[(oldest + np.arange(size)) % size], count, m)


def _check_episode(m: EpisodeTables, steps: int) -> None:
    length = int(m.length[0])
    require(0 <= length < len(m.rewards), "table length")
    check_range("returns", m.returns, 0, steps)
    _check_pairs("episode", m.episode, length, m)
    first = np.zeros_like(m.first)
    backwards = np.arange(length)[::-1]
    first[m.episode[backwards, 0], m.episode[backwards, 1]] = backwards + 1
    require((first == m.first).all(), "table first")


def _check_model(m: ModelTables, steps: int) -> None:
    states, actions = m.Q.shape
    check_range("outcome", m.outcome, ENDS, states - 1)
    check_range("visited", m.visited, 0, states - 1)
    check_range("tried", m.tried, 0, actions - 1)
    require((m.tried_count == (m.N > 0).sum(1)).all(), "table tried_count")
    seen = m.tried_count > 0
    require(m.visited_count[0] == seen.sum(), "table visited_count")
    listed = np.sort(m.visited[: int(m.visited_count[0])])
    require((listed == np.flatnonzero(seen)).all(), "table visited")
    in_use = np.arange(actions) < m.tried_count[:, None]
    often = np.zeros((states, actions), np.int64)
    np.add.at(often, (np.nonzero(in_use)[0], m.tried[in_use]), 1)
    require((often == (m.N > 0)).all(), "table tried")
    check_range("stream", m.stream, 0, (1 << 63) - 1)
    check_range("clock", m.clock, 0, steps)
    check_range("tried_at", m.tried_at, 0, int(m.clock[0]))


def _check_sweeping(m: SweepingTables, steps: int) -> None:
    states = m.Q.shape[0]
    check_range("outcome", m.outcome, UNTRIED, states - 1)
    require(((m.outcome != UNTRIED) == (m.N > 0)).all(), "table outcome")
    for name in ("leading", "after", "before", "queue", "place"):
        check_range(name, getattr(m, name), NONE, m.Q.size - 1)
    _check_lists(m)
    count = int(m.size[0])
    require(0 <= count <= m.Q.size, "table size")
    queued = m.queue[:count]
    require((queued != NONE).all() and (m.place[queued] == np.arange(count)).all(), "table queue")
    require((m.place != NONE).sum() == count and (m.N.ravel()[queued] > 0).all(), "table place")


def _check_lists(m: SweepingTables) -> None:
    """Check that each pair with a successor is linked with its neighbours both ways, and a list's first with its state.

    So every list that a state leads has an end, and no pair is in two.
    """
    outcome = m.outcome.ravel()
    pairs = np.flatnonzero(outcome >= 0)
    after, before, target = m.after[pairs], m.before[pairs], outcome[pairs]
    require((m.leading[target[before == NONE]] == pairs[before == NONE]).all(), "table before")
    for neighbours, back in ((after, m.before), (before, m.after)):
        linked = neighbours != NONE
        require((back[neighbours[linked]] == pairs[linked]).all(), "table after")
        require((outcome[neighbours[linked]] == target[linked]).all(), "table after")
    led = np.flatnonzero(m.leading != NONE)
    first = m.leading[led]
    require((outcome[first] == led).all() and (m.before[first] == NONE).all(), "table leading")


def _check_traces(m: TraceTables, steps: int) -> None:
    count = int(m.size[0])
    require(0 <= count <= len(m.traced) and count == np.count_nonzero(m.traces), "table size")
    require((m.traces >= 0).all(), "table traces")
    _check_pairs("traced", m.traced, count, m)
    listed = np.zeros(m.traces.shape, bool)
    listed[m.traced[:count, 0], m.traced[:count, 1]] = True
    require((listed == (m.traces != 0)).all(), "table traced")


def _check_twins(m: TwinTables, steps: int) -> None:
    check_range("updates", m.updates, 0, steps)


def _nothing_more(m: Tables, steps: int) -> None:
    """Check nothing more: Q and N need only the checks that all tables have."""


CHECKS: dict[type, Callable[[Any, int], None]] = {
    Tables: _nothing_more,
    TwinTables: _check_twins,
    WaitingTables: _check_waiting,
    EpisodeTables: _check_episode,
    ModelTables: _check_model,
    SweepingTables: _check_sweeping,
    TraceTables: _check_traces,
}
"""The check of each kind of tables, beside the checks that all have."""
