"""Where the parts of the training page stand: on a phone, on a small screen, on a large one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import panel_material_ui as pmui

from dashboards.live.view import View
from dashboards.pages.arrival import Arrival
from dashboards.pages.shell import resting_tabs
from dashboards.pages.training.views import VIEWS
from dashboards.style.widgets import PAGE_GRID, WIDE, card
from gridworld.worlds.problem import Problem

GRID: dict[str, Any] = {
    **PAGE_GRID,
    "gridTemplateAreas": {
        "xs": '"bar" "tiles" "board" "curves" "tabs"',
        "sm": '"bar bar" "tiles tiles" "board curves" "tabs tabs"',
    },
    "gridTemplateColumns": {
        "xs": "minmax(0, 1fr)",
        "sm": "402px minmax(0, 1fr)",
        "lg": "minmax(0, clamp(440px, 100vh - 356px, 60%)) minmax(0, 1fr)",
    },
    "gridTemplateRows": {
        "xs": "auto 116px calc(100vw + 12px) 520px 300px",
        "sm": "auto 60px minmax(396px, 1fr) 206px",
        "lg": "auto 60px minmax(400px, 1fr) 178px",
    },
}
WIDE_GRID: dict[str, Any] = {
    **GRID,
    "gridTemplateAreas": {
        "xs": GRID["gridTemplateAreas"]["xs"],
        "sm": '"bar" "tiles" "board" "curves" "tabs"',
        "md": GRID["gridTemplateAreas"]["sm"],
    },
    "gridTemplateColumns": {"xs": "minmax(0, 1fr)", "md": "minmax(0, 60%) minmax(0, 1fr)"},
    "gridTemplateRows": {
        "xs": GRID["gridTemplateRows"]["xs"],
        "sm": "auto 60px calc(45vw + 20px) 396px 206px",
        "md": GRID["gridTemplateRows"]["sm"],
        "lg": GRID["gridTemplateRows"]["lg"],
    },
}
"""Where a board is much wider than high: its cells grow with the width of the page, not with its height."""
PADDING: dict[str, dict[str, str]] = {"tiles": {}, "board": {"p": "10px 12px 12px"}, "curves": {"p": "10px 12px 6px"}}

LATER = ("curves",)
"""Areas that are filled after the page's first message."""


def page_grid(problem: Problem) -> dict[str, Any]:
    """Return the grid of a page that shows a problem."""
    is_wide = any(layout.panels == 1 and layout.columns >= 1.5 * layout.rows for _, layout in problem.layouts)
    return WIDE_GRID if is_wide else GRID


TABS = [entry.title for entry in VIEWS if entry.area == "tabs"]
"""The titles of the tabs, in their order."""


def tabs_of(views: Mapping[str, View], soon: Callable[[Callable[[], None]], None]) -> pmui.Tabs:
    """Return the tabs with their views, of which hidden ones rest; `soon` makes a change of Bokeh models."""
    shown = {title: views[title] for title in TABS}
    return resting_tabs({title: view.panel for title, view in shown.items()}, shown, soon)


def arranged(views: Mapping[str, View], bar: Sequence[Any], tabs: pmui.Tabs, arrival: Arrival) -> dict[str, Any]:
    """Return the content of each area: the bar on top, views in cards, the others in tabs.

    What `arrival` takes comes after the page's first message.
    """
    parts: dict[str, Any] = {"bar": pmui.Column(*bar, styles={"grid-area": "bar"}, sx={"gap": "8px"}, **WIDE)}
    for area, padding in PADDING.items():
        shown = [views[entry.title].panel for entry in VIEWS if entry.area == area]
        shown = [arrival.later(panel) for panel in shown] if area in LATER else shown
        parts[area] = card(*shown, area=area, **padding)
    parts["tabs"] = card(arrival.later(tabs), area="tabs")
    return parts
