"""In a notebook: what is shown there needs no network, and each showing has a document and a callback of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.live.panel_patches.notebook import HOOKS, NotebookColumn, is_loaded, made_quickly
from dashboards.live.panel_patches.widgets import read_scripts_once
from dashboards.live.refresher import Refresher
from dashboards.style.theme import THEME_CONFIG

HEIGHT = 800  # pixels
WIDE = "@container (min-width: 880px)"
AREAS = '"bar bar bar" "tiles tiles tiles" "drawer board curves" "drawer tabs tabs"'
CELL_GRID = {
    "display": "grid",
    "gap": "12px",
    "p": "12px",
    "boxSizing": "border-box",
    "bgcolor": "background.default",
    "gridTemplateAreas": '"bar" "tiles" "board" "curves" "tabs" "drawer"',
    "gridTemplateColumns": "minmax(0, 1fr)",
    "gridTemplateRows": "auto 116px 420px 420px 260px auto",
    WIDE: {
        "height": f"{HEIGHT}px",
        "gridTemplateAreas": AREAS,
        "gridTemplateColumns": "300px minmax(0, 1fr) minmax(0, 1fr)",
        "gridTemplateRows": "auto 60px minmax(0, 1fr) 190px",
    },
}
"""The parts of a page by the width of the cell, not of the window."""
NO_ICONS = {"MuiIcon": {"styleOverrides": {"root": {"display": "none"}}}}  # their font comes from a server
CELL_THEME = {name: theme | {"components": theme["components"] | NO_ICONS} for name, theme in THEME_CONFIG.items()}


Retheme = Callable[[bool], None]
IN_CELL = {"xs": "@", "sm": "@sm", "md": "@md", "lg": "@lg"}  # a width of the window -> of the cell


class LiveViewer(pn.viewable.Viewer):
    """Something live that the last expression of a cell shows, with nothing to be called before."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        load()
        with made_quickly():
            return super()._repr_mimebundle_(include, exclude)


class Alone(LiveViewer):
    """One part of a dashboard: for each showing `make()` returns another, with what else `shown` takes."""

    def __init__(self, make: Callable[[], tuple[Any, Refresher, Retheme]], height: int) -> None:
        super().__init__()
        self._make, self._height = make, height

    def __panel__(self) -> Any:
        return shown(*self._make(), self._height)


def load() -> None:
    """Load Panel's parts from this machine, once; what a notebook loaded by itself, with its own options, stays."""
    if not is_loaded():
        pn.extension("tabulator", inline=True)


def is_dark() -> bool:
    """Return whether Panel was set to be dark, by `pn.extension("tabulator", inline=True, theme="dark")`."""
    return pn.config.theme == "dark"


def shown(content: Any, refresher: Refresher, retheme: Retheme, height: int) -> Any:
    """Return the output of a cell, live as long as it is there; parts that don't fit the height scroll.

    JupyterLab's theme is known only once it is shown there: then `retheme(dark)` is called.
    """
    for part in content.select(lambda part: getattr(part, "sx", None)):
        part.sx = by_width_of_cell(part.sx)
    size: dict[str, Any] = {"margin": 0, "height": height, "sizing_mode": "stretch_width"}
    box = pmui.Column(content, sx={"containerType": "inline-size", "overflow": "hidden auto"}, **size)
    first = pmui.Column(margin=0, height=0)
    cell = NotebookColumn(first, box, hooks=list(HOOKS), theme_config=CELL_THEME, **size)
    cell.param.watch(lambda event: refresher.soon(lambda: retheme(event.new)), "dark_theme")
    read_scripts_once(cell, *(view.panel for view in refresher.views))
    refresher.start(cell)
    return cell


def by_width_of_cell(style: Any) -> Any:
    """Return a style in which what depends on the width of the window depends on that of the cell."""
    if not isinstance(style, dict):
        return style
    return {IN_CELL.get(name, name): by_width_of_cell(value) for name, value in style.items()}
