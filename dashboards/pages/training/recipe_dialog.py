"""The recipe of a run, in a dialog to copy it from."""

from __future__ import annotations

from html import escape

import panel as pn
import panel_material_ui as pmui

from dashboards.style.widgets import html

CSS = """
textarea { width: 100%; box-sizing: border-box; resize: vertical; padding: 10px; border-radius: 6px;
  font: 12px/18px ui-monospace, Menlo, Consolas, monospace; color: var(--mui-palette-text-primary);
  background: var(--mui-palette-background-default); border: 1px solid var(--mui-palette-divider); }
"""


class RecipeDialog:
    """Shows a recipe; `panel` must be part of the page."""

    def __init__(self) -> None:
        hint = "This program repeats the run, bit for bit, without a screen. Click into it, select all, and copy."
        self._text = pn.pane.HTML("", margin=0, sizing_mode="stretch_width", stylesheets=[CSS])
        self.panel = pmui.Dialog(
            html(f'<div class="hint">{hint}</div>', sizing_mode="stretch_width"),
            self._text,
            title="Recipe",
            close_on_click=True,
            show_close_button=True,
            width_option="md",
        )

    def show(self, recipe: str) -> None:
        """Open the dialog with a recipe."""
        area = f'<textarea readonly rows="18" aria-label="Recipe" spellcheck="false">{escape(recipe)}</textarea>'
        self._text.object = area
        self.panel.open = True
