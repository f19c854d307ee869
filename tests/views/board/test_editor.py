"""The editor: strokes, text and history are one draft, and refusals leave it as it was."""

from __future__ import annotations

import numpy as np
import pytest

from dashboards.style.theme import tokens
from dashboards.views.board.editor.editor import WorldEditor
from dashboards.views.board.editor.strokes import Strokes, passed
from dashboards.views.board.view import BoardView
from gridworld.insight.appraisal import appraise
from gridworld.runs.journal import Journal
from gridworld.training.session import TrainingSession
from gridworld.worlds.edit import add_row, drafted, paint
from gridworld.worlds.named import load_world
from gridworld.worlds.symbols import SYMBOLS
from gridworld.worlds.text import format_world, parse_draft


@pytest.fixture
def editor():
    changed = []
    made = WorldEditor(
        drafted(load_world("easy")),
        0,
        changed=lambda draft, done: changed.append((draft, done)),
        compute=lambda make, then: then(make()),
        mark=lambda cell: None,
        soon=lambda change: change(),
        close=lambda: None,
        files=None,
    )
    made.changes = changed
    return made


def test_a_stroke_is_one_step_of_the_history_and_the_text_says_the_same(editor):
    before = editor.draft
    editor.stroke([(3, 1)], False)
    assert editor.history.draft == before
    editor.stroke([(3, 2), (3, 3)], True)
    assert "\n.###.\n" in editor.text.value
    assert parse_draft(editor.text.value) == editor.draft
    assert [done for _, done in editor.changes] == [False, True]
    editor._go_to(editor.history.undo)
    assert editor.text.value == format_world(before)


def test_what_is_typed_is_the_world_and_what_is_no_world_changes_nothing(editor):
    editor.text.value = "step reward: -1\n\nS.G\n"
    assert (editor.draft.rows, editor.draft.columns) == (1, 3)
    editor.text.value = "step reward: much\n\nS.G\n"
    assert "is not a number" in editor._report.object
    assert editor.draft.step_reward == -1


def test_edits_that_follow_one_another_before_the_page_comes_to_them_all_stay(editor):
    waiting = []
    editor._soon = waiting.append
    editor.attempt(lambda draft: add_row(draft, 5))
    editor.attempt(lambda draft: add_row(draft, 6))
    for _ in range(20):  # what the changes ask for is done after them
        for change in [waiting.pop(0) for _ in range(len(waiting))]:
            change()
    assert editor.draft.rows == 7
    assert waiting == [], "what the program wrote is not typed"


def test_a_map_of_frozen_lake_and_one_of_another_tool_are_read(editor):
    editor.read("SFF\nFHG\n", "lake")
    assert (editor.draft.title, editor.draft.step_reward) == ("lake", 0.0)
    editor.read("####\n#s e\n####\n", "maze")
    assert editor.draft.title == "lake"
    assert list(editor.assign.choices) == ["#", "s", " ", "e"]
    editor.assign.choices["s"].value, editor.assign.choices["e"].value = SYMBOLS["S"].kind, SYMBOLS["G"].kind
    editor.assign._take()
    assert editor.draft.maps[0][1] == ("####", "#S.G", "####")
    assert not editor.assign.panel.visible


def test_a_map_in_letters_that_have_a_meaning_is_none_of_another_tool(editor):
    editor.type("S.G\n..")
    assert "row 1, counted from 0, has 2 cells" in editor._report.object
    assert not editor.assign.panel.visible


def test_a_jump_takes_two_clicks(editor):
    editor.tools.value = "Jump"
    editor.stroke([(0, 2)], True)
    editor.stroke([(0, 2)], True)
    editor.stroke([(4, 0)], True)
    assert "jump a" in editor.text.value


