"""The transition model: everything a small world can do, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np


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
        off = np.abs(self.probability.sum(-1) - 1) > 1e-9
        if off.any():
            state, action = np.argwhere(off)[0]
            total = self.probability[state, action].sum()
            raise ValueError(
                f"The outcomes of action {action} in state {state} have total probability {total:g}, not 1."
            )
        if abs(self.start.sum() - 1) > 1e-9:
            raise ValueError(f"The start distribution has total probability {self.start.sum():g}, not 1.")

    @property
    def n_states(self) -> int:
        return self.successor.shape[0]

    @property
    def n_actions(self) -> int:
        return self.successor.shape[1]

    @cached_property
    def cumulative(self) -> np.ndarray:
        """float64 [S, A, K]: outcome k happens where k is the first with `cumulative > u`; the last is infinite."""
        return _cumulative(self.probability)

    @cached_property
    def start_cumulative(self) -> np.ndarray:
        """float64 [S]: the same for the start state."""
        return _cumulative(self.start)

    @cached_property
    def expected_reward(self) -> np.ndarray:
        """float64 [S, A]: E[R | s, a]."""
        return (self.probability * self.reward).sum(-1)

    @cached_property
    def deterministic(self) -> bool:
        """Whether every action of every state has one outcome."""
        return bool((self.probability.max(-1) == 1).all())

    @classmethod
    def from_dynamics(
        cls, dynamics: Mapping[int, Mapping[int, Sequence[tuple]]], start: Sequence[float]
    ) -> TransitionModel:
        """The model of a Gymnasium `P[s][a] = [(probability, successor, reward, terminated), ...]`.

        An ending counts as a success where its reward is the best that any ending of this world gives.
        """
        states, actions = len(dynamics), len(dynamics[0])
        outcomes = max(len(row) for by_action in dynamics.values() for row in by_action.values())
        shape = (states, actions, outcomes)
        successor, ending = np.zeros(shape, np.uint32), np.zeros(shape, np.uint8)
        probability, reward = np.zeros(shape), np.zeros(shape)
        for s, by_action in dynamics.items():
            for a, row in by_action.items():
                for k, (p, s2, r, terminated) in enumerate(row):
                    probability[s, a, k], successor[s, a, k] = p, s2
                    reward[s, a, k], ending[s, a, k] = r, bool(terminated)
        ending[(ending != 0) & (reward >= success_reward(reward, ending))] = Ending.SUCCESS
        return cls(successor, probability, reward, ending, np.asarray(start, float))


def success_reward(reward: np.ndarray, ending: np.ndarray) -> float:
    """The reward from which an ending is a success: the best that any ending gives, infinite without endings."""
    return float(reward[ending != 0].max(initial=-np.inf)) if (ending != 0).any() else np.inf


def _cumulative(probability: np.ndarray) -> np.ndarray:
    """Running sums along the last axis, infinite from the last possible outcome on, so that a draw always finds one."""
    total = np.cumsum(probability, axis=-1)
    last = probability.shape[-1] - 1 - np.argmax((probability > 0)[..., ::-1], axis=-1)
    total[np.arange(probability.shape[-1]) >= last[..., None]] = np.inf
    return total
