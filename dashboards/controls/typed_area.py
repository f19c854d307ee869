"""A text of several lines, in letters of one width: taken when the field is left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn

AREA_CSS = """
:host { font-family: var(--bokeh-base-font); min-height: 0; }
.bk-input-group { height: 100%; padding: 0; display: flex; flex-direction: column; }
.bk-input-group.bk-input-group > label { position: static; transform: none; margin: 0; padding: 0 0 2px;
  font-size: 12px; line-height: 18px; color: var(--mui-palette-text-secondary); background: none; }
textarea.bk-input { flex: 1; min-height: 0; padding: 8px 10px; border-radius: 8px; resize: none; white-space: pre;
  overflow: auto; font: 13px/17px ui-monospace, Menlo, Consolas, monospace; color: var(--mui-palette-text-primary);
  background-color: var(--mui-palette-background-paper); border: 1px solid var(--mui-palette-action-disabled); }
textarea.bk-input:focus-visible { outline: 2px solid var(--mui-palette-primary-main); }
"""


class TypedArea(pn.widgets.TextAreaInput):
    """A field for text of at most `max_length` characters, which fills what is around it."""

    def __init__(self, label: str, **look: Any) -> None:
        super().__init__(label=label, stylesheets=[AREA_CSS], margin=0, sizing_mode="stretch_both", **look)
        self._is_written = False

    def write(self, text: str) -> None:
        """Show a text in place of what is there; nobody has typed it."""
        self._is_written = True
        try:
            self.param.update(value=text)
        finally:
            self._is_written = False

    def on_typed(self, take: Callable[[str], None]) -> None:
        """Call `take(text)` with each text that a person typed."""
        self.param.watch(lambda event: None if self._is_written else take(event.new), "value")
