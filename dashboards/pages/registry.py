"""The pages there are, and which of them an address asks for."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

import panel as pn
import panel_material_ui as pmui

from dashboards.hub.hub import Hub


@dataclass(frozen=True)
class PageEntry:
    """A page: its name in the navigation, and as "module:function" what makes it of the hub, imported when needed."""

    title: str
    factory: str


PAGES = {
    "": PageEntry("Grid world", "dashboards.pages.training.page:training_page"),
    "compare": PageEntry("Compare", "dashboards.pages.compare.page:compare_page"),
    "tetris": PageEntry("Tetris", "dashboards.pages.tetris.page:tetris_page"),
    "library": PageEntry("Library", "dashboards.pages.library.page:library_page"),
}
"""What `?page=` names -> the page; the one without a name is shown where no page is asked for."""


def page(hub: Hub) -> pmui.Page:
    """Return the page that the address asks for; the first one for an unknown name."""
    name = pn.state.session_args.get("page", [b""])[0].decode(errors="replace")
    module, _, function = PAGES.get(name, PAGES[""]).factory.partition(":")
    return getattr(importlib.import_module(module), function)(hub)
