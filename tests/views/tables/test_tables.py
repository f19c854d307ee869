"""The tables: the right words in the right order, patched rather than replaced, and still while nobody looks."""

from __future__ import annotations

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.document.events import ColumnDataChangedEvent, ColumnsPatchedEvent, DocumentPatchedEvent

from dashboards.style.theme import tokens
from dashboards.views.tables.tables import MOST_STATES, SETTLING, ActionValuesTable, EpisodesTable, EventsTable
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.training.local_run import LocalRun
from gridworld.training.scene import Scene
from gridworld.worlds.problem import load_problem
from gridworld.worlds.transition_model import Ending
from support.shown_rows import shown_rows

# Bokeh, turning a data frame into columns, uses a keyword that pandas 3.1 means to drop
PROBLEM = load_problem("easy")


class Clock:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def report(journal: Journal, status: Status = Status.PAUSED, episode: int = 0, **fields) -> Journal:
    """Add a frame with a picture of a 5 x 5 world."""
    numbers = {
        "state": 0,
        "recent": np.zeros((0, 5)),
        "action_values": np.zeros((25, 4)),
        "visits": np.zeros((25, 4), int),
    } | fields
    picture = Scene(
        trail=np.zeros(0, int),
        episode_step=0,
        episode_return=0.0,
        exploration=1.0,
        best_return=0.0,
        recent_actions=np.zeros(4, int),
        **numbers,
    )
    journal.add(Frame(0, status, 0, episode, picture), now=0.0)
    return journal


def make(kind, clock=None):
    return kind(PROBLEM, tokens(dark=False), clock or Clock())


def rows(view) -> list[list[str]]:
    return shown_rows(view)


def watch(view) -> list[DocumentPatchedEvent]:
    """The events that change the table's rows from now on."""
    document, seen = Document(), []
    document.add_root(view.panel.get_root(document))
    document.on_change(seen.append)
    return seen


def recent(count: int, returns: float = 0.0) -> np.ndarray:
    """The last episodes, all alike."""
    return np.tile([returns, 8.0, 0.5, float(Ending.SUCCESS), 0.0], (count, 1))


def test_episodes_are_listed_the_newest_first():
    view, reported = make(EpisodesTable), recent(3)
    reported[:, 0], reported[:, 3] = (-1.5, 0.25, 1), (Ending.NONE, Ending.FAILURE, Ending.SUCCESS)
    view.refresh(report(Journal(), episode=1203, recent=reported))
    assert list(view.table.value.columns) == ["Episode", "Return", "Steps", "Outcome", "ε"]
    assert rows(view) == [
        ["1,203", "1.00", "8", "reached the goal", "0.500"],
        ["1,202", "0.25", "8", "ended badly", "0.500"],
        ["1,201", "−1.50", "8", "cut at the step limit", "0.500"],
    ]


def test_a_game_without_a_goal_is_won_lost_or_neither():
    view = EpisodesTable(load_problem("Blackjack-v1"), tokens(dark=False))
    reported = recent(4)
    reported[:, 0] = 0, -1, 0, 1
    reported[:, 3] = Ending.NONE, Ending.FAILURE, Ending.FAILURE, Ending.SUCCESS
    view.refresh(report(Journal(), recent=reported))
    assert list(view.table.value["Outcome"]) == ["won", "broke even", "lost", "cut at the step limit"]


def test_a_full_table_is_patched_where_it_changed():
    clock = Clock()
    view, journal = make(EpisodesTable, clock), Journal()
    view.refresh(report(journal, episode=49, recent=recent(50)))
    seen = watch(view)
    view.refresh(report(journal, episode=50, recent=recent(50)))
    clock.now += SETTLING
    seen.clear()
    view.refresh(report(journal, episode=51, recent=recent(50)))
    patches = [event.patches for event in seen if isinstance(event, ColumnsPatchedEvent)]
    assert [list(columns) for columns in patches] == [["Episode"]]
    assert not any(isinstance(event, ColumnDataChangedEvent) for event in seen)
    assert [row[0] for row in rows(view)] == [str(episode) for episode in range(51, 1, -1)]


@pytest.mark.parametrize("again", [False, True])
def test_a_table_that_a_browser_may_still_be_building_takes_new_data_and_no_patch(again):
    clock = Clock()
    view, journal = make(EpisodesTable, clock), Journal()
    view.refresh(report(journal, episode=49, recent=recent(50)))
    seen = watch(view)
    if again:
        view.refresh(report(journal, episode=50, recent=recent(50)))
        clock.now += SETTLING
        view.active = False
        view.refresh(report(journal, episode=51, recent=recent(50)))
        seen.clear()
        view.active = True
    view.refresh(report(journal, episode=52, recent=recent(50)))
    assert {type(event) for event in seen} == {ColumnDataChangedEvent}
    assert rows(view)[0][0] == "52"


