"""The transition model of a map of a grid world."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gridworld.errors import WorldError
from gridworld.worlds.layout import Kind
from gridworld.worlds.symbols import DIRECTIONS, Symbol, kinds_of, letters_of
from gridworld.worlds.transition_model import Ending, TransitionModel

MAX_OUTCOMES = 24_000_000  # of all actions in all maps together; each takes 29 bytes
_ENTERED_REWARD = [Kind.FLOOR, Kind.START, Kind.GOAL, Kind.PIT, Kind.CLIFF]
_IDLE = [Kind.WALL, Kind.GOAL, Kind.PIT, Kind.CLIFF]


@dataclass(frozen=True)
class Rules:
    """What holds in every map of a world; `World` says what each number means."""

    symbols: tuple[tuple[str, Symbol], ...]
    step_reward: float
    bump_reward: float | None
    slip: float
    wind: tuple[int, ...]
    n_maps: int  # which share the bound on outcomes


def build_model(rules: Rules, rows: tuple[str, ...]) -> TransitionModel:
    """The dynamics of one map. A cell that nobody can act from (wall, goal, pit, cliff) ends at once with reward 0."""
    grid = kinds_of(rows, rules.symbols)
    kinds, letters = grid.ravel(), letters_of(rows).ravel()
    states, starts = np.arange(len(kinds)), np.flatnonzero(kinds == Kind.START)
    outcomes = _walk(rules, grid, letters, starts)
    for letter, symbol in dict(rules.symbols).items():
        here = letters == ord(letter)
        pay = rules.step_reward if symbol.reward is None else symbol.reward
        if symbol.kind is Kind.JUMP:
            outcomes.lead(here, np.flatnonzero(letters == ord(symbol.target))[:1], pay, Ending.NONE)
        elif symbol.kind is Kind.EXIT:
            outcomes.lead(here, states[here], pay, Ending.SUCCESS if pay > 0 else Ending.FAILURE)
    idle = np.isin(kinds, _IDLE)
    outcomes.lead(idle, states[idle], 0.0, Ending.FAILURE)
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

    def lead(self, here: np.ndarray, target: np.ndarray, reward: float, ending: Ending) -> None:
        """Let every action of the states `here`, bool [S], lead surely to `target`: a state for each, or one."""
        if not here.any():
            return
        self.successor[here] = target[:, None, None]
        self.probability[here] = 0.0
        self.probability[here, :, 0] = 1.0
        self.reward[here], self.ending[here] = reward, ending


def _walk(rules: Rules, grid: np.ndarray, letters: np.ndarray, starts: np.ndarray) -> _Outcomes:
    """The moves in the four directions, from every cell as if one could act there."""
    kinds = grid.ravel()
    moves = [_move(rules, grid, direction) for direction in range(4)]
    sides = [(0, 1 - rules.slip), (1, rules.slip / 2), (3, rules.slip / 2)] if rules.slip else [(0, 1.0)]
    homes = starts if (kinds == Kind.CLIFF).any() else starts[:1]
    outcomes = _Outcomes.none(_shape(rules, len(kinds), len(sides) * len(homes)))
    cell_reward = _cell_rewards(rules, kinds, letters)
    end = np.select([kinds == Kind.GOAL, kinds == Kind.PIT], [Ending.SUCCESS, Ending.FAILURE], Ending.NONE)
    for action in range(4):
        for side, (turn, share) in enumerate(sides):
            landed, bumped = moves[(action + turn) % 4]
            fallen = kinds[landed] == Kind.CLIFF
            for home, start in enumerate(homes):
                k = side * len(homes) + home
                outcomes.probability[:, action, k] = np.where(fallen, share / len(homes), share if home == 0 else 0.0)
                outcomes.successor[:, action, k] = np.where(fallen, start, landed)
                outcomes.reward[:, action, k] = cell_reward[landed]
                if rules.bump_reward is not None:
                    outcomes.reward[bumped, action, k] = rules.bump_reward
                outcomes.ending[:, action, k] = end[landed]
    return outcomes


def _shape(rules: Rules, cells: int, each: int) -> tuple[int, int, int]:
    """How many states, actions and outcomes of each action, if that many fit."""
    if (outcomes := rules.n_maps * cells * 4 * each) > MAX_OUTCOMES:
        raise WorldError(
            f"the maps have {outcomes:,} outcomes of actions; at most {MAX_OUTCOMES:,} are allowed. "
            "Use fewer cells, maps, or starts that cliffs send back to."
        )
    return cells, 4, each


def _cell_rewards(rules: Rules, kinds: np.ndarray, letters: np.ndarray) -> np.ndarray:
    """What entering each cell is worth, float64 [S]."""
    given = np.full(len(kinds), np.nan)
    for letter, symbol in dict(rules.symbols).items():
        if symbol.reward is not None:
            given[letters == ord(letter)] = symbol.reward
    return np.where(np.isin(kinds, _ENTERED_REWARD) & ~np.isnan(given), given, rules.step_reward)


def _move(rules: Rules, grid: np.ndarray, direction: int) -> tuple[np.ndarray, np.ndarray]:
    """Where a move in a direction ends from each state [S], and whether it was stopped by a wall or an edge [S]."""
    shape = grid.shape
    wall = np.pad(grid == Kind.WALL, 1, constant_values=True)
    places: np.ndarray = np.indices(shape) + 1
    row, column = places
    d_row, d_column = DIRECTIONS[direction]
    bumped = np.zeros(shape, bool)
    if d_column:
        bumped = wall[row, column + d_column]
        column = np.where(bumped, column, column + d_column)
    wind = np.array(rules.wind or [0] * shape[1])
    rise = np.broadcast_to(d_row - wind, shape)
    for distance in range(int(np.abs(rise).max(initial=0))):
        still = np.abs(rise) > distance
        blocked = wall[row + np.sign(rise), column] & still
        if distance == 0 and d_row:
            bumped = blocked & (np.sign(rise) == d_row)
        row = np.where(still & ~blocked, row + np.sign(rise), row)
    return ((row - 1) * shape[1] + column - 1).ravel(), bumped.ravel()
