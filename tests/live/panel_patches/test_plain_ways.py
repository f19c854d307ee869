"""Where a name of a library is gone, its plain way is taken: the same is shown, and one line in the log says why."""

from __future__ import annotations

import asyncio
import json
import logging
from inspect import getattr_static
from types import SimpleNamespace

import numpy as np
import panel as pn
import panel.io.document
import panel.io.resources
import panel_material_ui as pmui
import pytest
from bokeh.document import Document, events
from bokeh.document.events import ModelChangedEvent
from bokeh.model import DataModel, Model
from bokeh.models import ColumnDataSource, Div
from bokeh.server.views.ws import WSHandler
from panel.reactive import ReactiveCustomBase
from panel_material_ui.base import MaterialComponent
from tornado.httpserver import HTTPServer
from tornado.locks import Lock

from dashboards.live.panel_patches import (
    idle_connections,
    messages,
    notebook,
    pages,
    presence,
    sources,
    standalone,
    widgets,
)
from dashboards.live.panel_patches.messages import make_message, one_message
from support.second_document import episodes_of, served


def test_a_name_that_is_gone_is_logged_once_for_each_change(caplog):
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert not presence.usable("a change of this test", {"Here.here": True, "Gone.gone": False})
    assert [record.getMessage() for record in caplog.records] == [
        "a change of this test: Gone.gone is not as expected in the installed version, so the plain way is taken."
    ]


def test_parameters_are_recognized_by_name_and_order():
    def function(one, two, *, three=3):
        return one, two, three

    assert presence.takes(function, "one", "two")
    assert presence.takes(function, "one", "two", "three")
    assert not presence.takes(function, "two", "one")
    assert not presence.takes(function, "one"), "it must have two as well"
    assert not presence.takes(function, "four")
    assert not presence.takes(None)


class WithSession(Document):
    """A document whose session is the stand-in that it was given."""

    def __init__(self, session: object) -> None:
        super().__init__()
        self._session = session

    @property
    def session_context(self):
        return SimpleNamespace(session=self._session)


def test_changes_of_a_session_without_pending_writes_leave_as_bokeh_sends_them():
    document, seen, source = WithSession(SimpleNamespace()), [], Div()
    document.add_root(source)
    document.on_change(seen.append)
    with one_message(document):
        source.text = "one"
        source.text = "two"
        assert seen == []
    assert [(event.attr, event.new) for event in seen] == [("text", "two")]
    source.text = "three"
    assert len(seen) == 2, "the document is not held any more"


def test_a_message_is_put_together_by_bokeh_where_its_serializer_is_another(monkeypatch):
    document, source = Document(), ColumnDataSource({"x": np.zeros(3)})
    document.add_root(source)
    change = ModelChangedEvent(document, source, "name", "new")
    ours = make_message(document, [change]).content
    monkeypatch.setattr(messages, "Serializer", object)
    assert make_message(document, [change]).content == ours


def test_a_message_is_sent_by_bokeh_where_a_connection_is_another():
    document, source, sent = Document(), Div(), []
    document.add_root(source)

    class Connection:
        write_lock = Lock()

        async def write_message(self, message, binary=False, locked=True):
            sent.append(json.loads(message))

    asyncio.run(make_message(document, [ModelChangedEvent(document, source, "text", "new")]).send(Connection()))
    assert [part.get("msgtype") for part in sent] == ["PATCH-DOC", None, None]
    assert sent[2]["events"][0]["new"] == "new"


def without(name: str) -> SimpleNamespace:
    return SimpleNamespace(**{key: value for key, value in vars(events).items() if key != name})


def test_rows_are_not_sent_twice_where_new_data_cannot_be_sent_by_value(monkeypatch):
    monkeypatch.setattr(sources, "events", without("ColumnDataChangedEvent"))
    source = ColumnDataSource({"episode": np.array([7.0])})
    with served(source) as page:

        def change() -> None:
            with one_message(page.document):
                sources.replace(source, {"episode": np.array([1.0])})
                sources.append(source, {"episode": np.array([2.0])})

        assert episodes_of(page.change(change), [source]) == [[1, 2]]


def test_a_source_is_patched_by_bokeh_where_its_event_is_another(monkeypatch):
    monkeypatch.setattr(sources, "events", without("ColumnsPatchedEvent"))
    source = ColumnDataSource({"episode": np.zeros(3)})
    with served(source) as page:
        copy = page.change(lambda: sources.patch(source, {"episode": [(1, 5.0), (slice(2, 3), np.array([6.0]))]}))
        assert episodes_of(copy, [source]) == [[0, 5, 6]]


def test_parts_without_models_are_taken_for_parts_that_are_not_shown():
    assert widgets.models_of(SimpleNamespace()) == []
    shown = pn.Column()
    assert widgets.models_of(shown) == []
    shown.get_root()
    assert len(widgets.models_of(shown)) == 1


def test_scripts_are_read_by_panel_where_its_way_is_another(monkeypatch):
    button = pmui.Button()
    monkeypatch.setattr(MaterialComponent, "_render_esm", classmethod(lambda cls, *, other: "script"))
    widgets.read_scripts_once(pmui.Column(button))
    assert "_render_esm" not in vars(button)


def test_components_of_one_kind_share_a_script():
    one, other = pmui.Button(), pmui.Button()
    widgets.read_scripts_once(pmui.Column(one, pn.Column(other)))
    with pn.config.set(inline=True):
        scripts = [part.get_root().esm for part in (one, other)]
    assert scripts[0] is scripts[1]