def test_nothing_travels_when_nothing_is_new():
    view, journal = make(EpisodesTable), report(Journal(), episode=50, recent=recent(50))
    view.refresh(journal)
    seen = watch(view)
    view.refresh(journal)
    view.refresh(report(journal, episode=50, recent=recent(50)))
    assert seen == []


def test_a_hidden_table_is_brought_up_to_date_when_it_is_shown():
    view, journal = make(EpisodesTable), Journal()
    view.active = False
    seen = watch(view)
    view.refresh(report(journal, episode=2, recent=recent(2)))
    assert seen == []
    assert rows(view) == []
    view.active = True
    assert len(rows(view)) == 2
    assert seen


def test_a_running_table_changes_twice_a_second():
    clock = Clock()
    view, journal, changes = make(EpisodesTable, clock), Journal(), 0
    for episode in range(50, 150):
        clock.now = (episode - 50) * 0.02
        before = rows(view)
        view.refresh(report(journal, Status.RUNNING, episode=episode, recent=recent(50)))
        changes += rows(view) != before
    assert changes == 4


def test_the_column_of_exploration_can_be_named():
    view = make(EpisodesTable)
    view.refresh(report(Journal(), episode=1, recent=recent(1)))
    view.set_exploration("τ")
    assert list(view.table.value.columns)[4] == "τ"
    assert len(rows(view)) == 1
    assert view.table.text_align["τ"] == "right"


def test_action_values_are_those_of_visited_states():
    values, visits = np.zeros((25, 4)), np.zeros((25, 4), int)
    values[6], visits[6] = (0.1, 0.5, 0.5, -1), (1, 2, 3, 4)
    visits[7, 0] = 1
    values[8] = 1
    values[9, 3], visits[9, 3] = 2, 5000
    view = make(ActionValuesTable)
    view.refresh(report(Journal(), state=7, action_values=values, visits=visits))
    assert list(view.table.value.columns) == ["State", "Best", "↑ up", "→ right", "↓ down", "← left", "Visits"]
    assert rows(view) == [
        ["row 1, column 1", "→ or ↓", "0.100", "0.500", "0.500", "−1.000", "10"],
        ["● row 1, column 2", "–", "0.000", "0.000", "0.000", "0.000", "1"],
        ["row 1, column 4", "← left", "0.000", "0.000", "0.000", "2.000", "5,000"],
    ]


def test_of_very_many_states_those_visited_most_are_listed():
    problem = load_problem("open_30")
    view = ActionValuesTable(problem, tokens(dark=False), Clock())
    visits = np.zeros((900, 4), int)
    visits[:, 0] = np.arange(900)
    view.refresh(report(Journal(), action_values=np.zeros((900, 4)), visits=visits))
    assert len(rows(view)) == MOST_STATES
    assert [rows(view)[i][-1] for i in (0, -1)] == ["400", "899"]


def test_another_world_brings_its_own_columns():
    view = make(ActionValuesTable)
    view.begin(load_problem("FrozenLake-v1"))
    assert list(view.table.value.columns) == ["State", "Best", "← left", "↓ down", "→ right", "↑ up", "Visits"]
    assert view.table.text_align["State"] == "left"
    assert view.table.text_align["↑ up"] == "right"


def test_events_are_listed_the_newest_first_even_without_a_frame():
    view, journal = make(EventsTable), Journal()
    view.refresh(journal)
    assert rows(view) == []
    journal.note("started", "Started")
    journal.note("paused", "Paused")
    view.refresh(journal)
    assert [row[1:] for row in rows(view)] == [["0", "Paused", "paused"], ["0", "Started", "started"]]
    assert all(len(row[0].split(":")) == 3 for row in rows(view))


@pytest.mark.parametrize("kind", [EpisodesTable, ActionValuesTable, EventsTable])
def test_begin_empties_the_table(kind):
    view, journal = make(kind), Journal()
    journal.note("started", "Started")
    view.refresh(report(journal, episode=2, recent=recent(2), visits=np.ones((25, 4), int)))
    assert rows(view)
    view.begin(PROBLEM)
    assert rows(view) == []


def test_an_empty_table_on_a_page_stays_empty_without_complaint():
    view = EpisodesTable(load_problem("medium"), tokens(dark=False))
    document = Document()
    document.add_root(view.panel.get_root(document))
    journal = Journal()
    run = LocalRun()
    journal.add(run.poll(0.0))
    view.refresh(journal)
    journal.note("start", "Start")
    view.refresh(journal)
    assert view.table.value.empty
