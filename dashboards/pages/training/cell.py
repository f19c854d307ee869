"""What a notebook cell shows of a training: the whole page without its frame, or one card of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.notebook import CELL_GRID, HEIGHT, is_dark, shown
from dashboards.pages.training.page import TrainingPage
from dashboards.style.widgets import FILL, WIDE, card, stack


def page_in_cell(hub: Hub, shared: SharedRun, turned: Callable[[SharedRun], None]) -> TrainingPage:
    """Return a page for a cell, which has no address to go to: it turns to another run, and calls `turned(other)`."""
    page = TrainingPage(hub, shared)
    page.retheme(is_dark())

    def go_to(other: SharedRun) -> None:
        text = f"This cell now shows run {other.id}, which continues separately. Run {page.run_id} stays as it was."
        page.offer.param.update(objects=[pmui.Alert(object=text, severity="info", **WIDE)], visible=True)
        page.turn_to(other)
        turned(other)

    page.go_to = go_to
    return page


def whole(page: TrainingPage) -> Any:
    """Return all of a page for a cell."""
    drawer = card(stack(page.controls.panel, page.display_part()), area="drawer", overflow="hidden auto")
    content = pmui.Column(drawer, *page.parts.values(), sx=CELL_GRID, **FILL)
    return shown(content, page.refresher, page.retheme, HEIGHT)