def test_every_section_opens(editor):
    for name in ("Size", "Letters", "Generate", "Text"):
        editor._section.value = name
    sizes = editor._made["Size"]
    editor._attempt(lambda draft: add_row(draft, 0))
    assert sizes.row.value == "6"
    sizes.wind.value = "0 0 1 0 x"
    assert "The wind of column 4 is" in editor._report.object
    editor._made["Generate"].button.clicks += 1
    assert editor.draft.title.startswith("Perfect maze 15")


def test_nothing_is_drawn_from_numbers_of_which_one_is_wrong(editor):
    editor._section.value = "Generate"
    form = editor._made["Generate"]
    form._fields["seed"].text.value = "1.5"
    form.button.clicks += 1
    assert editor.draft.rows == 5
    assert "World seed is" in editor._report.object
    form._fields["seed"].text.value = "2"
    form._fields["density"].text.value = "7"  # a perfect maze has no density: its field is not shown
    form.button.clicks += 1
    assert editor.draft.title.endswith("seed 2")


def test_the_range_of_a_reward_is_written_as_people_write_it(editor):
    editor.reward.value = "1e30"
    assert "from -1,000,000,000,000 to 1,000,000,000,000" in editor._report.object


def test_too_large_a_world_is_refused(editor):
    editor.text.value = "title: Wide\n\n" + ("." * 150 + "\n") * 80 + "S" + "." * 148 + "G\n"
    assert "up to 10,000 can be edited" in editor._report.object
    assert editor.draft.rows == 5


def test_a_board_shows_a_draft_of_any_size_and_the_run_again():
    session, journal = TrainingSession(world="easy", episodes=0), Journal()
    session.advance(300)
    journal.add(session.frame())
    board = BoardView(session.problem, tokens(dark=False))
    board.refresh(journal)
    blocked = paint(drafted(load_world("easy")), [(3, 4), (4, 3)], SYMBOLS["#"])
    found = appraise(blocked, session.tables.Q, discount=0.9)
    assert "no goal can be reached" in found.fault
    board.draw_draft(found.problem, 0, found.obstacles.tolist())
    assert len(board.drawing._obstacles.data["x"]) == len(found.obstacles) == 22
    larger = appraise(add_row(drafted(load_world("easy")), 0))
    for colour in ("visits", "error", "action values", "state value"):
        board.colour_by(colour)
        board.draw_draft(larger.problem)
        board.refresh(journal)
    board.draw_draft(None)
    assert board.problem is session.problem
    assert len(board.drawing._obstacles.data["x"]) == 0


def test_a_board_follows_an_edit_that_the_run_took():
    session, journal = TrainingSession(world="easy", episodes=0), Journal()
    session.advance_episodes(1)
    board = BoardView(session.problem, tokens(dark=False))
    journal.add(session.frame())
    board.refresh(journal)
    session.configure({"world": format_world(paint(drafted(load_world("easy")), [(2, 2)], SYMBOLS["#"]))})
    journal.add(session.frame())
    board.refresh(journal)
    assert board.problem is session.problem
    assert np.isin(12, np.flatnonzero(board.map.terrain.kinds == 1))


def test_strokes_pass_the_cells_between_two_events():
    assert passed((0, 0), (0, 3)) == [(0, 0), (0, 1), (0, 2), (0, 3)]
    assert passed((2, 2), (0, 1))[-1] == (0, 1)
    board, seen = BoardView(TrainingSession(world="easy").problem, tokens(dark=False)), []
    strokes = Strokes(board.drawing.figure, board.cell_at, lambda cells, done: seen.append((cells, done)))
    strokes._tapped(0.5, 4.5)
    strokes.watch(True)
    strokes._tapped(0.5, 4.5)
    strokes._dragged(0.5, 2.5, begins=True)
    strokes._dragged(3.5, 2.5)
    strokes._dragged(9.0, 2.5, ends=True)
    assert seen == [([(0, 0)], True), ([(2, 0)], False), ([(2, 0), (2, 1), (2, 2), (2, 3)], False), ([], True)]
