"""What a person does on a page is answered in one message."""

from __future__ import annotations

import panel as pn
import pytest
from bokeh.events import ButtonClick
from bokeh.models import Column, Div
from panel.reactive import Syncable

from dashboards.live.panel_patches.answers import ANSWERS, answer_in_turn
from support.second_document import served


@pytest.fixture
def in_turn(monkeypatch):
    for name in ANSWERS:
        monkeypatch.setattr(Syncable, name, getattr(Syncable, name))
    monkeypatch.setattr(type(pn.state), "execute", type(pn.state).execute)
    answer_in_turn()


def typed(change, document):
    """Let a person type into a field that is answered by a change."""
    field = pn.widgets.TextInput()
    field.param.watch(lambda event: change(), "value")
    field._events = {"value": "typed"}
    field._change_event(document)


def pressed(change, document):
    """Let a person press a button that is answered by a change."""
    button = pn.widgets.Button()
    button.on_click(lambda event: change())
    button._process_bokeh_event(document, ButtonClick(None))


@pytest.mark.parametrize("do", [typed, pressed])
def test_all_that_follows_is_one_message(in_turn, do):
    box, new = Column(name="box"), Div(text="new")
    with served(box) as page:

        def change() -> None:
            box.children = [new]
            new.text = "changed"

        (shown,) = page.change(lambda: do(change, page.document)).roots
        assert [child.text for child in shown.children] == ["changed"]
        assert page.patches == 1


def test_a_press_that_waits_for_another_answer_keeps_its_turn(in_turn):
    """Such presses were answered without the document's lock, so that what was true before could come last."""
    box, new = Column(name="box"), Div(text="new")
    with served(box) as page:
        button, order = pn.widgets.Button(), []

        def change() -> None:
            box.children = [new]
            new.text = "changed"
            order.append("answered")

        def press() -> None:
            button.on_click(lambda event: change())
            button._server_event(page.document, ButtonClick(None))

        page.change(press)
        (shown,) = page.change(lambda: order.append("what comes later")).roots
        assert [child.text for child in shown.children] == ["changed"]
        assert page.patches == 1
        assert order == ["answered", "what comes later"]
