"""The grid world as a Gymnasium environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import gymnasium as gym
import numpy as np

from gridworld.worlds.named import load_world
from gridworld.worlds.symbols import DIRECTIONS
from gridworld.worlds.text import parse_world
from gridworld.worlds.transition_model import Ending, TransitionModel
from gridworld.worlds.world import World

if TYPE_CHECKING:
    from gridworld.worlds.map_picture import MapSketch

LARGEST_CELL, LONGER_SIDE = 48, 480  # pixels of a cell, and of a picture whose cells must be smaller


class GridWorld(gym.Env):
    """A rectangular world of cells, walked one step at a time.

    Observation
        `Discrete(rows * columns)`: the agent's cell, row * columns + column.
    Actions
        `Discrete(4)`: 0 up, 1 right, 2 down, 3 left. With probability `slip` the move goes to one of the two sides.
    Reward
        That of the cell entered or of the jump or exit taken, else the step reward; see `World`.
    Start
        One of the start cells, drawn evenly.
    End
        Entering a goal or a pit terminates, and so does any action in an exit. A cliff sends back to a start, a jump
        leads to another cell, and neither ends the episode. An episode is truncated at the step limit, if there is one.
        `info["success"]` is whether the ending was a good one.

    A world that changes does so at the stated step, counted since the last seed. Source of the named worlds: Sutton &
    Barto (2018), where `named.py` cites it.

    Parameters
    ----------
    world
        An id (`easy`, `cliff`, `open_12`, ...), a text, or a `World`.
    slip, step_reward, step_limit
        Numbers in place of the world's own; a step limit of 0 is none.
    render_mode
        "ansi" for text, "rgb_array" for a picture, or None.

    Raises
    ------
    WorldError
        If there is no such world, the text makes no sense, or a number is out of its range.
    """

    metadata = {"render_modes": ["ansi", "rgb_array"], "render_fps": 10}  # noqa: RUF012

    def __init__(
        self,
        world: str | World = "easy",
        *,
        slip: float | None = None,
        step_reward: float | None = None,
        step_limit: int | None = None,
        render_mode: str | None = None,
    ) -> None:
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(
                f"render_mode is {render_mode!r}; it must be one of {self.metadata['render_modes']} or None."
            )
        if isinstance(world, str):
            world = parse_world(world) if "\n" in world.strip("\n") else load_world(world)
        self.world = world.with_numbers(slip=slip, step_reward=step_reward, step_limit=step_limit)
        self.render_mode = render_mode
        self.observation_space = gym.spaces.Discrete(self.world.rows * self.world.columns)
        self.action_space = gym.spaces.Discrete(len(DIRECTIONS))
        self._total_steps = 0
        self._episode_steps = 0
        self._state = 0
        self._sketch: MapSketch | None = None  # of the map that was drawn last

    def __getstate__(self) -> dict[str, Any]:
        """Return everything except what is drawn again."""
        return {**self.__dict__, "_sketch": None}

    def __repr__(self) -> str:
        return f"<GridWorld in {self.world!r}>"

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[int, dict[str, Any]]:
        """Begin an episode. A seed also takes a changing world back to its first map."""
        super().reset(seed=seed)
        if seed is not None:
            self._total_steps = 0
        self._episode_steps = 0
        self._state = int(np.argmax(self._model().start_cumulative > self.np_random.random()))
        return self._state, {}

    def step(self, action: int) -> tuple[int, float, bool, bool, dict[str, Any]]:
        """Do one step: the cell entered, its reward, terminated, truncated, and whether it was a success."""
        if not self.action_space.contains(action):
            raise ValueError(f"The action {action!r} is not one of 0 up, 1 right, 2 down, 3 left.")
        model = self._model()
        outcome = int(np.argmax(model.cumulative[self._state, action] > self.np_random.random()))
        chosen = self._state, action, outcome
        self._state = int(model.successor[chosen])
        self._total_steps += 1
        self._episode_steps += 1
        ending = Ending(int(model.ending[chosen]))
        truncated = ending is Ending.NONE and self._episode_steps == self.world.step_limit
        return (
            self._state,
            float(model.reward[chosen]),
            ending is not Ending.NONE,
            truncated,
            {"success": ending is Ending.SUCCESS},
        )

    def render(self) -> str | np.ndarray | None:
        """Return the map as text with the agent as @, or as a picture, uint8 [height, width, 3].

        A cell has 48 pixels, or fewer where a side would have more than 480.
        """
        if self.render_mode is None:
            gym.logger.warn("Nothing is rendered: make the environment with render_mode='ansi' or 'rgb_array'.")
            return None
        row, column = divmod(self._state, self.world.columns)
        if self.render_mode == "ansi":
            lines = [list(line) for line in self._at(self.world.maps)]
            lines[row][column] = "@"
            return "\n".join("".join(line) for line in lines) + "\n"
        return self._picture()

    def _picture(self) -> np.ndarray:
        """Return the map as it is drawn everywhere, with the agent in its cell, uint8 [height, width, 3]."""
        from gridworld.worlds.map_picture import MapSketch

        cell = max(2, min(LARGEST_CELL, LONGER_SIDE // max(self.world.rows, self.world.columns)) // 2 * 2)
        phase = self._at(tuple((step, number) for number, (step, _) in enumerate(self.world.layouts)))
        if self._sketch is None or self._sketch.phase != phase:
            self._sketch = MapSketch(self.world, phase, cell)
        return self._sketch.with_agent(self._state)

    @property
    def P(self) -> dict[int, dict[int, list[tuple[float, int, float, bool]]]]:
        """The transition table of the map that holds: `P[s][a] = [(probability, successor, reward, ended), ...]`."""
        return self._model().dynamics

    @property
    def initial_state_distrib(self) -> np.ndarray:
        """float64 [S]: the probability of starting in each cell."""
        return self._model().start

    def get_state(self) -> dict[str, int]:
        """Return the state of the environment within an episode, without its generator, as plain numbers."""
        return {"_state": self._state, "_total_steps": self._total_steps, "_episode_steps": self._episode_steps}

    def set_state(self, state: Any) -> None:
        """Continue from a state that `get_state` returned.

        Raises
        ------
        ValueError
            If the world can't be in this state.
        """
        bounds = {
            "_state": self.world.rows * self.world.columns - 1,
            "_total_steps": 1 << 60,
            "_episode_steps": 1 << 60,
        }
        if not isinstance(state, Mapping) or set(state) != set(bounds):
            raise ValueError(f"The state of a grid world has the parts {', '.join(bounds)}; got {state!r:.200}.")
        for name, bound in bounds.items():
            if type(state[name]) is not int or not 0 <= state[name] <= bound:
                raise ValueError(f"{name} is {state[name]!r:.50}; it must be a whole number from 0 to {bound}.")
        self._state, self._total_steps, self._episode_steps = (state[name] for name in bounds)

    def _at(self, timeline: tuple[tuple[int, Any], ...]) -> Any:
        """Return the map of a changing world at the present step."""
        return next(shown for step, shown in reversed(timeline) if step <= self._total_steps)

    def _model(self) -> TransitionModel:
        return self._at(self.world.phases)