def test_an_upload_that_the_browser_refuses_is_reported_with_the_reason():
    refusals = []
    upload = widgets.Upload(refusals.append, label="Load")
    upload._handle_msg({"status": "error", "error": "over 20 MB"})
    upload._handle_msg({"status": "initializing", "chunk": 0})
    assert refusals == ["over 20 MB"]


def send(upload, *pieces, name="run.npz"):
    upload._handle_msg({"status": "initializing"})
    for chunk, data in enumerate(pieces, 1):
        upload._handle_msg({"status": "upload_event", "name": name, "chunk": chunk, "data": data})
    upload._handle_msg({"status": "finished"})


def test_an_upload_comes_in_pieces_and_an_empty_file_is_one_too():
    upload = widgets.Upload([].append, label="Load", max_file_size=10)
    send(upload, b"12345", memoryview(b"67"))
    assert (upload.value, upload.filename) == (b"1234567", "run.npz")
    upload.clear()
    send(upload)
    assert upload.value == b""


def test_an_upload_keeps_no_more_than_it_takes_whatever_is_sent():
    refusals = []
    upload = widgets.Upload(refusals.append, label="Load", max_file_size=10)
    send(upload, b"12345", b"678901", *[b"x" * 1000] * 20)
    assert upload.value is None
    assert refusals == ["it has over 10 bytes"]
    send(upload, 10**12)  # as a size it would be a terabyte
    send(upload, [1] * 100, name=None)
    for nonsense in ("", None, [], {}, {"status": "upload_event"}):
        upload._handle_msg(nonsense)
    assert not upload.value
    send(upload, b"123")
    assert upload.value == b"123"


def collect_later(delay: float) -> None:
    """Stand in for another way of Panel to collect garbage."""


def test_pages_are_left_as_they_are_where_panel_has_no_such_names(monkeypatch):
    page = SimpleNamespace(param={}, busy="as it was")
    pages.never_busy(page, never=False)
    assert page.busy == "as it was"
    monkeypatch.setattr(panel.io.document, "_garbage_collect", collect_later)
    pages.collect_no_garbage()
    assert panel.io.document._garbage_collect is collect_later
    monkeypatch.setattr(pages.pn, "state", SimpleNamespace())
    pages.forget_views(Document())


def marks(root: Model) -> list[list[str]]:
    """The marks of each data model in a page, with the page's own id left out."""
    return [[tag.replace(root.id, "root") for tag in model.tags] for model in root.select({"type": DataModel})]


def test_each_part_of_a_page_is_marked_once_as_panel_marks_it(monkeypatch):
    def page() -> Model:
        column = pmui.Column(pmui.Card(pmui.Button(), pn.Column(pmui.Switch())))
        root = column.get_root()
        column.append(pmui.Button())
        return root

    way = getattr_static(ReactiveCustomBase, "_patch_datamodel_ref")
    monkeypatch.setattr(ReactiveCustomBase, "_patch_datamodel_ref", way)
    plain = marks(page())
    pages.mark_own_models_only()
    assert marks(page()) == plain == [["__ref:root"]] * 5
    monkeypatch.setattr(ReactiveCustomBase, "_patch_datamodel_ref", collect_later)
    pages.mark_own_models_only()
    assert ReactiveCustomBase._patch_datamodel_ref is collect_later


def test_a_notebook_is_served_by_panel_alone_where_names_are_gone(monkeypatch):
    monkeypatch.setattr(notebook, "resources", SimpleNamespace())
    notebook.local_style.cache_clear()
    assert notebook.local_style("https://example.org/a.css") == "https://example.org/a.css"
    monkeypatch.setattr(notebook.pn, "extension", SimpleNamespace())
    assert not notebook.is_loaded()
    assert notebook.NotebookColumn()._changes_of("another form") == ["another form"]
    notebook.local_style.cache_clear()


@pytest.mark.parametrize("module", ["util", "elements", "bundle"])
def test_a_page_in_one_file_is_written_by_panel_where_names_are_gone(monkeypatch, module):
    document, mode = Document(), panel.io.resources.RESOURCE_MODE
    document.add_root(Div(name="words", text="a part of the page"))
    template = "{% block contents %}{{ embed(roots.words) }}{{ bokeh_js }}{% endblock %}"
    assert "a part of the page" in standalone.page_of(document.roots, "A title", template, {})
    monkeypatch.setattr(standalone, module, SimpleNamespace())
    page = standalone.page_of(document.roots, "A title", template, {})
    assert "a part of the page" in page
    assert standalone.PANEL.read_text().strip() in page
    assert "<script src" not in page
    assert mode == panel.io.resources.RESOURCE_MODE


class Other:
    """A model of a version to come, of which nothing is known."""

    syncable, esm = True, "script"


@pytest.mark.parametrize("hook", notebook.HOOKS)
def test_hooks_leave_models_alone_that_are_not_as_expected(hook):
    cell, other = pmui.Column(pn.Column()), Other()
    root = cell.get_root()
    with pn.config.set(inline=True):
        hook(cell, SimpleNamespace(ref=root.ref, references=lambda: [*root.references(), other]))
    assert (other.syncable, other.esm) == (True, "script")


def test_websockets_stay_bokehs_where_its_table_of_addresses_is_another(monkeypatch):
    monkeypatch.setattr(idle_connections, "per_app_patterns", addresses := (("/ws", WSHandler),))
    idle_connections.close_idle_connections()
    HTTPServer.configure(None)
    assert addresses == (("/ws", WSHandler),)
