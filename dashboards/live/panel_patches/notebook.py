"""What a notebook's front end sends back, and what is sent to it, of the cells of this project only."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.model import Model
from bokeh.models import ColumnarDataSource, ImportedStyleSheet
from panel.io import resources
from panel.reactive import ReactiveCustomBase

from dashboards.live.panel_patches.defaults import remember_defaults
from dashboards.live.panel_patches.pages import mark_own_models_only
from dashboards.live.panel_patches.presence import has, usable
from dashboards.live.panel_patches.widgets import models_of

QUICKER = (PropertyDescriptor, "_get_default"), (ReactiveCustomBase, "_patch_datamodel_ref")
DATA_CHANGES = frozenset({"ColumnDataChanged", "ColumnsStreamed", "ColumnsPatched"})


class NotebookColumn(pmui.Column):
    """A column that is the output of a cell.

    What the browser sends is handled on the kernel's own loop, on which the cell is refreshed as well: JupyterLab hands
    messages to a thread beside that loop (a subshell), where two at once would send torn messages. The front end of
    Panel repeats every change that the kernel made; of data, which only the kernel changes, nothing is taken back.

    Each change is handled by itself: Panel holds the document once it has answered one, and those that come after it in
    the same message, such as the theme, would reach nobody.
    """

    _loop: asyncio.AbstractEventLoop | None = None

    def _render_mimebundle(self, model: Model, doc: Any, *arguments: Any, **options: Any) -> Any:
        self._loop = asyncio.get_running_loop()
        share_styles(doc)
        return super()._render_mimebundle(model, doc, *arguments, **options)

    def _on_msg(self, ref: str, manager: Any, msg: Any) -> None:
        for change in self._changes_of(msg):
            handle = partial(super()._on_msg, ref, manager, change)
            if self._loop is None:
                handle()
            else:
                self._loop.call_soon_threadsafe(handle)

    def _changes_of(self, msg: Any) -> list[Any]:
        """Return a message for each change that a message from the browser brings, but for those of sources' data."""
        events: Any = msg.get("content", {}).get("events") if isinstance(msg, dict) else None
        if not usable("data that a browser sends back", {"msg['content']['events']": isinstance(events, list)}):
            return [msg]
        documents = [model.document for model in models_of(self)]
        kept = [event for event in events if not _is_of_data(event, documents)]
        return [{**msg, "content": {**msg["content"], "events": [event]}} for event in kept]


def _is_of_data(event: dict[str, Any], documents: Iterable[Any]) -> bool:
    if event["kind"] in DATA_CHANGES:
        return True
    if event["kind"] != "ModelChanged" or event["attr"] != "data":
        return False
    return any(isinstance(document.get_model_by_id(event["model"]["id"]), ColumnarDataSource) for document in documents)


@contextmanager
def made_quickly() -> Iterator[None]:
    """Make the models of a cell in the quick ways of a server; then all is as it was, for the cells of others."""
    before = [(owner, name, vars(owner)[name]) for owner, name in QUICKER if name in vars(owner)]
    remember_defaults()
    mark_own_models_only()
    try:
        yield
    finally:
        for owner, name, way in before:
            setattr(owner, name, way)


def is_loaded() -> bool:
    """Return whether the notebook loaded Panel's parts already, with options of its own."""
    if not usable("what a notebook has loaded", {"panel.extension._loaded": has(pn.extension, "_loaded")}):
        return False
    return bool(pn.extension._loaded)


def keep_one_script(cell: Any, root: Model, *changed: Any) -> None:
    """Send the components' common script, 1.4 MB, with the outermost and the innermost first only.

    A page keeps a script under its checksum, and looks into the first component it meets, from within or from without:
    the first part of the cell is an empty one that is met first.
    """
    firsts = [model for model in models_of(cell[0]) if model in root.references()]
    if not pn.config.inline or not firsts:
        return
    first: Any = firsts[0]
    if not usable("one script for all components", {"ReactComponent.bundle and .esm": has(first, "bundle", "esm")}):
        return
    for model in root.references():
        if model is not root and model is not first and getattr(model, "bundle", None) == first.bundle:
            model.esm = ""


def keep_styles_local(cell: Any, root: Model, *changed: Any) -> None:
    """Send Panel's own style sheets by their content, in place of an address on its network of servers."""
    if pn.config.inline:
        for model in root.references():
            if isinstance(model, ImportedStyleSheet):
                model.url = local_style(model.url)


@cache
def local_style(url: str) -> str:
    """Return the style sheet itself as an address, or the address as it is where Panel did not bring the sheet."""
    name = name_of_style(url)
    if name is None or not (resources.DIST_DIR / name).is_file():
        return url
    return f"data:text/css;base64,{b64encode((resources.DIST_DIR / name).read_bytes()).decode()}"


def name_of_style(url: str) -> str | None:
    """Return the name of a style sheet below Panel's folder, or None for one from elsewhere."""
    names = "CDN_DIST", "LOCAL_DIST", "DIST_DIR"
    if not usable("local style sheets", {f"panel.io.resources.{name}": has(resources, name) for name in names}):
        return None
    prefixes = resources.CDN_DIST, resources.LOCAL_DIST
    prefix = next((prefix for prefix in prefixes if url.startswith(prefix)), None)
    return None if prefix is None else url.removeprefix(prefix).partition("?")[0]


def share_styles(document: Any) -> None:
    """Let later changes use the style sheets of a document under the addresses that they have by then."""
    table: Any = getattr(pn.state, "_stylesheets", None)
    if not usable("local style sheets later on", {"panel.state._stylesheets": table is not None}):
        return
    sheets = table.get(document, {}) if pn.config.inline else {}
    for url, sheet in list(sheets.items()):
        name = name_of_style(url)
        for prefix in (resources.CDN_DIST, resources.LOCAL_DIST) if name else ():
            sheets.setdefault(f"{prefix}{name}", sheet)


def keep_changes(cell: Any, root: Model, *changed: Any) -> None:
    """Let the browser keep the changes of models that nobody listens to.

    A notebook's front end repeats what the kernel changed a moment ago, which by then may have another value.
    """
    for model in root.references():
        if not usable("changes that a browser keeps", {"Model._callbacks": has(model, "_callbacks")}):
            return
        if not any(model._callbacks.values()):
            model.syncable = False


HOOKS = keep_one_script, keep_styles_local, keep_changes
"""Called with the cell and its model whenever its layout has changed."""
