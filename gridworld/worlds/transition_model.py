"""The transition model: everything a small world can do, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np

MAX_OUTCOMES = 12_000_000  # of all actions in all models of a world together; each takes 29 bytes


class Ending(IntEnum):
    """How a transition leaves the episode. A cut by a step limit is not an ending of the world."""

    NONE = 0
    FAILURE = 1
    SUCCESS = 2


@dataclass(frozen=True, eq=False)
class TransitionModel:
    """Finite dynamics p(s', r | s, a) with S states, A actions and at most K outcomes of an action.

    An outcome of probability 0 pads the rows that need fewer than K; its successor is a valid state.

    Raises
    ------
    ValueError
        If the shapes disagree, a row of probabilities doesn't sum to 1, or a number is not finite.
    """

    successor: np.ndarray  # uint32 [S, A, K]
    probability: np.ndarray  # float64 [S, A, K], each [s, a] sums to 1
    reward: np.ndarray  # float64 [S, A, K]
    ending: np.ndarray  # uint8 [S, A, K], values of `Ending`
    start: np.ndarray  # float64 [S], sums to 1

    def __post_init__(self) -> None:
        shape = self.successor.shape
        if len(shape) != 3 or any(x.shape != shape for x in (self.probability, self.reward, self.ending)):
            raise ValueError(f"The arrays of a model share one shape [S, A, K]; the successors have {shape}.")
        if self.start.shape != shape[:1]:
            raise ValueError(f"The start distribution has shape {self.start.shape}; it needs {shape[:1]}.")
        if self.successor.size and self.successor.max() >= shape[0]:
            raise ValueError(f"A successor is {self.successor.max()}; the states are 0 to {shape[0] - 1}.")
        if not (np.isfinite(self.reward).all() and np.isfinite(self.probability).all()):
            raise ValueError("A reward or a probability is not a finite number.")
        if (self.probability < 0).any() or (self.start < 0).any():
            raise ValueError("A probability is negative; probabilities lie between 0 and 1.")
        error = self.probability.sum(-1)
        error -= 1
        np.abs(error, out=error)  # in place: a large world's arrays are many megabytes each
        if error.size and error.max() > 1e-9:
            state, action = np.unravel_index(error.argmax(), error.shape)
            total = self.probability[state, action].sum()
            raise ValueError(
                f"The outcomes of action {action} in state {state} have total probability {total:g}, not 1."
            )
        if not abs(self.start.sum() - 1) <= 1e-9:
            raise ValueError(f"The start distribution has total probability {self.start.sum():g}, not 1.")

    def __repr__(self) -> str:
        return f"<TransitionModel of {self.n_states:,} states and {self.n_actions} actions>"

    @property
    def n_states(self) -> int:
        return self.successor.shape[0]

    @property
    def n_actions(self) -> int:
        return self.successor.shape[1]

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays, with those that are made when it is first sampled."""
        return sum(array.nbytes for array in (self.successor, self.reward, self.ending)) + 2 * (
            self.probability.nbytes + self.start.nbytes
        )

    @cached_property
    def cumulative(self) -> np.ndarray:
        """float64 [S, A, K]: outcome k happens where k is the first with `cumulative > u`; the last is infinite."""
        return _cumulative(self.probability)

    @cached_property
    def start_cumulative(self) -> np.ndarray:
        """float64 [S]: the same for the start state."""
        return _cumulative(self.start)

    @cached_property
    def best_reward(self) -> np.ndarray:
        """float64 [S]: the highest reward that any action can give at once."""
        return np.where(self.probability > 0, self.reward, -np.inf).max((1, 2), initial=-np.inf)

    @cached_property
    def expected_reward(self) -> np.ndarray:
        """float64 [S, A]: E[R | s, a]."""
        return (self.probability * self.reward).sum(-1)

    @cached_property
    def deterministic(self) -> bool:
        """Whether every action of every state has one outcome."""
        return bool((self.probability.max(-1) == 1).all())

    @cached_property
    def pays_by_ending_only(self) -> bool:
        """Whether all complete episodes have one and the same return, as only their end pays, and always the same."""
        is_possible = self.probability > 0
        goes_on = is_possible & (self.ending == Ending.NONE)
        is_acted_in = self.start > 0
        is_acted_in[self.successor[goes_on]] = True
        pay = np.unique(self.reward[is_possible & ~goes_on & is_acted_in[:, None, None]])
        return len(pay) == 1 and not self.reward[goes_on & is_acted_in[:, None, None]].any()

    def equals(self, other: TransitionModel | None) -> bool:
        """Return whether another model has the same arrays."""
        return other is not None and all(np.array_equal(vars(self)[name], vars(other)[name]) for name in _ARRAYS)

    @cached_property
    def dynamics(self) -> dict[int, dict[int, list[tuple[float, int, float, bool]]]]:
        """The model as Gymnasium's `P[s][a] = [(probability, successor, reward, terminated), ...]`."""
        columns = (self.probability, self.successor, self.reward, self.ending != Ending.NONE)
        outcomes = [[list(zip(*row, strict=True)) for row in zip(*state, strict=True)] for state in _lists(columns)]
        return {
            s: {a: [outcome for outcome in row if outcome[0] > 0] for a, row in enumerate(rows)}
            for s, rows in enumerate(outcomes)
        }

    @classmethod
    def from_dynamics(cls, dynamics: Any, start: Sequence[float]) -> TransitionModel:
        """Return the model of a Gymnasium `P[s][a] = [(probability, successor, reward, terminated), ...]`.

        An ending counts as a success where its reward is the best that any ending of this world gives.

        Raises
        ------
        ValueError, TypeError, LookupError
            If it is no such table, or too large a one.
        """
        states, actions = len(dynamics), len(dynamics[0])
        rows = [list(dynamics[s][a]) for s in range(states) if _has(dynamics[s], actions) for a in range(actions)]
        counts = np.array([len(row) for row in rows])
        shape = (states, actions, int(counts.max()))
        if states * actions * shape[2] > MAX_OUTCOMES:
            raise ValueError(f"the table has {states} x {actions} x {shape[2]} outcomes, more than {MAX_OUTCOMES:,}")
        here = np.arange(shape[2]) < counts[:, None]
        columns = zip(*(outcome for row in rows for outcome in row), strict=True)
        probability, successor, reward, terminated = (np.array(column, float) for column in columns)
        if not ((successor >= 0) & (successor < states) & (successor == np.floor(successor))).all():
            raise ValueError(f"a successor is not one of the states 0 to {states - 1}")

        def spread(column: np.ndarray, kind: type) -> np.ndarray:
            padded: np.ndarray = np.zeros(here.shape, kind)
            padded[here] = column
            return padded.reshape(shape)

        rewards, ending = spread(reward, float), spread(terminated != 0, np.uint8)
        ending[(ending != 0) & (rewards >= success_reward(rewards, ending))] = Ending.SUCCESS
        return cls(spread(successor, np.uint32), spread(probability, float), rewards, ending, np.asarray(start, float))


_ARRAYS = ("successor", "probability", "reward", "ending", "start")


def _lists(columns: Iterable[np.ndarray]) -> Iterable[tuple]:
    """Return for each state its part of each column, as lists of Python numbers."""
    return zip(*(column.tolist() for column in columns), strict=True)


def _has(row: Any, actions: int) -> bool:
    """Return True for a state with this number of actions; raise ValueError otherwise."""
    if len(row) != actions:
        raise ValueError(f"a state has {len(row)} actions and the first one has {actions}")
    return True


def success_reward(reward: np.ndarray, ending: np.ndarray) -> float:
    """Return the reward from which an ending is a success: the best that any ending gives, infinite without endings."""
    return float(reward[ending != 0].max(initial=-np.inf)) if (ending != 0).any() else np.inf


def _cumulative(probability: np.ndarray) -> np.ndarray:
    """Return running sums along the last axis, infinite from the last possible outcome on: a draw always finds one."""
    total = np.cumsum(probability, axis=-1)
    last = probability.shape[-1] - 1 - np.argmax((probability > 0)[..., ::-1], axis=-1)
    total[np.arange(probability.shape[-1]) >= last[..., None]] = np.inf
    return total
