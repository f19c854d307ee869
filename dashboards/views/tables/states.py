"""The states of a world without a map, as a table: what is known of each, the most visited first."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import panel as pn

from dashboards.style.formatting import count, fixed
from dashboards.style.headings import HEAD_CSS
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL, WIDE
from dashboards.views.tables.action_names import ARROWS, names_of_best, value_cells
from dashboards.views.tables.tables import TableView
from gridworld.planning.policies import preferred_actions
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.training.scene import Scene
from gridworld.worlds.problem import Problem

MOST_ROWS = 1000
EARLY_SORTS = 2  # updates of a run that may sort the rows while it goes on; after them the rows stand still


class StatesTable(TableView):
    """A row for each state, or for the most visited of very many; the agent's is marked.

    The rows are sorted by visits when the run stops, and at its first updates. While it goes on each keeps its place.
    """

    empty = "No states"
    words: ClassVar[Mapping[str, int]] = {"State": 100, "Best": 90}

    def __init__(self, problem: Problem, tokens: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self._forget_order(problem)
        super().__init__(problem, tokens, clock)

    def _forget_order(self, problem: Problem) -> None:
        self.order = np.arange(min(problem.n_states, MOST_ROWS))
        self._sorts, self._was_running = 0, False

    @property
    def headings(self) -> list[str]:
        """The names of the columns."""
        return ["State", "Visits", "Value", "Best", *(ARROWS.get(name, name) for name in self.problem.actions)]

    def begin(self, problem: Problem) -> None:
        """Start with no rows, in the order of the states."""
        self._forget_order(problem)
        super().begin(problem)

    def rows(self, journal: Journal) -> list[tuple[str, ...]]:
        """Return the rows in their present order."""
        if journal.frame is None or journal.frame.scene is None:
            return []
        scene, is_running = journal.frame.scene, journal.frame.status is Status.RUNNING
        self._sort(scene, is_running)
        best = preferred_actions(scene.action_values[self.order], scene.visits[self.order])
        return [self._row(int(state), scene, is_best) for state, is_best in zip(self.order, best, strict=True)]

    def _sort(self, scene: Scene, is_running: bool) -> None:
        has_stopped = self._was_running and not is_running
        self._was_running = is_running
        visits = scene.visits.sum(1)
        if not visits.any() or not (has_stopped or self._sorts < EARLY_SORTS):
            return
        self._sorts += 1
        self.order = np.argsort(-visits, kind="stable")[:MOST_ROWS]

    def _row(self, state: int, scene: Scene, is_best: np.ndarray) -> tuple[str, ...]:
        name, visits = self.problem.state_name(state), scene.visits[state].sum()
        is_known = len(scene.trail) > 0 or bool(self.problem.phases)  # an environment is asked where it begins later
        shown = f"● {name}" if is_known and state == scene.state else name
        actions = self.problem.actions_of(state)
        if not visits:
            dashes = ("–",) * (2 + len(actions))
            return (shown, "0", *dashes, *("",) * (len(is_best) - len(actions)))
        values, best = value_cells(actions, scene.action_values[state]), names_of_best(actions, is_best)
        return (shown, count(visits), fixed(scene.action_values[state].max(), 3), best, *values)


class StatesView:
    """Takes the board's place for a problem without a layout; for one with a map it shows nothing."""

    def __init__(self, problem: Problem, tokens: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self.table = StatesTable(problem, tokens, clock)
        self._head = pn.pane.HTML(self._title(problem), stylesheets=[HEAD_CSS], **WIDE)
        self.panel = pn.Column(self._head, self.table.panel, styles={"gap": "8px", "min-height": "0"}, **FILL)

    @staticmethod
    def _title(problem: Problem) -> str:
        some = f"the {MOST_ROWS:,} most visited of " if problem.n_states > MOST_ROWS else ""
        note = f"{some}{problem.n_states:,} states; the most visited first, sorted again when the run stops"
        return fill('<div class="head"><b>States</b><span>{}</span><span>● the agent is here</span></div>', note)

    def begin(self, problem: Problem) -> None:
        """Show another world, with nothing reported yet."""
        self._head.object = self._title(problem)
        self.table.begin(problem)

    def refresh(self, journal: Journal) -> None:
        """Patch what changed, at most twice a second while the run goes on."""
        if not self.table.problem.layouts:
            self.table.refresh(journal)

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Do nothing: the table follows the theme by itself."""
