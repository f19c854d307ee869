"""What a notebook's front end sends is handled where the cell is refreshed, and what it repeats is not taken back."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from threading import get_ident

import panel as pn
import panel_material_ui as pmui
import pytest
from bokeh.models import ColumnDataSource, ImportedStyleSheet, Range1d
from bokeh.plotting import figure
from panel.io.resources import CDN_DIST, LOCAL_DIST, set_resource_mode
from panel.models.markup import HTML

from dashboards.live.panel_patches.notebook import (
    HOOKS,
    QUICKER,
    NotebookColumn,
    keep_one_script,
    local_style,
    made_quickly,
    share_styles,
)
from dashboards.live.panel_patches.widgets import models_of
from support.paths import ROOT
from support.second_document import FrontEnd, episodes_of

TITLE = {"kind": "TitleChanged", "title": "of a page"}


def test_messages_from_a_thread_beside_the_kernels_loop_are_handled_on_the_loop(monkeypatch):
    handled = []
    monkeypatch.setattr(pn.viewable.MimeRenderMixin, "_on_msg", lambda self, *message: handled.append(get_ident()))
    monkeypatch.setattr(pn.viewable.MimeRenderMixin, "_render_mimebundle", lambda self, *arguments: None)

    async def kernel():
        shown = NotebookColumn()
        shown._render_mimebundle(None, None)
        await asyncio.to_thread(shown._on_msg, "root", "manager", {"content": {"events": [TITLE]}})
        await asyncio.sleep(0)

    asyncio.run(kernel())
    assert handled == [get_ident()]


def test_a_range_that_nobody_listens_to_is_not_set_back_by_what_the_browser_repeats():
    source = ColumnDataSource({"episode": []})
    x_range, y_range = Range1d(0, 1), Range1d(0, 1)
    x_range.on_change("end", lambda attribute, old, new: None)
    plot = figure(x_range=x_range, y_range=y_range)
    plot.line("episode", "episode", source=source)
    cell = NotebookColumn(pn.pane.Bokeh(plot), hooks=list(HOOKS))
    front_end = FrontEnd(cell)
    for end in (2, 3):
        x_range.end = y_range.end = end
        pn.io.push_notebook(cell)
        late, front_end.changes[:] = list(front_end.changes), []
    x_range.end = y_range.end = 4
    front_end.changes[:] = late
    asyncio.run(front_end.send_back())
    assert y_range.end == 4
    assert x_range.end == 3, "a range that is listened to may be moved in the browser"


def test_rows_that_the_browser_repeats_are_not_taken_for_new_ones():
    source = ColumnDataSource({"episode": [1.0]})
    plot = figure()
    plot.line("episode", "episode", source=source)
    cell = NotebookColumn(pn.pane.Bokeh(plot), hooks=list(HOOKS))
    front_end = FrontEnd(cell)
    source.stream({"episode": [2.0]})
    pn.io.push_notebook(cell)
    asyncio.run(front_end.send_back())
    source.stream({"episode": [3.0]})
    pn.io.push_notebook(cell)
    assert episodes_of(front_end.copy, [source]) == [[1, 2, 3]]
    assert list(source.data["episode"]) == [1, 2, 3]


def test_all_changes_of_one_message_are_heard():
    x_range, field = Range1d(0, 1), pmui.TextInput()
    x_range.on_change("end", lambda attribute, old, new: None)
    cell = NotebookColumn(pn.pane.Bokeh(figure(x_range=x_range)), field, hooks=list(HOOKS))
    front_end = FrontEnd(cell)
    front_end.copy.get_model_by_id(x_range.id).end = 2
    (model,) = models_of(field)
    front_end.copy.get_model_by_id(model.data.id).value = "typed"
    asyncio.run(front_end.send_back())
    assert (x_range.end, field.value) == (2, "typed")


def test_only_what_panel_brought_along_stands_for_its_address():
    assert local_style(f"{CDN_DIST}css/loading.css?v=1").startswith("data:text/css;base64,")
    assert local_style(f"{LOCAL_DIST}css/loading.css").startswith("data:text/css;base64,")
    for other in (f"{CDN_DIST}css/no_such.css", "https://example.org/css/loading.css"):
        assert local_style(other) == other


def test_what_changes_later_has_the_styles_that_were_sent():
    pane = pn.pane.HTML("one", stylesheets=["b { color: red }"])
    cell = NotebookColumn(pn.Column(pane), hooks=list(HOOKS))
    with pn.config.set(inline=True):
        with set_resource_mode("inline"):
            front_end = FrontEnd(cell)
        share_styles(front_end.document)
        pane.object = "two"
    sheets = front_end.copy.select({"type": ImportedStyleSheet})
    assert {sheet.url.partition(",")[0] for sheet in sheets} == {"data:text/css;base64"}
    assert [div.text for div in front_end.copy.select({"type": HTML})] == ["two"]


A_KERNEL = """
import asyncio, gc, inspect, json
import bokeh.models, panel as pn, panel_material_ui as pmui
import bokeh.document, bokeh.protocol, bokeh.server.session, panel.io.document, panel.io.notebook, pyviz_comms

def libraries():
    found = {}
    for module in list(sys.modules.values()):
        name = getattr(module, "__name__", "")
        if name.partition(".")[0] in ("bokeh", "panel", "panel_material_ui", "pyviz_comms"):
            found[name] = {key: id(value) for key, value in vars(module).items() if callable(value)}
            for kind in vars(module).values():
                if inspect.isclass(kind) and kind.__module__ == name:
                    found[f"{name}.{kind.__qualname__}"] = {
                        key: id(value) for key, value in vars(kind).items() if inspect.isroutine(value)
                    }
    return found

pn.extension("tabulator", inline=True, console_output="disable")
pn.widgets.Tabulator().get_root(), pmui.Button().get_root(), pn.pane.Bokeh(bokeh.models.Div()).get_root()
collector, before = (gc.get_threshold(), gc.get_freeze_count()), libraries()
from dashboards import TrainingDashboard
dashboard = TrainingDashboard(world="easy", seed=1)

async def show():
    data, _ = dashboard._repr_mimebundle_()
    assert "text/html" in data

asyncio.run(show())
after = libraries()
changed = [
    f"{owner}.{name}"
    for owner, names in before.items()
    for name, value in names.items()
    if after.get(owner, {}).get(name) != value
]
print(json.dumps({"changed": changed, "collector": collector == (gc.get_threshold(), gc.get_freeze_count())}))
"""


@pytest.mark.slow
def test_a_dashboard_changes_nothing_in_the_libraries_of_a_kernel():
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{A_KERNEL}"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {"changed": [], "collector": True}


def test_a_cell_is_made_in_quick_ways_and_the_libraries_are_as_before_even_if_it_fails():
    def ways() -> list[object]:
        return [vars(owner)[name] for owner, name in QUICKER]

    before, found = ways(), []

    def make() -> None:
        with made_quickly():
            found.extend(ways())
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011  any failure
        make()
    assert not set(map(id, found)) & set(map(id, before))
    assert ways() == before


@pytest.mark.parametrize(("inline", "kept"), [(True, [True, False, False]), (False, [True, True, True])])
def test_the_components_script_is_sent_once_where_scripts_travel_with_the_cell(inline, kept):
    cell = pn.Column(pmui.Column(), pmui.Button(), pmui.Button())
    with pn.config.set(inline=inline):
        root = cell.get_root()
        keep_one_script(cell, root)
    assert [bool(models_of(part)[0].esm) for part in cell] == kept
