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
    """A button that takes one file of at most `max_file_size` bytes; `refused(reason)` is called for any other.

    The component leaves the size to the browser, which may be anyone's, and keeps whatever pieces come. Files are not
    chosen by their endings (`accept`): what a browser leaves out it leaves out without a word.
    """

    def __init__(self, refused: Callable[[str], None], **look: Any) -> None:
        self._refused = refused
        self._pieces: list[bytes] | None = []  # None once they are too large
        super().__init__(**look)

    def _handle_msg(self, msg: Any) -> None:
        match msg:
            case {"status": "initializing"}:
                self._pieces = []
            case {"status": "upload_event", "name": str(name), "data": bytes() | bytearray() | memoryview() as piece}:
                self._take(name, piece)
            case {"status": "finished"} if self._pieces is not None:
                content, self._pieces = b"".join(self._pieces), []
                self.value = content
                self._send_msg({"status": "finished"})
            case {"status": "error", "error": str(reason)}:
                self._refused(reason)

    def _take(self, name: str, piece: bytes | bytearray | memoryview) -> None:
        if self._pieces is None:
            return
        self.filename = name
        self._pieces.append(bytes(piece))
        if sum(map(len, self._pieces)) > self.max_file_size:
            self._pieces = None
            self._refused(f"it has over {self.max_file_size:,} bytes")
