"""What an agent is set before, whatever it was made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gridworld.worlds.layout import Layout
from gridworld.worlds.tabular_env import ABOVE_ZERO, TabularEnv
from gridworld.worlds.transition_model import TransitionModel
from gridworld.worlds.world import World


@dataclass(frozen=True, eq=False)
class Problem:
    """States, actions and dynamics of a world, and how to make the real environment.

    `phases` holds (first step, model), more than one for a world that changes; it is empty where no model is known.
    `layouts` likewise, empty without a map. `stepped_because` is why training steps the environment instead of sampling
    the model, as a part of a sentence; empty where the model is sampled.
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
    world: World | None = None  # of a grid world

    def __repr__(self) -> str:
        return f"<Problem {self.name}: {self.n_states:,} states, actions {', '.join(self.actions[:8])}>"

    @property
    def n_actions(self) -> int:
        return len(self.actions)

    @property
    def likely_start(self) -> int:
        """The most likely start state; 0 where no model is known."""
        return int(self.phases[0][1].start.argmax()) if self.phases else 0

    @property
    def nbytes(self) -> int:
        """Bytes of its models and layouts."""
        return sum(model.nbytes for _, model in self.phases) + sum(layout.nbytes for _, layout in self.layouts)

    def at(self, step: int) -> int:
        """Return which phase holds after this number of steps."""
        return max((i for i, (first, _) in enumerate(self.phases or self.layouts) if first <= step), default=0)
