"""What a page does once its browser has connected."""

import pytest
from bokeh.document import Document
from bokeh.events import DocumentReady
from bokeh.models import Column, Div
from panel.io.state import set_curdoc

from dashboards.pages.browser import when_ready


def test_all_that_waits_for_a_browser_is_done_in_order_and_its_models_are_looked_for_once(monkeypatch):
    document, column, done, looked = Document(), Column(), [], []
    document.add_root(column)
    with set_curdoc(document):
        for text in ("first", "second"):

            def add(text=text):
                done.append(text)
                column.children = [*column.children, Div(text=text)]

            when_ready(add)
    look = document.models.recompute
    monkeypatch.setattr(document.models, "recompute", lambda: (looked.append(True), look()))
    document.callbacks.trigger_event(DocumentReady())
    assert done == ["first", "second"]
    assert len(looked) == 1
    assert [added.document for added in column.children] == [document, document]


def test_what_waits_for_a_browser_is_done_although_another_one_of_them_raises():
    document, done = Document(), []

    def fail():
        raise RuntimeError("no such thing")

    with set_curdoc(document):
        for callback in (fail, lambda: done.append("second")):
            when_ready(callback)
    with pytest.raises(RuntimeError):
        document.callbacks.trigger_event(DocumentReady())
    assert done == ["second"]
