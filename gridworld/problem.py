"""What an agent is set before: a grid world, or any Gymnasium environment with discrete observations and actions."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import gymnasium as gym
import numpy as np

from gridworld.layout import Layout
from gridworld.maps import find_layout
from gridworld.model import Ending, TransitionModel, success_reward
from gridworld.world import ACTIONS, World, WorldError, parse_world
from gridworld.worlds import OPEN, WORLDS, load_world

MAX_STATES = 1_000_000
VERIFIED_STEPS = 2_000
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
    make_env: Callable[[], gym.Env] = field(repr=False)
    phases: tuple[tuple[int, TransitionModel], ...] = field(default=(), repr=False)
    layouts: tuple[tuple[int, Layout], ...] = field(default=(), repr=False)
    step_limit: int | None = None
    success_reward: float = float(np.nextafter(0, 1))
    state_name: Callable[[int], str] = field(default=str, repr=False)
    stepped_because: str = ""
    world: World | None = field(default=None, repr=False)  # of a grid world

    @property
    def n_actions(self) -> int:
        return len(self.actions)

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
    return name, {key: _literal(value) for key, _, value in pairs}


def _literal(word: str) -> Any:
    """A word as what it looks like: true, false, a number, or itself."""
    if word.lower() in ("true", "false"):
        return word.lower() == "true"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


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
    flat, state_name = _flattened(name, env.observation_space)
    if not isinstance(env.action_space, gym.spaces.Discrete):
        raise WorldError(
            f"{name} has the action space {env.action_space}; a table of action values needs Discrete actions. "
            "Wrap the environment so that it offers a fixed list of actions."
        )
    model, reason = _trusted_model(env)
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


@dataclass(frozen=True)
class Flat:
    """Numbers the observations of Discrete spaces, or of a tuple of them, from 0 on, the last part fastest."""

    sizes: tuple[int, ...]
    starts: tuple[int, ...]
    is_tuple: bool

    @property
    def size(self) -> int:
        return int(np.prod(self.sizes))

    @property
    def changes_nothing(self) -> bool:
        """Whether the observations are the numbers from 0 on already."""
        return not self.is_tuple and self.starts == (0,)

    def __call__(self, observation: Any) -> int:
        if not self.is_tuple:
            return int(observation) - self.starts[0]
        number = 0
        for part, size, start in zip(observation, self.sizes, self.starts, strict=True):
            number = number * size + int(part) - start
        return number

    def parts(self, state: int) -> tuple[int, ...]:
        """The observation of a state, as the parts of the tuple."""
        return tuple(int(i) + s for i, s in zip(np.unravel_index(state, self.sizes), self.starts, strict=True))


class Flattened(gym.ObservationWrapper):
    """An environment whose observations are numbered from 0 to S - 1."""

    def __init__(self, env: gym.Env, flat: Flat) -> None:
        super().__init__(env)
        self.flat = flat
        self.observation_space = gym.spaces.Discrete(flat.size)

    def observation(self, observation: Any) -> int:
        return self.flat(observation)


def _flattened(name: str, space: gym.Space) -> tuple[Flat, Callable[[int], str]]:
    parts: Any = space.spaces if isinstance(space, gym.spaces.Tuple) else (space,)
    if not all(isinstance(part, gym.spaces.Discrete) for part in parts):
        raise WorldError(
            f"{name} has the observation space {space}; a table of action values needs Discrete observations or a "
            "tuple of them. Wrap the environment in one that sorts what it observes into a finite number of bins."
        )
    sizes, starts = tuple(int(part.n) for part in parts), tuple(int(part.start) for part in parts)
    flat = Flat(sizes, starts, isinstance(space, gym.spaces.Tuple))
    if flat.size > MAX_STATES:
        raise WorldError(f"{name} has {flat.size:,} states; at most {MAX_STATES:,} fit in a table here.")
    if flat.is_tuple:
        return flat, lambda state: ", ".join(str(part) for part in flat.parts(state))
    return flat, lambda state: f"state {state + flat.starts[0]}"


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


def _trusted_model(env: gym.Env) -> tuple[TransitionModel | None, str]:
    """The model an environment publishes, if live steps obey it draw for draw; else why not."""
    inner: Any = env.unwrapped
    if not hasattr(inner, "P") or not hasattr(inner, "initial_state_distrib"):
        return (
            None,
            "it publishes no transition table (`P`, `initial_state_distrib`), so each step asks the environment",
        )
    try:
        model = TransitionModel.from_dynamics(inner.P, inner.initial_state_distrib)
    except (ValueError, TypeError, KeyError, IndexError) as problem:
        return None, f"its transition table `P` can't be read ({problem}), so each step asks the environment"
    if _obeys(inner, model):
        return model, ""
    return None, "it doesn't follow its own transition table `P`, so each step asks the environment"


def _obeys(env: gym.Env, model: TransitionModel) -> bool:
    """Whether live steps and sampled ones agree in everything, the generator's state included."""
    choose = np.random.default_rng(0)
    for seed in range(8):
        state, _ = env.reset(seed=seed)
        ours = copy.deepcopy(env.np_random)
        ours.bit_generator.state = np.random.default_rng(seed).bit_generator.state
        if state != np.argmax(model.start_cumulative > ours.random()):
            return False
        for _ in range(VERIFIED_STEPS // 8):
            action = int(choose.integers(model.n_actions))
            outcome = int(np.argmax(model.cumulative[state, action] > ours.random()))
            told = tuple(array[state, action, outcome] for array in (model.successor, model.reward))
            ended = model.ending[state, action, outcome] != Ending.NONE
            state, reward, terminated, truncated, _ = env.step(action)
            if (state, reward) != told or terminated != ended or truncated:
                return False
            if terminated:
                state, _ = env.reset()
                if state != np.argmax(model.start_cumulative > ours.random()):
                    return False
        if env.np_random.bit_generator.state != ours.bit_generator.state:
            return False
    return True
