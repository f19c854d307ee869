"""The explanation of a placement: there while the demo rests, about the piece at hand, and marked on its board."""

import pytest

from dashboards.pages.tetris.board import TetrisBoardView
from dashboards.pages.tetris.marks import PlacementMarks, cells_of
from dashboards.pages.tetris.why import WhyView
from dashboards.style.theme import tokens
from gridworld.runs.commands import Start, Step
from gridworld.runs.journal import Journal
from gridworld.tetris.explain import explain
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.demo_run import DemoRun

DT10 = BUILT_IN["dt10"]


@pytest.fixture
def marks():
    colours = tokens(dark=False)
    return PlacementMarks(TetrisBoardView(colours).figure, colours)


def test_all_placements_are_shown_while_the_demo_rests_and_the_best_are_marked(marks):
    run, journal, view = DemoRun(DT10.weights, DT10.features), Journal(()), WhyView(marks)
    view.refresh(journal)
    assert "Pause the demo" in view.panel.object
    run.send(Step(3))
    journal.add(run.poll(60.0))
    view.refresh(journal)
    board = journal.frame.scene.board
    found = explain(board.cells, board.piece, DT10.weights, DT10.features)
    assert view.panel.object.count("<tr") == 2 + len(found)
    assert "pattern diversity" in view.panel.object
    marked = marks.cells.data
    assert [(x - 0.5, y - 0.5) for x, y in zip(marked["x"][:4], marked["y"][:4], strict=True)] == [
        *cells_of(board.piece, found[0])
    ]
    assert len(marked["x"]) == 12, "the best three"
    assert marked["alpha"][0] > 0 == marked["alpha"][-1]
    run.send(Step(1))
    after = run.poll(60.0).scene.board
    new = (after.cells > 0) & (board.cells == 0)
    if after.lines == board.lines:
        cells = {(column, 19 - row) for row, column in zip(*new.nonzero(), strict=True)}
        assert cells == set(cells_of(board.piece, found[0])), "that is where the piece goes"
    run.send(Start())
    journal.add(run.poll(0.0))
    view.refresh(journal)
    assert "Pause the demo" in view.panel.object
    assert marks.cells.data["x"] == []
