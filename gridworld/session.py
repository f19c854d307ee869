"""A training session: an agent in a world, from one seed, a tick at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from gridworld import kernels
from gridworld.agents import Agent, agent_class
from gridworld.compiled import CAN_COMPILE, pack, unpack
from gridworld.frame import Columns, Frame, Status, concatenate
from gridworld.history import EPISODES, History
from gridworld.kernels import EPISODE, EPISODE_STEP, RECENT, STEP, TRAIL, WINDOW, Log
from gridworld.problem import Problem, load_problem
from gridworld.sources import ANSWERS, ENVIRONMENT, MODEL, Dynamics
from gridworld.stepping import NOTHING, answering, steps_of

TRAIL_SHOWN = 20
MAX_EPISODES = 1_000_000_000
ENDLESS = 1 << 62


@dataclass(frozen=True)
class Settings:
    """All that a run is made from. Plain values: they can be written down, compared and handed over.

    `world` is an id, a Gymnasium id, or the text of a world; `options` its numbers. `episodes` 0 means endless.
    """

    world: str = "medium"
    agent: str = "q_learning"
    options: Mapping[str, Any] = field(default_factory=dict)
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    episodes: int = 500

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def make_agent(self) -> Agent:
        """The agent, its hyperparameters checked."""
        return agent_class(self.agent).create(self.hyperparameters)

    def make_problem(self) -> Problem:
        """The problem, its options checked."""
        return load_problem(self.world, self.options)


class Intervention(NamedTuple):
    """A change of hyperparameters in mid-run: it holds from this step, the first of an episode, on."""

    step: int
    episode: int
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scene:
    """The newest picture of a tabular agent in its world."""

    state: int
    trail: np.ndarray  # int64 [<= 20]: the states entered last, the newest at the end
    episode_step: int
    episode_return: float
    exploration: float  # epsilon, the temperature or the confidence of this episode
    best_return: float  # of all episodes; -inf before the first ended
    action_values: np.ndarray  # float64 [S, A]
    visits: np.ndarray  # int64 [S, A]
    recent_actions: np.ndarray  # int64 [A]: how often each was taken in the last 50 episodes
    recent: np.ndarray  # float64 [<= 50, 5]: return, length, exploration, ending, mean |TD error|; the newest last
    phase: int = 0  # which map of a changing world holds
    interventions: tuple[Intervention, ...] = ()


class TrainingSession:
    """Trains one agent in one world. The same settings give the same run, bit for bit, however the ticks are cut.

    Parameters
    ----------
    settings
        What to train; or leave it out and name its fields: `TrainingSession(world="cliff", agent="sarsa", seed=7,
        step_size=0.5)`. Fields that `Settings` doesn't have are hyperparameters.
    compiled
        Run the loop compiled where numba is there; False runs the same source as plain Python.
    stepped
        Step the real environment even where a transition model is known.
    history
        How many rows of episodes to keep (an even number); a longer run merges neighbours.

    Raises
    ------
    ValueError
        In one sentence, for settings that make no sense.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        compiled: bool = CAN_COMPILE,
        stepped: bool = False,
        history: int = 4096,
        **fields: Any,
    ) -> None:
        self.settings = _settings(settings, fields)
        self.problem = self.settings.make_problem()
        self.agent = self.settings.make_agent()
        self.stepped = stepped or not self.problem.phases
        self.compiled = compiled and CAN_COMPILE
        self.episodes = self.settings.episodes
        self.interventions: list[Intervention] = []
        self.departures: list[str] = []  # sentences: why the settings and interventions alone don't give this run
        self.history = History(EPISODES, history)
        self._pending: dict[str, Any] = {}
        self._begin_arrays()
        self._begin_world()
        self._untold: Columns = {}
        self._told = 0
        self._bind()

    def _begin_arrays(self) -> None:
        """All memory of the run, as it is before the first step."""
        states, actions = self.problem.n_states, self.problem.n_actions
        self.tables: Any = self.agent.allocate(states, actions, self.step_limit)
        self._log = Log(
            self.history.rows,
            np.zeros((RECENT, 5)),
            np.zeros((RECENT, actions), np.int64),
            np.zeros(TRAIL, np.int64),
        )
        self._at = np.zeros(9, np.int64)
        self._at[kernels.ROW_STRIDE] = 1
        self._values = np.zeros(6)
        self._values[kernels.EXPLORATION] = self.agent.exploration_schedule.start
        self._values[kernels.BEST] = -np.inf

    def _begin_world(self) -> None:
        """The generators, one for the agent and one for the world, and the real environment where it is stepped."""
        seeds = np.random.SeedSequence(self.settings.seed).spawn(2)
        self._generators = [np.random.Generator(np.random.PCG64(seed)) for seed in seeds]
        self._words = [pack(generator) for generator in self._generators]
        self._env = None
        if self.stepped:
            self._env = self.problem.make_env()
            self._env.reset(seed=self.settings.seed)
            self._env.unwrapped.np_random = self._generators[1]

    def _bind(self) -> None:
        """Hand the memory to the loop; once, because handing over costs more than a step."""
        source = MODEL if not self.stepped else ANSWERS if self.compiled else ENVIRONMENT
        self._kernel: Any = kernels.build_loop(type(self.agent), self.agent.policy, source, self.compiled)
        self._loop: Any = self._kernel
        generators = self._words if self.compiled else self._generators
        self._state_arguments = (*kernels.arguments((self._at, self._values), self.compiled), *generators)
        self._memory = (
            kernels.arguments(tuple(self.tables), self.compiled),
            kernels.arguments(tuple(self._log), self.compiled),
        )
        self._bind_agent()
        self._bind_world()

    def _bind_agent(self) -> None:
        self._numbers = self.agent.constants(), tuple(self.agent.exploration_schedule), float(self.step_limit or np.inf)

    def _bind_world(self) -> None:
        """Choose the model that holds now, and the step at which the next one does."""
        if self._env is not None:
            self._world: tuple = steps_of(self._env, self.problem.success_reward)
            self._changes_at = ENDLESS
            if self.compiled:
                self._loop = answering(self._kernel, self._world, self._at, self.history.capacity)
                self._world = NOTHING
            return
        phase = self.problem.at(self.step)
        model = self.problem.phases[phase][1]
        dynamics = Dynamics(model.successor, model.reward, model.ending, model.cumulative, model.start_cumulative)
        self._world = kernels.arguments(tuple(dynamics), self.compiled)
        later = self.problem.phases[phase + 1 :]
        self._changes_at = later[0][0] if later else ENDLESS

    @property
    def step(self) -> int:
        """Steps done since the session began."""
        return int(self._at[STEP])

    @property
    def episode(self) -> int:
        """Episodes that have ended."""
        return int(self._at[EPISODE])

    @property
    def step_limit(self) -> int | None:
        """After how many steps an episode is cut, if it is."""
        return self.problem.step_limit or self.agent.default_step_limit

    @property
    def finished(self) -> bool:
        """Whether all episodes asked for have ended."""
        return 0 < self.episodes <= self.episode

    @property
    def generator_states(self) -> tuple[np.ndarray, np.ndarray]:
        """The states of the agent's and the world's generator, each uint64 [4]."""
        agent, world = (pack(generator) for generator in self._generators)
        if self.compiled:
            agent, world = self._words[0].copy(), world if self.stepped else self._words[1].copy()
        return agent, world

    def tick(self, steps: int) -> Frame:
        """Do so many steps (fewer where the last episode ends first), and report."""
        self.advance(steps)
        return self.frame()

    def tick_episodes(self, episodes: int) -> Frame:
        """Do steps until so many more episodes have ended, and report."""
        self.advance_episodes(episodes)
        return self.frame()

    def advance_episodes(self, episodes: int) -> None:
        """Do steps until so many more episodes have ended."""
        self.advance(ENDLESS - self.step, episodes)

    @property
    def is_compiled(self) -> bool:
        """Whether the first step will start at once; `compile` makes it so."""
        return not self.compiled or bool(self._kernel.signatures)

    def compile(self) -> None:
        """Compile the loop, or read it from the disk, without doing a step."""
        self._kernel(self._world, *self._memory, *self._numbers, *self._state_arguments, 0, 0)

    def extend(self, episodes: int) -> None:
        """Set the number of episodes to do in all (0: endless).

        Raises
        ------
        ValueError
            If the number is out of range, or fewer than have ended.
        """
        _check_episodes(episodes)
        if 0 < episodes < self.episode:
            raise ValueError(f"{episodes} episodes are fewer than the {self.episode} that have ended; ask for more.")
        self.episodes = episodes

    def advance(self, steps: int, episodes: int = ENDLESS) -> None:
        """Do so many steps, or fewer where so many episodes or the last one end first."""
        last_step = self.step + steps
        last_episode = min(self.episodes or ENDLESS, self.episode + episodes)
        while self.step < last_step and self.episode < last_episode:
            if self._at[kernels.ROW] == self.history.capacity:
                self._make_room()
            if self._pending and self._at[EPISODE_STEP] == 0:
                self._apply_pending()
            if self.step >= self._changes_at:
                self._bind_world()
            until = min(last_episode, self.episode + 1) if self._pending else last_episode
            self._loop(
                self._world,
                *self._memory,
                *self._numbers,
                *self._state_arguments,
                min(last_step, self._changes_at),
                until,
            )
        self.history.length = int(self._at[kernels.ROW])

    def _make_room(self) -> None:
        """Merge neighbouring rows of the full history; what no frame has told yet is kept for the next one."""
        self.history.length = self.history.capacity
        self._untold = concatenate(self._untold, self.history.since(self._told))
        self.history.halve()
        self._told = self._at[kernels.ROW] = self.history.length
        self._at[kernels.ROW_STRIDE] *= 2

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Change hyperparameters that may change in mid-run; they hold from the next episode on.

        Raises
        ------
        ValueError
            If one is unknown, out of range, or can't change in mid-run.
        """
        fixed = sorted(set(changes) - set(self.agent.live) & set(self.agent.hyperparameters()))
        if fixed:
            raise ValueError(
                f"{fixed[0]} can't change in mid-run; {', '.join(self.agent.live)} can. Reset to change it."
            )
        pending = {**self._pending, **changes}
        type(self.agent).create({**self.agent.settings(), **pending})
        self._pending = pending
        if self._at[EPISODE_STEP] == 0:
            self._apply_pending()

    def _apply_pending(self) -> None:
        changes, before = self._pending, self.agent.settings()
        self._pending = {}
        changes = {name: value for name, value in changes.items() if value != before[name]}
        if not changes:
            return
        self.agent = type(self.agent).create({**before, **changes})
        self.interventions.append(Intervention(self.step, self.episode, changes))
        schedule = self.agent.exploration_schedule
        restarts = {"epsilon", "epsilon_schedule", "temperature", "confidence"} & set(changes)
        now = self._values[kernels.EXPLORATION]
        self._values[kernels.EXPLORATION] = schedule.start if restarts else min(max(now, schedule.low), schedule.high)
        self._bind_agent()

    def frame(self) -> Frame:
        """What is new since the last frame, and how things stand."""
        log = concatenate(self._untold, self.history.since(self._told))
        self._untold, self._told = {}, self.history.length
        status = Status.FINISHED if self.finished else Status.PAUSED if self.step else Status.READY
        told = {EPISODES.name: log} if len(log["episode"]) else {}
        return Frame(0, status, self.step, self.episode, self.scene(), told)

    def scene(self) -> Scene:
        """How things stand."""
        log, entered, episode_step = self._log, int(self._at[kernels.TRAIL_COUNT]), int(self._at[EPISODE_STEP])
        episode, running = self.episode, int(episode_step > 0)
        trail = _newest(log.trail, entered, TRAIL_SHOWN)
        trail = np.maximum(trail, ~trail)  # an episode's first state s is written as -1 - s, which is ~s
        return Scene(
            state=int(trail[-1]) if len(trail) else self.likely_start,
            trail=trail,
            episode_step=episode_step,
            episode_return=float(self._values[kernels.RETURN]),
            exploration=float(self._values[kernels.EXPLORATION]),
            best_return=float(self._values[kernels.BEST]),
            action_values=self.tables.Q.copy(),
            visits=self.tables.N.copy(),
            recent_actions=_newest(log.actions, episode + running, WINDOW).sum(0),
            recent=_newest(log.recent, episode, WINDOW),
            phase=self.problem.at(self.step),
            interventions=tuple(self.interventions),
        )

    @property
    def likely_start(self) -> int:
        """The most likely start state, where the agent is drawn before it has begun."""
        return int(self.problem.phases[0][1].start.argmax()) if self.problem.phases else 0

    @classmethod
    def replay(
        cls, settings: Settings, interventions: Iterable[Intervention], steps: int, **options: Any
    ) -> TrainingSession:
        """The run of these settings and interventions after so many steps; `options` are those of the session.

        Raises
        ------
        ValueError
            For settings that make no sense, or a change at a step that the run doesn't reach.
        """
        session = cls(settings, **options)
        for intervention in interventions:
            session.advance(intervention.step - session.step)
            if session.step != intervention.step:
                raise ValueError(f"The run ends at step {session.step:,}, before the change at {intervention.step:,}.")
            session.configure(intervention.changes)
        session.advance(steps - session.step)
        return session

    @property
    def settings_in_force(self) -> Settings:
        """The settings with what was changed in mid-run: another session made from them begins as this one goes on."""
        now, begun = {**self.agent.settings(), **self._pending}, self.settings.make_agent().settings()
        changed = {name: value for name, value in now.items() if value != begun[name]}
        hyperparameters = {**self.settings.hyperparameters, **changed}
        return replace(self.settings, hyperparameters=hyperparameters, episodes=self.episodes)

    @property
    def environment(self) -> Any:
        """The real environment that is stepped, or None where a transition model is sampled."""
        return self._env

    @property
    def pending(self) -> dict[str, Any]:
        """Changes of hyperparameters that wait for the next episode."""
        return dict(self._pending)

    def arrays(self) -> dict[str, np.ndarray]:
        """All numbers of the run by name, not copied. Only the states of the generators are a copy, uint64 [2, 4]."""
        return {
            **{f"table_{name}": array for name, array in self.tables._asdict().items()},
            **{f"log_{name}": array for name, array in self._log._asdict().items()},
            "position": self._at,
            "figures": self._values,
            "generators": np.stack(self.generator_states),
        }

    def restore(
        self, arrays: Mapping[str, np.ndarray], hyperparameters: Mapping[str, Any], pending: Mapping[str, Any]
    ) -> None:
        """Go on from the numbers of another run with the same settings; they must have been checked.

        An array may be shorter than the run's own; the rest then keeps what it has.
        """
        for name, array in self.arrays().items():
            array[: len(arrays[name])] = arrays[name]
        for words, own, generator in zip(arrays["generators"], self._words, self._generators, strict=True):
            own[:] = words
            unpack(words, generator)
        self.agent = type(self.agent).create(hyperparameters)
        self._pending = dict(pending)
        self.history.length = int(self._at[kernels.ROW])
        self.retell()
        self._bind()

    def retell(self) -> None:
        """Let the next frame tell the whole history, to whoever has not heard any of it."""
        self._untold, self._told = {}, 0

    def __getstate__(self) -> dict[str, Any]:
        """Everything but what is bound to this process: the loop, its arguments, the problem behind the settings."""
        bound = {
            "_loop",
            "_kernel",
            "_state_arguments",
            "_memory",
            "_numbers",
            "_world",
            "_changes_at",
            "problem",
            "agent",
        }
        bound |= {"problem", "agent"}
        state = {name: value for name, value in self.__dict__.items() if name not in bound}
        state["tables"] = tuple(self.tables)
        return {**state, "hyperparameters": self.agent.settings()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        hyperparameters = state.pop("hyperparameters")
        self.__dict__.update(state)
        self.problem = self.settings.make_problem()
        self.agent = agent_class(self.settings.agent).create(hyperparameters)
        self.tables = type(self.agent).tables(*self.tables)
        if self._env is not None:
            self._env.unwrapped.np_random = self._generators[1]
        self._log = self._log._replace(rows=self.history.rows)
        self._bind()


def _newest(ring: np.ndarray, written: int, count: int) -> np.ndarray:
    """The newest rows of a ring that so many were written into, at most `count` of them, the newest last; a copy."""
    end = written % len(ring)
    first = end - min(count, written)
    return ring[first:end].copy() if first >= 0 else np.concatenate([ring[first:], ring[:end]])


def _settings(settings: Settings | None, fields: Mapping[str, Any]) -> Settings:
    """Settings from their fields; what is not a field is a hyperparameter."""
    if settings is None:
        named = {name: fields[name] for name in fields if name in Settings.__dataclass_fields__}
        extra = {name: value for name, value in fields.items() if name not in named}
        hyperparameters = {**named.pop("hyperparameters", {}), **extra}
        settings = Settings(**named, hyperparameters=hyperparameters)
    elif fields:
        raise ValueError(f"Give settings or their fields, not both: {sorted(fields)[0]!r} came beside settings.")
    if not isinstance(settings.seed, int) or not 0 <= settings.seed < 2**63:
        raise ValueError(f"The seed is {settings.seed!r}; it must be a whole number from 0 to {2**63 - 1}.")
    _check_episodes(settings.episodes)
    return settings


def _check_episodes(episodes: int) -> None:
    if not isinstance(episodes, int) or not 0 <= episodes <= MAX_EPISODES:
        raise ValueError(
            f"The number of episodes is {episodes!r}; it must be a whole number from 0 (endless) to {MAX_EPISODES:,}."
        )
