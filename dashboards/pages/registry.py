"""The pages there are, and which of them an address asks for."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.hub.hub import Hub


@dataclass(frozen=True)
class PageEntry:
    """A page: its name in the navigation, and as "module:function" what makes it of the hub, imported when needed."""

    title: str
    factory: str


PAGES = {
    "": PageEntry("Grid world", "dashboards.pages.training.opening:training_page"),
    "compare": PageEntry("Compare", "dashboards.pages.compare.opening:compare_page"),
    "tetris": PageEntry("Tetris", "dashboards.pages.tetris.page:tetris_page"),
    "library": PageEntry("Library", "dashboards.pages.library.page:library_page"),
}
"""What `?page=` names -> the page; the one without a name is shown where no page is asked for."""
REFUSED = "dashboards.pages.refused:refused_page"


def page(hub: Hub) -> pmui.Page:
    """Return the page that the address asks for; the first one for an unknown name.

    What can't be made has a page with the reason in its place: none is ever blank.
    """
    name = pn.state.session_args.get("page", [b""])[0].decode(errors="replace")
    try:
        return _made(PAGES.get(name, PAGES[""]).factory, hub)
    except Exception as problem:
        return _made(REFUSED, hub, problem)


def _made(factory: str, *arguments: Any) -> pmui.Page:
    module, _, function = factory.partition(":")
    return getattr(importlib.import_module(module), function)(*arguments)
