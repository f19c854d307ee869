"""In a notebook: what is shown there needs no network, and each showing has a document and a callback of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.model import Model
from bokeh.models import UIElement
from panel.io.notebook import patch_inline_stylesheets
from panel_material_ui.base import MaterialComponent

from dashboards.player import Player
from dashboards.theme import THEME_CONFIG

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


class LiveViewer(pn.viewable.Viewer):
    """Something live that the last expression of a cell shows, with nothing to be called before."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        load()
        return super()._repr_mimebundle_(include, exclude)


class Alone(LiveViewer):
    """One part of a dashboard: `make()` gives it and the player that keeps it live, anew for each showing."""

    def __init__(self, make: Callable[[], tuple[Any, Player]], height: int) -> None:
        super().__init__()
        self._make, self._height = make, height

    def __panel__(self) -> Any:
        part, player = self._make()
        return shown(part, player, self._height)


def load() -> None:
    """Load Panel's parts from this machine, once; what a notebook loaded by itself, with its own options, stays."""
    if not pn.extension._loaded:
        pn.extension("tabulator", inline=True)
    read_scripts_once()


@cache
def read_scripts_once() -> None:
    """Let each kind of component read its script once: Panel reads and unindents 1.4 MB for every single one."""
    read: Any = cache(MaterialComponent._render_esm.__func__)
    MaterialComponent._render_esm = classmethod(read)


def is_dark() -> bool:
    """Whether Panel was told to be dark, by `pn.extension("tabulator", inline=True, theme="dark")`."""
    return pn.config.theme == "dark"


def shown(content: Any, player: Player, height: int) -> Any:
    """What a cell shows, live as long as it is there; what doesn't fit the height is scrolled to."""
    fill: dict[str, Any] = {"margin": 0, "sizing_mode": "stretch_both"}
    content.min_height = height
    size: dict[str, Any] = {"min_height": height, "max_height": height, **fill}
    box = pmui.Column(content, sx={"containerType": "inline-size", "overflow": "hidden auto"}, **size)
    first = pmui.Column(margin=0, height=0)
    cell = pmui.Column(first, box, hooks=[keep_one_script], theme_config=CELL_THEME, **size)
    player.start(cell)
    return cell


def keep_one_script(cell: Any, root: Model, *changed: Any) -> None:
    """Send the components' common script, 1.4 MB, with the outermost and the innermost first only.

    A page keeps a script under its checksum, and looks into the first component it meets, from within or from without.
    Styles are put into the models here, because Panel would do so once the document counts them all after each.
    """
    if not pn.config.inline:
        return
    first = cell[0]._models[root.ref["id"]][0]
    for model in root.references():
        if isinstance(model, UIElement):
            patch_inline_stylesheets(model)
        if model is not root and model is not first and getattr(model, "bundle", None) == first.bundle:
            model.esm = ""
