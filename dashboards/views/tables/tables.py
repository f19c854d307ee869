"""The tables below the board: episodes, action values, and what was done."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import panel as pn

from dashboards.live.panel_patches import sources
from dashboards.live.panel_patches.tables import PlainTable
from dashboards.live.panel_patches.widgets import models_of
from dashboards.live.patches import changes, patch_changes
from dashboards.live.throttle import Throttle
from dashboards.live.view import Hideable
from dashboards.style.formatting import count, fixed, number
from dashboards.views.tables.action_names import ARROWS, names_of_best, value_cells
from dashboards.views.tables.outcomes import outcome
from gridworld.planning.policies import preferred_actions
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.training.scene import Scene
from gridworld.worlds.problem import Problem
from gridworld.worlds.transition_model import Ending

MOST_STATES = 500
SETTLING = 10.0  # seconds that a browser may take to build a table; a patch meanwhile is an error there, new data isn't
NUMBER_WIDTH, LETTER = 76, 7  # pixels: the narrowest column of numbers, and a letter above one

CSS = """
.pnx-tabulator.tabulator { font-size: 13px; border: 0; background: transparent !important; }
.pnx-tabulator.tabulator { color: var(--mui-palette-text-primary); }
.tabulator .tabulator-tableholder, .tabulator .tabulator-tableholder .tabulator-table {
  background: transparent !important; color: inherit; }
.pnx-tabulator.tabulator .tabulator-tableholder .tabulator-placeholder .tabulator-placeholder-contents {
  font-size: 13px; font-weight: 400; color: var(--mui-palette-text-secondary); }
.tabulator .tabulator-header, .tabulator .tabulator-header .tabulator-col {
  font-weight: 400; color: var(--mui-palette-text-secondary) !important; background: transparent !important;
  border-color: var(--mui-palette-divider) !important; border-right: 0 !important; }
.tabulator .tabulator-header .tabulator-col .tabulator-col-content { padding: 4px 8px !important; }
.tabulator .tabulator-row { background: transparent !important; color: inherit !important; border: 0; }
.tabulator .tabulator-row { min-height: 28px !important; }
.tabulator .tabulator-row:hover { background: var(--mui-palette-action-hover) !important; }
.tabulator .tabulator-cell { padding: 4px 8px !important; height: 28px !important; min-height: 28px !important;
  line-height: 20px; border: 0 !important; font-variant-numeric: tabular-nums; }
@media (min-width: 600px) {
  .tabulator .tabulator-header .tabulator-col .tabulator-col-content, .tabulator .tabulator-cell {
    padding: 4px 12px !important; }
}
"""


class TableView(Hideable):
    """A table of a journal that costs nothing while another tab hides it.

    A subclass names its columns in `headings` and gives the rows in `rows`. Columns in `words`, with their widths in
    pixels, are read from the left; the others are numbers and are aligned to the right.
    """

    seconds = 0.5
    empty = "Nothing yet"
    words: ClassVar[Mapping[str, int]] = {}

    def __init__(self, problem: Problem, tokens: dict[str, Any], clock: Callable[[], float] = time.monotonic) -> None:
        self.problem = problem
        self._clock, self._throttle = clock, Throttle(self.seconds, clock)
        self._shown_since: float | None = None
        self._journal: Journal | None = None
        self._seen: Any = None
        self.table = self._make_table([])
        self.panel = pn.Column(self.table, sizing_mode="stretch_both", margin=0, styles={"min-height": "0"})

    def _make_table(self, rows: list[tuple[str, ...]]) -> PlainTable:
        sides = {name: "left" if name in self.words else "right" for name in self.headings}
        table = PlainTable(
            self._frame(rows),
            show_index=False,
            disabled=True,
            selectable=False,
            layout="fit_data",
            theme="simple",
            stylesheets=[CSS],
            sizing_mode="stretch_both",
            margin=0,
            text_align=sides,
            header_align=sides,
            widths={name: self.words.get(name, max(NUMBER_WIDTH, LETTER * len(name) + 24)) for name in self.headings},
            configuration={"rowHeight": 28, "columnDefaults": {"headerSort": False}, "placeholder": self.empty},
        )
        table.pagination = "local"  # left alone, it would cut a long table into pages;
        table.pagination = None  # only a change counts as a choice
        return table

    @property
    @abstractmethod
    def headings(self) -> list[str]:
        """The names of the columns."""

    @abstractmethod
    def rows(self, journal: Journal) -> list[tuple[str, ...]]:
        """Return all rows as they should be, as text."""

    def seen(self, journal: Journal) -> Any:
        """Return a key that differs from before when rows may have changed."""
        return journal.revision

    def begin(self, problem: Problem) -> None:
        """Start with no rows."""
        self.problem, self._journal, self._seen = problem, None, None
        self.forget_waiting()
        self._replace([])

    def refresh(self, journal: Journal) -> None:
        """Bring the table up to date if it can be seen; while running, at most every so often."""
        self._journal = journal
        if not self.is_seen(journal):
            self._shown_since = None
            return
        if self.seen(journal) == self._seen:
            return
        running = journal.frame is not None and journal.frame.status is Status.RUNNING
        if self._throttle.ready(at_once=not running):
            self._update(journal)

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Do nothing: the table follows the theme by itself."""

    def _update(self, journal: Journal) -> None:
        seen = self.seen(journal)
        if seen == self._seen:
            return
        self._seen = seen
        rows = self.rows(journal)
        rendered = bool(models_of(self.table))  # a patch before the table is on a page would reach no page
        if rendered and len(rows) == len(self.table.value) and list(self.table.value.columns) == self.headings:
            if rows:
                self._patch(rows)
        else:
            self._replace(rows)

    def _replace(self, rows: list[tuple[str, ...]]) -> None:
        """Show other rows; other columns need another table, because a hidden one can't change its own."""
        shown = self.table.value
        if list(shown.columns) != self.headings:
            self.table, self._shown_since = self._make_table(rows), None
            self.panel[:] = [self.table]
        elif len(rows) or len(shown):
            self.table.value = self._frame(rows)

    def _patch(self, rows: list[tuple[str, ...]]) -> None:
        """Patch what is on the page; through the widget, whose value then is of before, it takes ten times as long."""
        columns: dict[str, Any] = {
            name: list(new) for name, new in zip(self.headings, zip(*rows, strict=True), strict=True)
        }
        if self._shown_since is None:
            self._shown_since = self._clock()
        is_built = self._clock() >= self._shown_since + SETTLING
        for model in models_of(self.table):
            if is_built:
                patch_changes(model.source, columns)
            elif any(changes(model.source.data[name], new) for name, new in columns.items()):
                sources.replace(model.source, {**model.source.data, **columns})

    def _frame(self, rows: list[tuple[str, ...]]) -> pd.DataFrame:
        return pd.DataFrame(rows, columns=self.headings, dtype=object)


