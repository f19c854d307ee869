"""What is asked of Panel's widgets beyond what they promise."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.model import Model
from panel_material_ui.base import MaterialComponent

from dashboards.live.panel_patches.presence import has, takes, usable


def models_of(part: Any) -> list[Model]:
    """Return the Bokeh models that stand for a part of a page, one for each document that shows it."""
    if not usable("models of a part of a page", {"Renderable._models": has(part, "_models")}):
        return []
    return [model for model, _ in part._models.values()]


def read_scripts_once(*parts: Any) -> None:
    """Let components of one kind share their script: Panel finds, reads and unindents 1.4 MB for every single one."""
    render = getattr(MaterialComponent, "_render_esm", None)
    if not usable("scripts read once", {"MaterialComponent._render_esm": takes(render, "compiled", "server")}):
        return
    for part in parts:
        for component in part.select(MaterialComponent):
            component._render_esm = partial(_script_of, component.__class__, pn.config.inline)


@cache
def _script_of(kind: Any, inline: bool, compiled: bool = True, server: bool = False) -> str:
    return kind._render_esm(compiled=compiled, server=server)


class Upload(pmui.FileInput):
    """A button that takes a file; `refused(reason)` is called when the browser refuses to send one as too large.

    The component itself raises an error for a message that reports one.
    """

    def __init__(self, refused: Callable[[str], None], **look: Any) -> None:
        self._refused = refused
        super().__init__(**look)

    def _handle_msg(self, msg: Any) -> None:
        if isinstance(msg, dict) and msg.get("status") == "error":
            self._refused(str(msg.get("error", "")))
        else:
            super()._handle_msg(msg)
