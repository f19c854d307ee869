"""What a page of Panel keeps or does for the whole server, where one page should neither keep nor do it."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel.io.document
from bokeh.document import Document
from panel.reactive import ReactiveCustomBase

from dashboards.live.panel_patches.presence import has, takes, usable


def never_busy(page: Any, never: Any) -> None:
    """Let a page's sign of being busy follow a parameter that is never true.

    It follows `pn.state.busy`, which is the whole server's: the click of one user would show on the pages of all, and
    the state keeps every page there ever was.
    """
    found = {
        "panel.util.edit_readonly": has(pn.util, "edit_readonly"),
        "panel_material_ui.Page.busy": "busy" in page.param,
    }
    if usable("pages that are never busy", found):
        with pn.util.edit_readonly(page):
            page.busy = never


def forget_views(document: Document) -> None:
    """Remove from Panel's table of views what a closed page leaves there: its notifications."""
    if not usable("closed pages", {"panel.state._views": isinstance(getattr(pn.state, "_views", None), dict)}):
        return
    for reference, view in list(pn.state._views.items()):
        if any(part is document for part in view):
            del pn.state._views[reference]


def mark_own_models_only() -> None:
    """Keep Panel from walking through all that lies within a component, to mark it as part of the page.

    Each part of a page marks itself when it is made and when it changes, and walks through all its parts for that: a
    page of hundreds takes a seventh longer to make, and every change of its frame walks through all of it.
    """
    mark = getattr(ReactiveCustomBase, "_patch_datamodel_ref", None)
    if usable("pages made faster", {"ReactiveCustomBase._patch_datamodel_ref": takes(mark, "props", "ref")}):
        ReactiveCustomBase._patch_datamodel_ref = staticmethod(_mark)


def _mark(props: Any, ref: str) -> None:
    if (mark := f"__ref:{ref}") not in props.tags:
        props.tags.append(mark)


def collect_no_garbage() -> None:
    """Keep Panel from a full collection of garbage whenever a page was closed; for a server, which has its own."""
    collect = getattr(panel.io.document, "_garbage_collect", None)
    names = {"panel.io.document._garbage_collect()": collect is not None and takes(collect)}
    if usable("fewer collections of garbage", names):
        panel.io.document._garbage_collect = lambda: None
