"""Conditions that a run is run to, or back to, as a user chooses and names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite

from gridworld.training.path_watch import ANY_ARROW, OPTIMAL_PATH, ArrowsWatch
from gridworld.training.watch import Happening, Watch
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import Ending

STATE, ACTION, NUMBER = "state", "action", "number"


@dataclass(frozen=True)
class ConditionKind:
    """A kind of condition: its name in a list, the parts it needs, and what looks out for it."""

    label: str
    needs: tuple[str, ...]
    watch: Callable[[Condition, bool], Watch]


@dataclass(frozen=True)
class Condition:
    """What has to happen: a kind of `CONDITIONS`, and the state, action and number it is about, if it needs them.

    It happens by a step of the run; a change of the world or of hyperparameters is none.
    """

    kind: str
    state: int = 0
    action: int = 0
    number: float = 0.0

    def check(self, problem: Problem) -> None:
        """Raise ValueError, in one sentence, for what a world doesn't have."""
        if self.kind not in CONDITIONS:
            raise ValueError(f"There is no condition {self.kind[:40]!r}; choose one of {', '.join(CONDITIONS)}.")
        needs = CONDITIONS[self.kind].needs
        if STATE in needs and not 0 <= self.state < problem.n_states:
            raise ValueError(
                f"There is no state {self.state}; this world has the states 0 to {problem.n_states - 1:,}."
            )
        actions = len(problem.actions_of(self.state)) if ACTION in needs else 0
        if ACTION in needs and not 0 <= self.action < actions:
            raise ValueError(f"State {self.state} has no action {self.action}; it has 0 to {actions - 1}.")
        if NUMBER in needs and not isfinite(self.number):
            raise ValueError(f"The number is {self.number}; write a finite one.")

    def watch(self, *, stops: bool = False) -> Watch:
        """Return what looks out for it in a loop; with `stops` the loop ends after the first step that does it."""
        return CONDITIONS[self.kind].watch(self, stops)

    def words(self, problem: Problem) -> str:
        """Return it as a clause, such as "an arrow turns in row 3, column 4"."""
        needs = CONDITIONS[self.kind].needs
        text = CONDITIONS[self.kind].label
        if ACTION in needs:
            text += f", {problem.actions_of(self.state)[self.action]}"
        if STATE in needs:
            name = problem.state_name(self.state)
            text += f" in {name[:1].lower()}{name[1:]}"
        return f"{text}: {self.number:g}" if NUMBER in needs else text


def _event(event: Happening, action: int | None = None) -> Callable[[Condition, bool], Watch]:
    def watch(asked: Condition, stops: bool) -> Watch:
        return Watch(event, asked.state, asked.action if action is None else action, asked.number, stops=stops)

    return watch


def _arrows(event: int) -> Callable[[Condition, bool], Watch]:
    return lambda asked, stops: ArrowsWatch(event, stops=stops)


CONDITIONS: Mapping[str, ConditionKind] = {
    "arrow": ConditionKind("an arrow turns", (STATE,), _event(Happening.ARROW)),
    "any-arrow": ConditionKind("an arrow turns anywhere", (), _arrows(ANY_ARROW)),
    "optimal-path": ConditionKind("the greedy path becomes optimal", (), _arrows(OPTIMAL_PATH)),
    "state": ConditionKind("the agent arrives", (STATE,), _event(Happening.ENTRY)),
    "value": ConditionKind("an action value crosses a number", (STATE, ACTION, NUMBER), _event(Happening.CROSSING)),
    "td-error": ConditionKind("a TD error is larger than", (NUMBER,), _event(Happening.TD_ERROR)),
    "return-above": ConditionKind("an episode's return is above", (NUMBER,), _event(Happening.RETURN_ABOVE)),
    "return-below": ConditionKind("an episode's return is below", (NUMBER,), _event(Happening.RETURN_BELOW)),
    "goal": ConditionKind("an episode ends at a goal", (), _event(Happening.END, Ending.SUCCESS)),
    "pit": ConditionKind("an episode ends in a pit", (), _event(Happening.END, Ending.FAILURE)),
    "cut": ConditionKind("an episode is cut at the step limit", (), _event(Happening.END, Ending.NONE)),
    "episode": ConditionKind("an episode ends", (), _event(Happening.END, -1)),
}
"""The kinds of conditions, by the names by which commands and links know them."""
