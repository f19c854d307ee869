"""The transition model of a map of a grid world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gridworld.worlds.layout import Kind
from gridworld.worlds.moves import MoveGrid
from gridworld.worlds.transition_model import Ending, TransitionModel

_ENTERED_REWARD = [Kind.FLOOR, Kind.START, Kind.GOAL, Kind.PIT, Kind.CLIFF]
_IDLE = [Kind.WALL, Kind.GOAL, Kind.PIT, Kind.CLIFF]


@dataclass(frozen=True)
class Rules:
    """The numbers that hold in every map of a world; `World` explains each."""

    step_reward: float
    bump_reward: float | None
    slip: float

    @property
    def sides(self) -> tuple[tuple[int, float], ...]:
        """(quarter turns from the aim, probability) of each way that a move can go."""
        if not self.slip:
            return ((0, 1.0),)
        return (0, 1 - self.slip), (1, self.slip / 2), (3, self.slip / 2)


def outcomes_of(rules: Rules, cells: int, starts: int, has_cliff: bool) -> int:
    """Return the number of outcomes of all actions of a map; a fall from a cliff has one for each start."""
    return cells * 4 * len(rules.sides) * (starts if has_cliff else 1)


def build_model(rules: Rules, terrain: MoveGrid) -> TransitionModel:
    """Return the dynamics of one map. A cell that nobody acts from (wall, goal, pit, cliff) ends at once, reward 0."""
    kinds, starts = terrain.kinds, terrain.starts
    cells = np.arange(len(kinds))
    outcomes = _walk(rules, terrain)
    pay = np.where(np.isnan(terrain.rewards), rules.step_reward, terrain.rewards)
    jump, leave, idle = kinds == Kind.JUMP, kinds == Kind.EXIT, np.isin(kinds, _IDLE)
    outcomes.lead(jump, terrain.jumps, pay, np.full(len(kinds), Ending.NONE))
    outcomes.lead(leave, cells, pay, np.where(pay > 0, Ending.SUCCESS, Ending.FAILURE))
    outcomes.lead(idle, cells, np.zeros(len(kinds)), np.full(len(kinds), Ending.FAILURE))
    begin = np.zeros(len(kinds))
    begin[starts] = 1 / len(starts)
    return TransitionModel(outcomes.successor, outcomes.probability, outcomes.reward, outcomes.ending, begin)


@dataclass(frozen=True, eq=False)
class _Outcomes:
    """What can follow each action in each state; K outcomes, of which some may have probability 0."""

    successor: np.ndarray  # uint32 [S, 4, K]
    probability: np.ndarray  # float64 [S, 4, K]
    reward: np.ndarray  # float64 [S, 4, K]
    ending: np.ndarray  # uint8 [S, 4, K]

    @classmethod
    def none(cls, shape: tuple[int, int, int]) -> _Outcomes:
        return cls(np.zeros(shape, np.uint32), np.zeros(shape), np.zeros(shape), np.zeros(shape, np.uint8))

    def lead(self, here: np.ndarray, target: np.ndarray, reward: np.ndarray, ending: np.ndarray) -> None:
        """Let every action of the states `here`, bool [S], lead surely to its `target`; each array is [S]."""
        if here.any():
            self.successor[here] = target[here, None, None]
            self.probability[here] = 0.0
            self.probability[here, :, 0] = 1.0
            self.reward[here], self.ending[here] = reward[here, None, None], ending[here, None, None]


def _walk(rules: Rules, terrain: MoveGrid) -> _Outcomes:
    """Return the outcomes of moves in the four directions, from every cell as if one could act there."""
    kinds, is_cliff = terrain.kinds, terrain.kinds == Kind.CLIFF
    homes = terrain.starts if is_cliff.any() else terrain.starts[:1]
    outcomes = _Outcomes.none((len(kinds), 4, len(rules.sides) * len(homes)))
    own_reward = np.isin(kinds, _ENTERED_REWARD) & ~np.isnan(terrain.rewards)
    entered = np.where(own_reward, terrain.rewards, rules.step_reward)
    end = np.zeros(len(kinds), np.uint8)
    end[kinds == Kind.GOAL], end[kinds == Kind.PIT] = Ending.SUCCESS, Ending.FAILURE
    for side, (turn, share) in enumerate(rules.sides):
        directions = (np.arange(4) + turn) % 4
        landed = terrain.landed[directions].T
        reward, (states, actions) = entered[landed], np.nonzero(is_cliff[landed])
        if rules.bump_reward is not None:
            reward[terrain.bumped[directions].T] = rules.bump_reward
        span = slice(side * len(homes), (side + 1) * len(homes))
        outcomes.successor[:, :, span] = landed[..., None]
        outcomes.reward[:, :, span], outcomes.ending[:, :, span] = reward[..., None], end[landed][..., None]
        outcomes.probability[:, :, span.start] = share
        outcomes.probability[states, actions, span] = share / len(homes)
        outcomes.successor[states, actions, span] = homes
    return outcomes
