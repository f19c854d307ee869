"""What a user names stands on the page as text, whatever is in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bokeh.document import Document
from bokeh.models import Div, HoverTool
from panel.models.markup import HTML

from dashboards.style.markup import fill, plain
from dashboards.style.theme import tokens
from dashboards.style.widgets import problem_html
from dashboards.views.board.view import BoardView
from dashboards.views.plots.action_histogram import HistogramView
from dashboards.views.plots.learning_curves import CurvesView
from dashboards.views.tables.states import StatesView
from gridworld.worlds.problem import load_problem

EVIL = '<img src=x onerror="document.title=1">'
WORLD = f"title: {EVIL}\n\nS.\n.G\n"
PROBLEM = replace(load_problem(WORLD), actions=(EVIL, "right", "down", "left"), state_name=lambda state: EVIL)

# Bokeh, turning a data frame into columns, uses a keyword that pandas 3.1 means to drop


def markup_of(view) -> list[str]:
    """All HTML that a view sends."""
    document = Document()
    document.add_root(view.panel.get_root(document))
    models = list(document.models)
    found = [model.text for model in models if isinstance(model, (Div, HTML))]
    return found + [
        model.tooltips for model in models if isinstance(model, HoverTool) and isinstance(model.tooltips, str)
    ]


@pytest.mark.parametrize("kind", [BoardView, HistogramView, CurvesView, StatesView])
def test_no_name_is_markup_in_a_view(kind):
    texts = markup_of(kind(PROBLEM, tokens(dark=False)))
    assert texts
    assert not any("<img" in text for text in texts)


def test_a_template_takes_values_as_text():
    assert fill("<b title='{}'>{}</b>", "'", EVIL) == (
        "<b title='&#39;'>&lt;img src=x onerror=&#34;document.title=1&#34;&gt;</b>"
    )
    assert "<img" not in problem_html(f"There is no world {EVIL}.")


def test_a_sentence_for_an_alert_is_neither_html_nor_markdown():
    sent = plain(f"The run failed: **{EVIL}**\n\n# none")
    assert sent.startswith("<div>The run failed: **&lt;img")
    assert "\n" not in sent
