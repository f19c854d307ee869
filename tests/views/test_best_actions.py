"""One answer to "which actions are best": board, tables, planning, demo and command line."""

from __future__ import annotations

import numpy as np
import pytest

from dashboards.style.theme import tokens
from dashboards.views.board.view import BoardView
from dashboards.views.tables.states import StatesTable
from dashboards.views.tables.tables import ActionValuesTable
from gridworld.cli import judge
from gridworld.planning import best_actions, greedy_policy
from gridworld.runs.commands import Step
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.training.greedy_run import GreedyRun
from gridworld.training.session import TrainingSession

# Bokeh, turning a data frame into columns, uses a keyword that pandas 3.1 means to drop
ARROWS = "↑→↓←"
HEADS = {(0, 1): "↑", (1, 0): "→", (0, -1): "↓", (-1, 0): "←"}
CORRIDOR = "title: corridor\nstep limit: 40\n\nS..G\n"


def learned(row):
    """A session in a corridor, its table filled with a row, and every action visited once."""
    session = TrainingSession(world=CORRIDOR, episodes=0, compiled=False)
    arrays = session.arrays()
    arrays["table_Q"][:], arrays["table_N"][:] = row, 1
    return session


def arrows_on_the_board(session, journal):
    view = BoardView(session.problem, tokens(dark=False), lambda: 0.0)
    view.refresh(journal)
    data, start = view.drawing.arrows.data, session.problem.likely_start
    places, cells = view.drawing.cells.data, len(view.drawing.cells.data["x"])
    cell = int(np.argmin(places["x"]))
    assert start == cell
    heads = [
        (data["head_x"][slot + cell] - places["x"][cell], data["head_y"][slot + cell] - places["y"][cell] - 0.09)
        for slot in range(0, len(data["head_x"]), cells)
    ]
    return {HEADS[int(np.sign(x.round(3))), int(np.sign(y.round(3)))] for x, y in heads if not np.isnan(x)}


def best_in(table, session, journal, column):
    view = table(session.problem, tokens(dark=False))
    return set(view.rows(journal)[session.problem.likely_start][column]) & set(ARROWS)


@pytest.mark.parametrize(
    ("row", "best"),
    [
        ([10_000, 10_000.000001, 0, 0], "→"),
        ([1.0, 1.0 + 1e-10, 1.0, 0.0], "→"),
        ([0.5 + 1e-3, 0.5, 0.5, 0.5], "↑"),
        ([1e-20, 2e-20, 0, 2e-20], "→←"),
        ([0.3, 0.3, 0.3, 0.0], "↑→↓"),
    ],
)
def test_the_same_actions_are_best_everywhere(row, best):
    session, journal = learned(row), Journal()
    journal.add(Frame(0, Status.PAUSED, 0, 0, session.scene()))
    start = session.problem.likely_start
    found = {ARROWS[action] for action in np.flatnonzero(best_actions(session.tables.Q)[start])}
    assert found == set(best)
    assert {ARROWS[action] for action in np.flatnonzero(greedy_policy(session.tables.Q)[start])} == found
    assert arrows_on_the_board(session, journal) == found
    assert best_in(ActionValuesTable, session, journal, 1) == found
    assert best_in(StatesTable, session, journal, 3) == found
    demo = GreedyRun(session)
    demo.send(Step(300))
    assert {ARROWS[action] for action in np.flatnonzero(demo.poll(60.0).scene.recent_actions)} == found
    straight = judge.greedy(session).expected_length == 3
    assert straight == (found == {"→"})
