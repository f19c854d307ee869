"""The table of states: the most visited first, patched by slices, and no row moves while the run goes on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from bokeh.document import Document
from bokeh.document.events import ColumnsPatchedEvent

from dashboards.style.theme import tokens
from dashboards.views.tables.states import MOST_ROWS, StatesView
from dashboards.views.tables.tables import SETTLING
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.training.scene import Scene
from gridworld.worlds.problem import load_problem
from support.shown_rows import shown_rows

# Bokeh, turning a data frame into columns, uses a keyword that pandas 3.1 means to drop
PROBLEM = replace(load_problem("Blackjack-v1"), layouts=())


class Seen:
    """A view on a page, the journal it reads, and the events it sends."""

    def __init__(self, problem=PROBLEM) -> None:
        self.problem, self.journal, self.now = problem, Journal(), 0.0
        self.view = StatesView(problem, tokens(dark=False), lambda: self.now)
        self.events: list = []

    def put_on_a_page(self) -> Seen:
        document = Document()
        document.add_root(self.view.panel.get_root(document))
        document.on_change(self.events.append)
        return self

    def report(self, visits: dict[int, int], values=None, state=0, status=Status.RUNNING) -> Seen:
        """Half a second later: states visited so often, with these action values."""
        shape = (self.problem.n_states, self.problem.n_actions)
        counts, table = np.zeros(shape, int), np.zeros(shape)
        for visited, number in visits.items():
            counts[visited, 0] = number
        for known, row in (values or {}).items():
            table[known] = row
        none, trail = np.zeros(0, int), np.full(1 if visits else 0, state)
        scene = Scene(state, trail, 0, 0.0, 1.0, 0.0, table, counts, none, np.zeros((0, 5)))
        self.journal.add(Frame(0, status, 0, 0, scene), now=self.now)
        self.now += 0.6
        self.events.clear()
        self.view.refresh(self.journal)
        return self

    @property
    def rows(self) -> list[list[str]]:
        return shown_rows(self.view.table)

    @property
    def names(self) -> list[str]:
        return [row[0].removeprefix("● ") for row in self.rows]


def test_a_row_shows_name_visits_value_best_action_and_action_values():
    seen = Seen().report({7: 3}, {7: [-0.25, 0.5]}, state=1)
    assert seen.rows[0] == [PROBLEM.state_name(7), "3", "0.500", "hit", "−0.250", "0.500"]
    assert seen.view.table.headings[-2:] == ["stick", "hit"]


def test_what_is_unknown_has_no_numbers_and_equal_actions_no_best():
    seen = Seen().report({7: 3}, {7: [0.5, 0.5]})
    assert seen.rows[0][3] == "–"
    assert seen.rows[5][1:] == ["0", "–", "–", "–", "–"]


def test_the_most_visited_come_first_and_equals_in_the_order_of_the_states():
    seen = Seen().report({9: 1, 4: 7, 2: 1})
    assert seen.names[:4] == [PROBLEM.state_name(state) for state in (4, 2, 9, 0)]
    assert len(seen.rows) == PROBLEM.n_states


def test_the_state_of_the_agent_is_marked():
    seen = Seen().report({4: 7}, state=4).report({4: 7, 9: 1}, state=9)
    assert [row[0] for row in seen.rows if "●" in row[0]] == [f"● {PROBLEM.state_name(9)}"]


def test_no_state_is_marked_before_an_environment_was_asked_where_it_begins():
    assert not any("●" in row[0] for row in Seen().report({}).rows)


def test_rows_keep_their_places_while_running_and_are_sorted_when_the_run_stops():
    seen = Seen().report({4: 2}).report({4: 3, 9: 1})
    before = seen.names
    assert seen.report({4: 3, 9: 50}).names == before
    assert seen.report({4: 3, 9: 60}, status=Status.PAUSED).names[:2] == [
        PROBLEM.state_name(9),
        PROBLEM.state_name(4),
    ]
    assert seen.report({4: 99, 9: 60}, status=Status.PAUSED).names[0] == PROBLEM.state_name(9)


def test_only_what_changed_is_sent():
    seen = Seen().report({4: 2, 9: 1}, state=4).report({4: 2, 9: 1}, state=4).put_on_a_page()
    seen.report({4: 3, 9: 1}, state=4)
    seen.now += SETTLING
    seen.report({4: 3, 9: 1}, {9: [0, 1]}, state=4)
    patches = {
        name: [where for where, _ in patch]
        for event in seen.events
        if isinstance(event, ColumnsPatchedEvent)
        for name, patch in event.patches.items()
    }
    assert patches == {"Value": [1], "Best": [1], "hit": [1]}


def test_an_unchanged_journal_sends_nothing():
    seen = Seen().report({4: 2}).report({4: 2}).put_on_a_page()
    seen.view.refresh(seen.journal)
    assert not seen.events
    assert not seen.report({4: 2}).events


def test_it_is_updated_at_most_twice_a_second_while_running_and_at_once_when_paused():
    seen = Seen().report({4: 2})
    seen.now = 0.1
    assert seen.report({4: 3}).rows[0][1] == "2"
    seen.now = 0.2
    assert seen.report({4: 4}, status=Status.PAUSED).rows[0][1] == "4"


def test_what_is_reported_before_the_page_is_there_is_on_it():
    seen = Seen().report({4: 2}).report({4: 5})
    document = Document()
    document.add_root(seen.view.panel.get_root(document))
    (table,) = (model for model in document.models if type(model).__name__ == "DataTabulator")
    assert table.source.data["Visits"][0] == "5"
    assert table.pagination is None


def test_of_very_many_states_the_most_visited_are_shown_and_a_note_about_it():
    problem = load_problem("open_40")
    table = Seen(problem).view.table
    visits = np.zeros((1600, 4), int)
    visits[1500:, 0] = 1
    scene = Scene(0, visits[:0, 0], 0, 0.0, 1.0, 0.0, visits * 1.0, visits, visits[:0, 0], np.zeros((0, 5)))
    journal = Journal()
    journal.add(Frame(0, Status.PAUSED, 0, 0, scene), now=0.0)
    table.refresh(journal)
    assert len(table.table.value) == MOST_ROWS
    assert table.table.value["State"][0] == problem.state_name(1500)
    assert "1,000 most visited of 1,600 states" in StatesView._title(problem)


def test_another_world_starts_afresh_with_its_own_columns():
    seen = Seen().report({4: 2})
    seen.problem, seen.journal = load_problem("CliffWalking-v1"), Journal()
    seen.view.begin(seen.problem)
    assert seen.rows == []
    assert list(seen.view.table.table.value.columns)[4:] == ["↑ up", "→ right", "↓ down", "← left"]
    assert "48 states" in seen.view._head.object
    assert not seen.report({4: 2}).rows


def test_a_state_shows_only_the_actions_it_has_by_its_own_names():
    problem = load_problem("GridWorld/MaximizationBias-v0?bets=3")
    none = -np.inf
    seen = Seen(problem).report({0: 2, 1: 1}, {0: [-0.5, 0.0, none], 1: [-0.5, 0.0, 0.25], 2: [none, none, none]})
    assert seen.rows == [
        ["● A", "2", "0.000", "→ right", "−0.500", "0.000", ""],
        ["B", "1", "0.250", "bet 3", "−0.500", "0.000", "0.250"],
        ["end", "0", "–", "–", "", "", ""],
    ]
    assert seen.view.table.headings[-3:] == ["left / bet 1", "right / bet 2", "bet 3"]
    widths = seen.view.table.table.widths
    assert widths["right / bet 2"] > widths["left / bet 1"] > widths["bet 3"], "a long heading has room"
    assert seen.report({0: 3}, {0: [0.5, 0.5, none]}).rows[0][3] == "–", "no preference among those there are"
