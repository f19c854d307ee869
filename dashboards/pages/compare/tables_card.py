"""The lower card of the page: tables of a comparison, what leaves the page, and the ready comparisons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboards.controls.run_buttons import change
from dashboards.hub.executors import Executors
from dashboards.pages.compare.digest import Digest
from dashboards.pages.compare.export_tab import ExportTab
from dashboards.pages.compare.ready import READY_CSS, ready_list
from dashboards.pages.shell import resting_tabs
from dashboards.style.widgets import card, html
from dashboards.views.comparison.tables import NOTHING_YET, TABLE_CSS
from gridworld.experiments.experiment import Experiment

METRICS, DIFFERENCES, RUNS = "Metrics", "Differences", "Single runs"


class TablesCard:
    """Shows what a digest has; `kept` stays in the addresses of the ready comparisons."""

    def __init__(
        self,
        experiment: Callable[[], Experiment],
        executors: Executors,
        theme: Callable[[], str],
        kept: dict[str, str],
        soon: Callable[[Callable[[], None]], None],
    ) -> None:
        look: dict[str, Any] = {"stylesheets": [TABLE_CSS], "sizing_mode": "stretch_both"}
        self.tables = {name: html(NOTHING_YET, **look) for name in (METRICS, DIFFERENCES, RUNS)}
        self.export = ExportTab(experiment, executors, theme)
        ready = html(ready_list(kept), stylesheets=[READY_CSS], sizing_mode="stretch_both")
        tabs = {**self.tables, "Export": self.export.panel, "Ready comparisons": ready}
        self._tabs = resting_tabs(tabs, {}, soon)
        self.panel = card(self._tabs, area="tables", p="0 12px 8px")

    def show(self, found: Digest) -> None:
        """Show tables and the paragraph for a paper."""
        self.export.show(found.paragraph)
        for name, text in ((METRICS, found.metrics), (DIFFERENCES, found.differences), (RUNS, found.single)):
            change(self.tables[name], object=text)

    def show_ready(self) -> None:
        """Open the list of ready comparisons."""
        self._tabs.active = len(self._tabs) - 1
