"""The table of a library: its runs, sorted and filtered in the browser, or ranked within one world."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import pandas as pd
from bokeh.models.widgets.tables import NumberFormatter

from dashboards.live.panel_patches.tables import PlainTable
from dashboards.views.tables.tables import CSS
from gridworld.storage.library_index import Row

NUMBERS = {"Rank": "0", "Seed": "0", "Episodes": "0,0", "Mean return": "0,0.00", "Greedy return": "0,0.00"}
WIDTHS = {
    "Rank": 64,
    "Name": 184,
    "World": 146,
    "Algorithm": 116,
    "Seed": 64,
    "Episodes": 92,
    "Mean return": 114,
    "Greedy return": 126,
    "Saved": 132,
    "Note": 220,
}
FILTERED = ("Name", "World", "Algorithm")
SLOTS = {"autosave": "saved automatically", "best": "best policy of a run", "": ""}
FILTER_CSS = """
.tabulator .tabulator-header-filter input { font: inherit; font-size: 12px; padding: 2px 6px !important; height: 24px;
  border: 1px solid var(--mui-palette-divider) !important; border-radius: 4px; background: transparent;
  color: var(--mui-palette-text-primary); box-sizing: border-box; }
.tabulator .tabulator-row.tabulator-selected { background: var(--mui-palette-action-selected) !important;
  box-shadow: inset 3px 0 var(--mui-palette-primary-main); }
"""


class LibraryTable:
    """Shows rows of a library; `chosen` is the name of the run that is marked, if one is."""

    def __init__(self) -> None:
        self.panel = PlainTable(
            frame_of([]),
            show_index=False,
            disabled=True,
            selectable=1,
            pagination=None,
            layout="fit_data",
            theme="simple",
            stylesheets=[CSS, FILTER_CSS],
            sizing_mode="stretch_both",
            margin=0,
            widths=WIDTHS,
            formatters={name: NumberFormatter(format=form, nan_format="–") for name, form in NUMBERS.items()},
            text_align=dict.fromkeys(NUMBERS, "right"),
            header_align=dict.fromkeys(NUMBERS, "right"),
            header_filters={name: {"type": "input", "func": "like", "placeholder": "filter"} for name in FILTERED},
            hidden_columns=["Rank"],
            configuration={
                "rowHeight": 28,
                "placeholder": "No runs here yet: keep one on the Grid world page, tab Files",
            },
        )

    def show(self, rows: Iterable[Row], ranked: bool) -> None:
        """Show rows in this order; the marked run stays marked."""
        before = self.chosen
        frame = frame_of(rows)
        hidden = [] if ranked else ["Rank"]
        if self.panel.hidden_columns != hidden:
            self.panel.hidden_columns = hidden
        self.panel.value = frame
        found = frame.index[frame["Name"] == before].tolist() if before else []
        self.panel.selection = found[:1]

    @property
    def chosen(self) -> str | None:
        """The name of the marked run."""
        selection = [place for place in self.panel.selection if place < len(self.panel.value)]
        return str(self.panel.value["Name"].iloc[selection[0]]) if selection else None


def frame_of(rows: Iterable[Row]) -> pd.DataFrame:
    """Return rows as a table, numbers as numbers so that they sort as such."""
    columns: dict[str, list[Any]] = {name: [] for name in WIDTHS}
    for rank, row in enumerate(rows, 1):
        saved = "" if row.saved is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(row.saved))
        cells = (
            rank,
            row.name,
            row.world or "",
            row.agent or "",
            row.seed,
            row.episode,
            row.mean_return,
            row.greedy_return,
            saved,
            row.problem or SLOTS.get(row.slot, ""),
        )
        for column, cell in zip(columns.values(), cells, strict=True):
            column.append(cell)
    kinds = {name: float if name in NUMBERS else object for name in WIDTHS}
    return pd.DataFrame(columns).astype(kinds)
