"""The tab from which a comparison leaves the page: a report, data, the plan, and a paragraph for a paper."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn

from dashboards.export.comparison import comparison_html
from dashboards.hub.executors import Executors
from dashboards.pages.downloads import Downloads, button
from dashboards.pages.feedback import Outcome
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL, html, row
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.experiment import Experiment
from gridworld.experiments.outputs import csv_text
from gridworld.experiments.plan_files import plan_toml
from gridworld.experiments.study import study_of
from gridworld.pictures.comparison import draw_comparison
from gridworld.pictures.heat_maps import draw_maps
from gridworld.pictures.study import draw_studies

NO_RUNS = "There are no runs yet; what is exported comes from them."
NO_STUDY = "This comparison varies neither one nor two hyperparameters that are numbers, so there is no study to draw."
PNG = '<div class="hint">A PNG of a figure as it stands, without its legend: the disk in its upper right corner.</div>'
PAPER_CSS = """
:host { font: 13px/20px var(--bokeh-base-font); color: var(--mui-palette-text-primary); }
textarea { width: 100%; height: 110px; box-sizing: border-box; padding: 8px; resize: vertical; font: inherit;
  color: inherit; background: var(--mui-palette-background-default); border: 1px solid var(--mui-palette-divider);
  border-radius: 6px; }
label { font-size: 12px; color: var(--mui-palette-text-secondary); }
"""


class ExportTab:
    """Hands over what `experiment()` has so far; files are made off the loop."""

    def __init__(self, experiment: Callable[[], Experiment], executors: Executors, theme: Callable[[], str]) -> None:
        self._experiment, self._executors, self._theme = experiment, executors, theme
        self._downloads = Downloads(executors.exports)
        self._outcome = Outcome(lambda ticket: None)
        self._paper = html("", stylesheets=[PAPER_CSS], sizing_mode="stretch_width")
        tools = row(
            button("Report (HTML)", "description", self._report),
            button("Curves (SVG)", "image", lambda: self._picture("svg")),
            button("Curves (PNG)", "image", lambda: self._picture("png")),
            button("Study (SVG)", "image", lambda: self._study("svg")),
            button("Study (PNG)", "image", lambda: self._study("png")),
            button("Runs (CSV)", "table_view", self._csv),
            button("Plan (TOML)", "settings", self._plan),
            gap="8px",
            flex_wrap="wrap",
        )
        parts = tools, row(*self._outcome.parts), html(PNG), self._paper, self._downloads.panel
        self.panel = pn.Column(*parts, styles={"gap": "8px", "padding-top": "8px", "overflow": "auto"}, **FILL)

    def show(self, paragraph: str) -> None:
        """Show the paragraph for a paper."""
        area = '<label>For a paper, to copy<textarea readonly spellcheck="false">{}</textarea></label>'
        text = fill(area, paragraph) if paragraph else fill("<label>{}</label>", NO_RUNS)
        if self._paper.object != text:
            self._paper.object = text

    def _report(self) -> None:
        theme = self._theme()
        self._save("comparison.html", lambda result: comparison_html(result, theme).encode())

    def _picture(self, form: str) -> None:
        theme = self._theme()
        self._save(f"comparison.{form}", lambda result: draw_comparison(result, theme=theme).encoded(form))

    def _study(self, form: str) -> None:
        theme, plan = self._theme(), self._experiment().plan

        def drawn(result: Comparison) -> bytes:
            study = study_of(plan, result)
            if study is None:
                raise ValueError(NO_STUDY)
            made = draw_maps(study, theme=theme) if len(study.names) == 2 else draw_studies({"": study}, theme=theme)
            return made.encoded(form)

        self._save(f"study.{form}", drawn)

    def _csv(self) -> None:
        self._save("comparison.csv", lambda result: csv_text(result).encode())

    def _plan(self) -> None:
        plan = self._experiment().plan
        self._downloads.begin("plan.toml", lambda: plan_toml(plan).encode(), self._outcome.report)

    def _save(self, name: str, make: Callable[[Comparison], bytes]) -> None:
        result = self._experiment().result
        if result is None:
            self._outcome.report("", NO_RUNS)
        else:
            self._downloads.begin(name, lambda: make(result), self._outcome.report)
