"""What a page disables is disabled at the server: a browser may be anyone's, and send what press it likes."""

from __future__ import annotations

import importlib

import panel_material_ui as pmui
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from dashboards.pages.library.demo import PolicyDemo
from dashboards.pages.registry import PAGES
from dashboards.style.theme import tokens
from support.hubs import make_hub


def press_all_disabled(part) -> int:
    """Press each disabled button within a part of a page as a message of a browser would; return how many there are."""
    buttons = [each for each in part.select(pmui.Button) if each.disabled]
    for each in buttons:
        each.param.trigger("clicks")
    return len(buttons)


def test_a_demo_without_a_run_to_play_takes_no_press():
    demo = PolicyDemo(make_hub(), tokens(dark=False))
    assert press_all_disabled(demo.panel) == len(demo.buttons)
    assert demo.shared is None


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_does_not_offer_is_not_done(name, tmp_path, monkeypatch):
    for variable in ("GRIDWORLD_RUNS", "GRIDWORLD_TETRIS", "GRIDWORLD_WORLDS"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    module, _, factory = PAGES[name].factory.partition(":")
    with set_curdoc(Document()):
        page = getattr(importlib.import_module(module), factory)(make_hub())
        assert press_all_disabled(page)
