"""The HTML of promised pages is written once, and each has its own token."""

from __future__ import annotations

from types import SimpleNamespace

import panel as pn
import panel.io.server
import pytest
from bokeh.document import Document
from panel.io.state import set_curdoc

from dashboards.live.panel_patches.promised_pages import PromisedPage
from dashboards.live.panel_patches.written_pages import write_frames_once


@pytest.fixture
def written(monkeypatch):
    """Return the tokens of the pages that Panel wrote itself, whose place is that of their document."""
    tokens = []

    def write(session, resources, title, token=None, template=None, template_variables=None):
        tokens.append(token)
        return f"<script>{pn.state.rel_path}/app.js, {token}, {title}</script>"

    monkeypatch.setattr(panel.io.server, "server_html_page_for_session", write)
    write_frames_once()
    return tokens


def html(page) -> str:
    with set_curdoc(page.document):
        return panel.io.server.server_html_page_for_session(
            page, resources=None, title="Gridworld", token=page.token, template="", template_variables={}
        )


def test_promised_pages_are_written_once_and_each_has_its_own_token(written):
    light, dark = Document(), Document()
    pages = [html(PromisedPage(token, frame)) for token, frame in (("one", light), ("two", light), ("three", dark))]
    assert pages == [f"<script>/app.js, {token}, Gridworld</script>" for token in ("one", "two", "three")]
    assert written == ["one", "three"]


def test_a_frame_is_written_for_each_place_of_its_scripts(written):
    frame = Document()
    html(PromisedPage("one", frame))
    with set_curdoc(frame):
        pn.state.rel_path = "lab"
    assert html(PromisedPage("two", frame)) == "<script>lab/app.js, two, Gridworld</script>"


def test_a_page_of_its_own_is_always_written(written):
    pages = [SimpleNamespace(document=Document(), token="one")] * 2
    assert [html(page) for page in pages] == ["<script>/app.js, one, Gridworld</script>"] * 2
    assert written == ["one", "one"]
