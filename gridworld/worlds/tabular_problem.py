"""The problem that an agent is given, whatever it was made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gridworld.worlds.layout import Layout
from gridworld.worlds.tabular_env import ABOVE_ZERO, TabularEnv
from gridworld.worlds.transition_model import TransitionModel
from gridworld.worlds.world import World


@dataclass(frozen=True, eq=False)
class Problem:
    """States, actions and dynamics of a world, and how to make the real environment.

    `phases` holds (first step, model), more than one for a world that changes; it is empty where no model is known.
    `layouts` likewise, empty without a map. `stepped_because` is why training steps the environment instead of sampling
    the model, as a part of a sentence; empty where the model is sampled. `state_actions` has the names of each state's
    own actions, the first ones of `actions`; it is empty where every state has all.
    """

    name: str
    title: str
    n_states: int
    actions: tuple[str, ...]
    make_env: Callable[[], TabularEnv]
    phases: tuple[tuple[int, TransitionModel], ...] = ()
    layouts: tuple[tuple[int, Layout], ...] = ()
    step_limit: int | None = None
    success_reward: float = ABOVE_ZERO
    state_name: Callable[[int], str] = str
    stepped_because: str = ""
    state_actions: tuple[tuple[str, ...], ...] = ()
    world: World | None = None  # of a grid world

    def __repr__(self) -> str:
        return f"<Problem {self.name}: {self.n_states:,} states, actions {', '.join(self.actions[:8])}>"

    @property
    def n_actions(self) -> int:
        return len(self.actions)

    def actions_of(self, state: int) -> tuple[str, ...]:
        """Return the names of the actions that a state has."""
        return self.state_actions[state] if self.state_actions else self.actions

    @cached_property
    def missing(self) -> np.ndarray:
        """Which actions states don't have, bool [S, A]; [1, A] where every state has all."""
        counts = [len(names) for names in self.state_actions] or [self.n_actions]
        return np.arange(self.n_actions) >= np.array(counts)[:, None]

    @property
    def likely_start(self) -> int:
        """The most likely start state; 0 where no model is known."""
        return int(self.phases[0][1].start.argmax()) if self.phases else 0

    @property
    def nbytes(self) -> int:
        """Bytes of its models and layouts."""
        return sum(model.nbytes for _, model in self.phases) + sum(layout.nbytes for _, layout in self.layouts)

    def prepare(self) -> None:
        """Work out what sampling and drawing need of the models: tenths of a second, where a world is large."""
        for _, model in self.phases:
            _ = model.cumulative, model.start_cumulative, model.best_reward

    def at(self, step: int) -> int:
        """Return the phase in force after this number of steps."""
        return max((i for i, (first, _) in enumerate(self.phases or self.layouts) if first <= step), default=0)
