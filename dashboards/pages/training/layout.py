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
WIDE_SHAPE = 2 / 3  # rows for each column, up to which a board is much wider than high
STACKED = {"xs": (110, 126), "sm": (130, 100), "md": (450, 100)}
"""Of a board above its curves, by the least width of the page: how much narrower than the page it is, and how much
higher than the board its card, in pixels."""
PADDING: dict[str, dict[str, str]] = {"tiles": {}, "board": {"p": "10px 12px 12px"}, "curves": {"p": "10px 12px 6px"}}

LATER = ("curves",)
"""Areas that are filled after the page's first message."""


def page_grid(problem: Problem) -> dict[str, Any]:
    """Return the grid of a page that shows a problem."""
    shapes = [layout.rows / layout.columns for _, layout in problem.layouts if layout.panels == 1]
    return _wide_grid(max(shapes)) if shapes and min(shapes) <= WIDE_SHAPE else GRID


def _wide_grid(shape: float) -> dict[str, Any]:
    """Return the grid for a board much wider than high, of these rows for each column: it has the width of the page."""
    board = {
        size: f"max(236px, calc({shape:.3f} * (100vw - {narrower}px) + {higher}px))"
        for size, (narrower, higher) in STACKED.items()
    }
    areas, columns, rows = (GRID[f"gridTemplate{part}"] for part in ("Areas", "Columns", "Rows"))
    return {
        **GRID,
        "gridTemplateAreas": {**areas, "sm": '"bar" "tiles" "board" "curves" "tabs"', "lg": areas["sm"]},
        "gridTemplateColumns": {"xs": columns["xs"], "lg": "minmax(0, 60%) minmax(0, 1fr)"},
        "gridTemplateRows": {
            "xs": f"auto 116px {board['xs']} 520px 300px",
            "sm": f"auto 60px {board['sm']} 396px 206px",
            "md": f"auto 60px {board['md']} 396px 206px",
            "lg": rows["lg"],
        },
    }


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
