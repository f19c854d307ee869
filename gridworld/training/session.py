"""A training session: an agent in a world, from one seed, a tick at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from gridworld.agents import agent_class
from gridworld.compiled import CAN_COMPILE
from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import EPISODES, History, UnreportedRows
from gridworld.training import loop
from gridworld.training.bound_loop import ENDLESS, BoundLoop
from gridworld.training.changes import RESTARTING, with_changes
from gridworld.training.loop import EPISODE, EPISODE_STEP, LONGEST_RUN, STEP
from gridworld.training.memory import Memory, initial_tables
from gridworld.training.readings import Readings
from gridworld.training.scene import Intervention
from gridworld.training.settings import Settings, check_episodes, check_rows, checked_settings
from gridworld.training.watch import Watch
from gridworld.training.world_edits import WORLD, carried_over, edited_problem, is_changed, numbers_of, problem_in_force
from gridworld.worlds.problem import Problem
from gridworld.worlds.tabular_env import TabularEnv


class TrainingSession(Readings):
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
        How many rows of episodes to keep, an even number up to 2^20; a longer run merges neighbours.

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
        self.settings = checked_settings(settings, fields)
        check_rows(history)
        self.problem = self.settings.make_problem()
        self.agent = self.settings.make_agent()
        self.stepped = stepped or not self.problem.phases or bool(self.problem.stepped_because)
        self.compiled = compiled and CAN_COMPILE
        self.episodes = self.settings.episodes
        self.interventions: list[Intervention] = []
        self.departures: list[str] = []  # sentences: why the settings and interventions alone don't give this run
        self.history = History(EPISODES, history)
        self._pending: dict[str, Any] = {}
        self._unreported = UnreportedRows(self.history)
        tables = initial_tables(self.agent, self.problem, self.step_limit)
        seed, rows = self.settings.seed, self.history.rows
        self._memory = Memory(self.agent, tables, rows, seed=seed, compiled=self.compiled, stepped=self.stepped)
        self._environment: TabularEnv | None = None
        self._watch: Watch | None = None
        self._bind()

    def _bind(self) -> None:
        """Join what belongs together in this process: memory, history, environment and loop."""
        self._memory.join(self.agent, self.history.rows)
        if self._environment is not None:
            self._memory.let_draw(self._environment)
        environment = (lambda: self.environment) if self.stepped else None
        watch, limit = self._watch, self.step_limit
        looked_at = watch.attach(self) if watch else ()
        self._loop = BoundLoop(self._memory, self.agent, self.problem, environment, limit, watch, looked_at)

    @property
    def environment(self) -> Any:
        """The real environment, where it is stepped; made when it is first needed, as somebody's may take long."""
        if self.stepped and self._environment is None:
            self._environment = self.problem.make_env()
            self._environment.reset(seed=self.settings.seed)
            self._memory.let_draw(self._environment)
        return self._environment

    @property
    def has_environment(self) -> bool:
        """Whether its environment has been made."""
        return self._environment is not None

    def watch(self, watch: Watch | None) -> None:
        """Look out for something from now on (None: for nothing), which changes no bit of the run.

        A watch that stops ends `advance` after the step that it noticed; nothing more is done until it is taken away.

        Raises
        ------
        ValueError
            In one sentence, if that can't be looked out for in this run.
        """
        before, self._watch = self._watch, watch
        try:
            self._bind()
        except ValueError:
            self._watch = before
            raise

    def tick(self, steps: int) -> Frame:
        """Do this many steps (fewer where the last episode ends first), and report."""
        self.advance(steps)
        return self.frame()

    def tick_episodes(self, episodes: int) -> Frame:
        """Do steps until this many more episodes have ended, and report."""
        self.advance_episodes(episodes)
        return self.frame()

    def advance_episodes(self, episodes: int) -> None:
        """Do steps until this many more episodes have ended."""
        self.advance(ENDLESS - self.step, episodes)

    @property
    def is_compiled(self) -> bool:
        """Whether the first step will start at once; `compile` makes it so."""
        return self._loop.is_ready

    def compile(self) -> None:
        """Compile the loop, or read it from the disk, without doing a step."""
        self._loop.compile()

    def extend(self, episodes: int) -> None:
        """Set the number of episodes to do in all (0: endless).

        Raises
        ------
        ValueError
            If the number is out of range, or fewer than have ended.
        """
        check_episodes(episodes, self.episode)
        self.episodes = episodes

    def advance(self, steps: int, episodes: int = ENDLESS) -> None:
        """Do this many steps, or fewer where this many episodes or the last one end first."""
        at = self._memory.position
        last_step = min(self.step + steps, LONGEST_RUN)
        last_episode = min(self.episodes or ENDLESS, self.episode + episodes)
        while at[STEP] < last_step and at[EPISODE] < last_episode and not (self._watch and self._watch.has_stopped):
            if at[loop.ROW] == self.history.capacity:
                self._make_room()
            if self._pending and at[EPISODE_STEP] == 0:
                self._apply_pending()
            if self._watch and self._loop.world_changes:
                self._bind()
            self._loop(last_step, min(last_episode, self.episode + 1) if self._pending else last_episode)
        self.history.length = int(at[loop.ROW])

    def _make_room(self) -> None:
        """Merge neighbouring rows of the full history, where the loop has filled it."""
        self.history.length = self.history.capacity
        self._unreported.halve()
        self._memory.position[loop.ROW] = self.history.length
        self._memory.position[loop.ROW_STRIDE] *= 2

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Change hyperparameters that may change during a run, or its grid world (`{"world": text}`).

        Changes hold from the next episode on; the agent keeps its tables.

        Raises
        ------
        ValueError
            If one is unknown, out of range, or can't change during a run.
        """
        self._pending = with_changes(self._pending, changes, self.agent, self.problem, self.interventions)
        if self._memory.position[EPISODE_STEP] == 0:
            self._apply_pending()

    def _apply_pending(self) -> None:
        asked, before = self._pending, self.agent.settings()
        self._pending = {}
        changes = {name: value for name, value in numbers_of(asked).items() if value != before[name]}
        self.agent = type(self.agent).create({**before, **changes})
        if WORLD in asked and is_changed(self.problem, asked[WORLD]):
            changes[WORLD] = asked[WORLD]
            self._enter(edited_problem(self.problem, asked[WORLD]))
        if not changes:
            return
        self.interventions.append(Intervention(self.step, self.episode, changes))
        self._memory.take_schedule(self.agent.exploration_schedule, not RESTARTING.isdisjoint(changes))
        self._loop.take_numbers(self.agent)
        if self._watch:
            self._bind()

    def _enter(self, problem: Problem) -> None:
        """Go on in an edited world."""
        self.problem = problem
        if self._environment is not None:
            self._environment = carried_over(self._environment, problem, self.settings.seed)
        self._bind()

    def take_changes(self, interventions: Iterable[Intervention]) -> None:
        """Take over the changes of another run with the same settings, and its world; its numbers come by `restore`.

        Raises
        ------
        ValueError
            If an edited world does not fit the run.
        """
        self.interventions = list(interventions)
        problem = problem_in_force(self.settings, self.interventions)
        if problem is not self.problem:
            self._enter(problem)

    def frame(self) -> Frame:
        """Return a frame of what is new since the last one, with the present scene."""
        log = self._unreported.take()
        status = Status.FINISHED if self.finished else Status.PAUSED if self.step else Status.READY
        logs = {EPISODES.name: log} if len(log["episode"]) else {}
        return Frame(0, status, self.step, self.episode, self.scene(), logs)

    @classmethod
    def replay(
        cls, settings: Settings, interventions: Iterable[Intervention], steps: int, **options: Any
    ) -> TrainingSession:
        """Return the run of these settings and interventions after this many steps; `options` are those of the session.

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

    def restore(
        self, arrays: Mapping[str, np.ndarray], hyperparameters: Mapping[str, Any], pending: Mapping[str, Any]
    ) -> None:
        """Go on from the numbers of another run with the same settings; they must have been checked.

        An array may be shorter than the run's own; the rest then keeps what it has.
        """
        self._memory.restore(arrays)
        self.agent = type(self.agent).create(hyperparameters)
        self._pending = dict(pending)
        self.history.length = int(self._memory.position[loop.ROW])
        self.report_again()
        self._bind()

    def close(self) -> None:
        """Close its environment, if it has made one."""
        if self._environment is not None:
            self._environment.close()

    def report_again(self) -> None:
        """Let the next frame report the whole history, for a journal that has none of it."""
        self._unreported.begin_again()

    def __getstate__(self) -> dict[str, Any]:
        """Return all that isn't bound to this process, as the loop, and problem and agent behind the settings, are."""
        state = {
            name: value for name, value in self.__dict__.items() if name not in ("_loop", "_watch", "problem", "agent")
        }
        return {**state, "hyperparameters": self.agent.settings()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        hyperparameters = state.pop("hyperparameters")
        self.__dict__.update(state)
        self.problem = problem_in_force(self.settings, self.interventions)
        self.agent = agent_class(self.settings.agent).create(hyperparameters)
        self._watch = None
        self._bind()
