"""The files of the editor: named worlds to begin with, and worlds that are kept under a name."""

from __future__ import annotations

import pytest

from dashboards.hub.executors import AtOnce
from dashboards.pages.downloads import Downloads
from dashboards.pages.training.editing.world_files import WorldFiles
from dashboards.views.board.editor.editor import WorldEditor
from gridworld.worlds.edit import drafted
from gridworld.worlds.kept import VARIABLE
from gridworld.worlds.named import load_world, world_ids


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    made = WorldFiles(Downloads(AtOnce()), AtOnce(), lambda: made.editor, lambda change: change(), lambda: None)
    made.editor = WorldEditor(
        drafted(load_world("easy")),
        0,
        changed=lambda draft, done: None,
        compute=lambda make, then: then(make()),
        mark=lambda cell: None,
        soon=lambda change: change(),
        close=lambda: None,
        files=made.panel,
    )
    return made


@pytest.mark.parametrize("name", world_ids())
def test_each_named_world_can_be_edited_and_undone(files, name):
    before = files.editor.history.draft
    files.named.value = name
    draft = files.editor.history.draft
    assert (draft.maps, draft.slip, draft.step_limit) == (
        (wanted := load_world(name)).maps,
        wanted.slip,
        wanted.step_limit,
    )
    assert files.named.value == "", "the same can be chosen again"
    files.editor._go_to(files.editor.history.undo)
    assert files.editor.history.draft == before


def test_a_kept_world_is_offered_from_then_on(files):
    files.editor.text.value = "step reward: -1\n\nS.G\n"
    files.name.value = "corridor"
    files.panel[3][1].clicks += 1
    assert "corridor" in files.named.options
    files.named.value = "cliff"
    files.named.value = "corridor"
    assert (files.editor.draft.rows, files.editor.draft.columns) == (1, 3)


def test_a_name_is_asked_for_in_words(files):
    files.panel[3][1].clicks += 1
    assert "has no name yet" in files.editor._report.object
