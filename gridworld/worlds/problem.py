"""What an agent is set before: a grid world, or any Gymnasium environment with discrete observations and actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import gymnasium as gym
import numpy as np

from gridworld.errors import WorldError
from gridworld.worlds.gymnasium_layouts import find_layout
from gridworld.worlds.layout import Layout
from gridworld.worlds.named import OPEN, WORLDS, load_world
from gridworld.worlds.observations import Flattened, flatten
from gridworld.worlds.symbols import ACTIONS
from gridworld.worlds.text import parse_world
from gridworld.worlds.transition_model import TransitionModel, success_reward
from gridworld.worlds.verified_model import trusted_model
from gridworld.worlds.world import World

GRID_OPTIONS = ("slip", "step_reward", "step_limit")


@dataclass(frozen=True, eq=False)
class Problem:
    """States, actions and dynamics of a world, and how to make the real environment.

    `phases` holds (first step, model), more than one for a world that changes; it is empty where only the environment
    itself can tell what happens, and `stepped_because` then says why. `layouts` likewise, empty without a map.
    """

    name: str
    title: str
    n_states: int
    actions: tuple[str, ...]
    make_env: Callable[[], gym.Env]
    phases: tuple[tuple[int, TransitionModel], ...] = ()
    layouts: tuple[tuple[int, Layout], ...] = ()
    step_limit: int | None = None
    success_reward: float = float(np.nextafter(0, 1))
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

    def at(self, step: int) -> int:
        """Which phase holds after so many steps."""
        return max((i for i, (first, _) in enumerate(self.phases or self.layouts) if first <= step), default=0)


def load_problem(world: str, options: Mapping[str, Any] | None = None) -> Problem:
    """The problem behind a world's id, a world's text (it has more than one line), or a Gymnasium id.

    An id may carry options as an address does: `FrozenLake-v1?map_name=8x8&is_slippery=false`. `options` are `slip`,
    `step_reward` and `step_limit` for a grid world; `step_limit` and the keyword arguments of `gymnasium.make` for an
    environment.

    Raises
    ------
    WorldError
        In one sentence, whatever makes the world unusable.
    """
    world, query = _split(world)
    options = {**query, **(options or {})}
    frozen = tuple(sorted((key, value) for key, value in options.items() if value is not None))
    try:
        return _load_problem(world, frozen)
    except TypeError:  # an option that can't be hashed, such as a map given as a list
        return _load_problem.__wrapped__(world, frozen)


def _split(world: str) -> tuple[str, dict[str, Any]]:
    """`id?key=value&key=value` as the id and its options."""
    if "\n" in world.strip("\n") or "?" not in world:
        return world, {}
    name, _, query = world.partition("?")
    pairs = (part.partition("=") for part in query.split("&") if part)
    return name, {key: literal(value) for key, _, value in pairs}


@lru_cache(maxsize=32)
def _load_problem(world: str, options: tuple[tuple[str, Any], ...]) -> Problem:
    is_text = "\n" in world.strip("\n")
    if is_text or world in WORLDS or OPEN.fullmatch(world):
        grid = parse_world(world) if is_text else load_world(world)
        return _grid_problem("custom" if is_text else world, grid, dict(options))
    if world not in gym.registry and ":" not in world:
        raise WorldError(
            f"There is no world {world!r}. Choose one of {', '.join(WORLDS)}, open_N for any N, "
            "or the id of a Gymnasium environment."
        )
    return _gym_problem(world, dict(options))


def _grid_problem(name: str, world: World, options: dict[str, Any]) -> Problem:
    unknown = set(options) - set(GRID_OPTIONS)
    if unknown:
        raise WorldError(f"A grid world has no option {sorted(unknown)[0]!r}; it has {', '.join(GRID_OPTIONS)}.")
    world = world.with_numbers(**options)
    return Problem(
        name=name,
        title=world.title or name,
        n_states=world.rows * world.columns,
        actions=ACTIONS,
        make_env=lambda: gym.make("GridWorld-v0", world=world),
        phases=world.phases,
        layouts=world.layouts,
        step_limit=world.step_limit,
        state_name=lambda state: "row {}, column {}".format(*divmod(state, world.columns)),
        world=world,
    )


def _gym_problem(name: str, options: dict[str, Any]) -> Problem:
    limit = options.pop("step_limit", None)
    make = lambda: gym.make(  # noqa: E731  it is handed on as a value
        name, max_episode_steps=-1 if limit == 0 else limit, disable_env_checker=True, **options
    )
    try:
        env = make()
    except Exception as problem:
        raise WorldError(f"Gymnasium can't make {name!r} with {options}: {problem}") from None
    flat, state_name = flatten(name, env.observation_space)
    if not isinstance(env.action_space, gym.spaces.Discrete):
        raise WorldError(
            f"{name} has the action space {env.action_space}; a table of action values needs Discrete actions. "
            "Wrap the environment so that it offers a fixed list of actions."
        )
    model, reason = trusted_model(env)
    spec_limit = env.spec.max_episode_steps if env.spec else None
    layout = find_layout(env.unwrapped)
    threshold = success_reward(model.reward, model.ending) if model else Problem.success_reward
    env.close()
    return Problem(
        name=name,
        title=name,
        n_states=flat.size,
        actions=_action_names(env.unwrapped, int(env.action_space.n)),
        make_env=lambda: Flattened(make(), flat),
        phases=((0, model),) if model else (),
        layouts=((0, layout),) if layout else (),
        step_limit=None if limit == 0 else limit or spec_limit,
        success_reward=threshold,
        state_name=state_name,
        stepped_because=reason,
    )


def _action_names(env: gym.Env, count: int) -> tuple[str, ...]:
    """The names an environment is known to give its actions, or numbers."""
    known = {
        "FrozenLakeEnv": ("left", "down", "right", "up"),
        "CliffWalkingEnv": ACTIONS,
        "TaxiEnv": ("down", "up", "right", "left", "pick up", "drop off"),
        "BlackjackEnv": ("stick", "hit"),
    }
    names = known.get(type(env).__name__, getattr(env, "action_names", ()))
    return tuple(names) if len(names) == count else tuple(f"action {i}" for i in range(count))


def literal(word: str) -> Any:
    """A word as what it looks like: true, false, a number, or itself."""
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