class EpisodesTable(TableView):
    """The last 50 episodes, the newest first."""

    empty = "No episode has ended yet"
    words: ClassVar = {"Outcome": 130}
    exploration = "ε"

    @property
    def headings(self) -> list[str]:
        """The names of the columns."""
        return ["Episode", "Return", "Steps", "Outcome", self.exploration]

    def set_exploration(self, label: str) -> None:
        """Name the column of exploration: "ε", "Temperature", ..."""
        self.exploration = label
        self._seen = None
        self._replace([])
        if self._journal is not None:
            self._update(self._journal)

    def rows(self, journal: Journal) -> list[tuple[str, ...]]:
        """Return one row an episode."""
        frame = journal.frame
        if frame is None or frame.scene is None:
            return []
        return [
            (
                f"{frame.episode - age:,}",
                number(total),
                count(length),
                outcome(self.problem, Ending(int(ending)), total),
                fixed(x, 3),
            )
            for age, (total, length, x, ending, _) in enumerate(frame.scene.recent[::-1])
        ]


class ActionValuesTable(TableView):
    """The action values of the visited states, the best action and the visits; the agent's state is marked."""

    empty = "No state has been visited yet"
    words: ClassVar = {"State": 150, "Best": 130}

    @property
    def headings(self) -> list[str]:
        """The names of the columns."""
        return ["State", "Best", *(ARROWS.get(name, name) for name in self.problem.actions), "Visits"]

    def rows(self, journal: Journal) -> list[tuple[str, ...]]:
        """Return one row a visited state, in order; of very many, those visited most."""
        if journal.frame is None or journal.frame.scene is None:
            return []
        scene = journal.frame.scene
        visits = scene.visits.sum(1)
        states = np.flatnonzero(visits)
        if len(states) > MOST_STATES:
            most = np.argpartition(visits[states], -MOST_STATES)[-MOST_STATES:]
            states = np.sort(states[most])
        if not len(states):
            return []
        best = preferred_actions(scene.action_values[states], scene.visits[states])
        return [self._row(int(state), scene, chosen) for state, chosen in zip(states, best, strict=True)]

    def _row(self, state: int, scene: Scene, best: np.ndarray) -> tuple[str, ...]:
        name = self.problem.state_name(state)
        shown = f"● {name}" if state == scene.state else name
        actions = self.problem.actions_of(state)
        values = value_cells(actions, scene.action_values[state])
        return (shown, names_of_best(actions, best), *values, count(scene.visits[state].sum()))


class EventsTable(TableView):
    """What was pressed and changed, and at which step; the newest first."""

    seconds = 0.1
    empty = "No event yet"
    words: ClassVar = {"When": 80, "What": 400, "Code": 150}

    @property
    def headings(self) -> list[str]:
        """The names of the columns."""
        return ["When", "Step", "What", "Code"]

    def seen(self, journal: Journal) -> Any:
        """Return the number of events and the newest one; they may come without a frame."""
        events = getattr(journal, "events", ())
        return len(events), events[-1] if events else None

    def rows(self, journal: Journal) -> list[tuple[str, ...]]:
        """Return one row an event."""
        return [
            (time.strftime("%H:%M:%S", time.localtime(event.time)), count(event.step), event.text, event.code)
            for event in reversed(getattr(journal, "events", ()))
        ]
