"""The page of comparisons: contestants in one world over many seeds, seen while their runs come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.controls.run_buttons import change
from dashboards.hub.hub import Hub
from dashboards.live.background import in_background, sentence, soon
from dashboards.live.panel_patches.messages import one_message
from dashboards.pages.address import to_link
from dashboards.pages.browser import on_phone, when_ready
from dashboards.pages.compare.digest import Digest, digest
from dashboards.pages.compare.export_tab import ExportTab
from dashboards.pages.compare.form import PlanForm
from dashboards.pages.compare.layout import GRID
from dashboards.pages.compare.progress import ProgressBar
from dashboards.pages.compare.race_tab import RaceTab
from dashboards.pages.compare.ready import READY, READY_CSS, ready_list, watch_html
from dashboards.pages.header import Navigation, StatusChip
from dashboards.pages.plan_address import checked, plan_of, to_query
from dashboards.pages.shell import asked, resting_tabs, shell
from dashboards.style.markup import plain
from dashboards.style.theme import tokens
from dashboards.style.widgets import FILL, NAMED_NOT_SHOWN, SEGMENT_SX, WIDE, card, html, row
from dashboards.views.comparison.curves import ComparisonCurves
from dashboards.views.comparison.study import Study, StudyPoint, StudyView
from dashboards.views.comparison.tables import TABLE_CSS
from gridworld.experiments.curves import CurveKind
from gridworld.experiments.plan import Cell, Plan
from gridworld.runs.commands import Command, Pause, Start, Stop
from gridworld.runs.frame import Status

PERIOD = 250  # milliseconds between two looks at the runs
SETTLING = 1_000  # milliseconds until the first one: Bokeh's lists can't be locked or unlocked before they are drawn
RACE, RACE_PLACE = "Race", 2  # a tab, and where it is
KINDS: dict[str, CurveKind] = {"Return": "returns", "Steps": "lengths"}


class ComparePage:
    """One document that shows a comparison, which belongs to the server."""

    _dark = False
    is_form_drawn: Callable[[], bool] = staticmethod(lambda: True)  # what is not drawn can't be locked

    def __init__(self, hub: Hub, plan: Plan, kind: CurveKind, kept: dict[str, str]) -> None:
        self._hub, self._kept, self._document = hub, kept, pn.state.curdoc
        self.experiment = hub.experiments.of(plan)
        self._chosen: Sequence[Cell] = first_shown(plan)
        self._shown: Any = None
        self._is_computing = False
        self.chip = StatusChip()
        self.progress = ProgressBar(self._press, self._end_early)
        self.watch = html("", **WIDE)
        self.alert = pmui.Alert(object="", severity="error", visible=False, **WIDE)
        self.form = PlanForm(plan, self.take, self._soon)
        self.kind = pmui.RadioButtonGroup(
            label="Curve of",
            options=list(KINDS),
            value=_name(kind),
            sx=SEGMENT_SX,
            margin=0,
            width=140,
            stylesheets=[NAMED_NOT_SHOWN],
        )
        self.curves = ComparisonCurves(tokens(dark=False), touch=on_phone(), beside=self.kind)
        self.study = StudyView(tokens(dark=False), self._choose_point, touch=on_phone())
        self.kind.param.watch(lambda event: self._soon(self.refresh), "value")
        look: dict[str, Any] = {"stylesheets": [TABLE_CSS], "sizing_mode": "stretch_both"}
        self.tables = {name: html("", **look) for name in ("Metrics", "Differences", "Single runs")}
        self.race = RaceTab(hub.executors.statistics, lambda: self._dark)
        self.export = ExportTab(lambda: self.experiment, hub.executors, lambda: "dark" if self._dark else "light")
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        """Put the figures and the tables into tabs."""
        panels = {"Curves": self.curves.panel, "Study": self.study.panel, RACE: self.race.panel}
        figures = {title: pn.Column(panel, styles={"padding-top": "8px"}, **FILL) for title, panel in panels.items()}
        lists = html(ready_list(self._kept), stylesheets=[READY_CSS], sizing_mode="stretch_both")
        self._upper = resting_tabs(figures, {}, self._soon)
        tables = {**self.tables, "Export": self.export.panel, "Ready comparisons": lists}
        self._lower = resting_tabs(tables, {}, self._soon)
        self._show_fitting(self.experiment.plan)
        self._upper.param.watch(lambda event: self._soon(self._open_race), "active")

    def _open_race(self) -> None:
        """Build the boards of a race when its tab is open."""
        if self._upper.active == RACE_PLACE:
            self.race.open(self._chosen, self.experiment.plan.first_seed)

    def body(self) -> Any:
        """Return the page without its frame."""
        bar = self.progress.panel, self.watch, self.alert
        return pmui.Column(
            pmui.Column(*bar, styles={"grid-area": "bar"}, sx={"gap": "8px"}, **WIDE),
            card(self._upper, area="figures", p="0 12px 8px"),
            card(self._lower, area="tables", p="0 12px 8px"),
            sx=GRID,
            **FILL,
        )

    def _show_fitting(self, plan: Plan) -> None:
        """Open the study of a plan that varies something, else the curves."""
        self._upper.active = int(len(plan.cells) > len(plan.contestants))

    def _choose_point(self, study: Study, point: StudyPoint) -> None:
        """Show the curves of all contestants at one point of a study."""
        self._chosen = [other.cell for other in study.points if other.values == point.values]
        self._upper.active = 0
        self.refresh()

    def show_ready(self) -> None:
        """Open the list of ready comparisons."""
        self._lower.active = len(self._lower) - 1

    def start(self) -> None:
        """Begin to look at the runs."""
        document = self._document
        assert document is not None
        document.add_timeout_callback(lambda: document.add_periodic_callback(self.tick, PERIOD), SETTLING)
        self._write_address()

    def tick(self) -> None:
        """Show what is new."""
        context: Any = self._document.session_context if self._document else None
        if context is not None and not (context.session and context.session.connection_count):
            return  # a closed tab must not keep a comparison going
        self.experiment.look()
        with one_message(self._document):
            self.race.tick(PERIOD / 1000)
            self.refresh()

    def refresh(self) -> None:
        """Show how far it is, and compute what has changed off the loop."""
        experiment = self.experiment
        self.progress.show(experiment)
        self.chip.show(experiment.status)
        change(self.watch, object=watch_html(experiment.plan))
        if self.is_form_drawn():
            self.form.lock(experiment.status in (Status.RUNNING, Status.PAUSED))
        if experiment.problem:
            self.report(experiment.problem)
        kind = KINDS[self.kind.value]
        chosen = tuple(cell.key for cell in self._chosen)
        key = id(experiment), experiment.revision, experiment.status is Status.READY, kind, chosen
        if key == self._shown or self._is_computing:
            return
        self._shown, self._is_computing = key, True
        result, cells, plan = experiment.result, self._chosen, experiment.plan
        in_background(self._hub.executors.statistics, lambda: digest(plan, result, cells, kind), self._show)

    def take(self, plan: Plan) -> None:
        """Show another plan's comparison. Raises ValueError, in one sentence, for a plan that a page can't do."""
        self.experiment = self._hub.experiments.of(checked(plan))
        self._chosen = first_shown(plan)
        self._show_fitting(plan)
        self.report("")
        self.form.show(plan)
        self.refresh()
        self._write_address()

    def report(self, text: str) -> None:
        """Show what went wrong; "" for nothing."""
        change(self.alert, object=plain(text), visible=bool(text))

    def retheme(self, dark: bool) -> None:
        """Take the colours of a theme; what is HTML follows by itself."""

        self._dark = dark

        def change_colours() -> None:
            self.curves.retheme(tokens(dark))
            self.study.retheme(tokens(dark))
            self.race.retheme(dark)

        self._soon(change_colours)

    def _show(self, future: Future[Digest]) -> None:
        self._is_computing = False
        problem = future.exception()
        if problem is not None:
            self.report(sentence(problem))
            return
        found = future.result()
        if found.cells is not self._chosen:  # another plan was taken meanwhile
            return
        self.curves.show(found.cells, found.curves, found.kind, found.runs)
        self.study.show(found.study)
        self.export.show(found.paragraph)
        for name, text in zip(self.tables, (found.metrics, found.differences, found.single), strict=True):
            change(self.tables[name], object=text)

    def _press(self, command: Command, code: str, text: str) -> None:
        self.report("")
        experiment = self.experiment
        try:
            if isinstance(command, Start):
                self._hub.experiments.start(experiment)
            elif isinstance(command, Pause):
                experiment.pause()
            elif isinstance(command, Stop):
                experiment.stop()
            else:
                experiment.reset()
        except ValueError as problem:
            self.report(sentence(problem))
        self._soon(self.refresh)

    def _end_early(self, is_wanted: bool) -> None:
        self.experiment.stop_when_decided = is_wanted

    def _soon(self, change_models: Callable[[], None]) -> None:
        """Make a change of Bokeh models that a widget asked for, under the document's lock."""
        if self._document is not None and self._document.session_context is not None:
            soon(self._document, change_models)
        else:
            change_models()

    def _write_address(self) -> None:
        location: Any = pn.state.location
        if location is not None:
            curve = {"curve": KINDS[self.kind.value]} if self.kind.value != next(iter(KINDS)) else {}
            location.search = to_link("", {**to_query(self.experiment.plan), **curve, **self._kept})


def _name(kind: CurveKind) -> str:
    return next(name for name, value in KINDS.items() if value == kind)


def first_shown(plan: Plan) -> Sequence[Cell]:
    """Return the cells whose curves are shown at first: of each contestant the one in the middle."""
    of_each = len(plan.cells) // len(plan.contestants)
    return plan.cells[of_each // 2 :: of_each][: len(plan.contestants)]


def compare_page(hub: Hub) -> pmui.Page:
    """Return the page behind an address: of its plan, of a ready comparison that begins at once, or of the first."""
    query, problems = asked(), list[str]()
    ready = READY.get(query.get("ready", ""))
    plan, kind = (ready or READY["cliff"]).plan, (ready or READY["cliff"]).curve
    if "ready" in query and ready is None:
        problems.append(f"There is no ready comparison {query['ready']!r:.40}; choose one of the list.")
    if "plan" in query and ready is None:
        try:
            plan = plan_of(query["plan"])
        except ValueError as problem:
            problems.append(f"In the address: {problem}")
    if query.get("curve") in KINDS.values():
        kind = "lengths" if query["curve"] == "lengths" else "returns"
    if ready is not None:
        try:
            hub.experiments.start(hub.experiments.of(plan))
        except ValueError as problem:
            problems.append(str(problem))
    shown = ComparePage(hub, plan, kind, {name: query[name] for name in ("theme",) if name in query})

    def loaded() -> None:
        shown.start()
        for problem in problems:
            shown.report(problem)
        if ready is None and "plan" not in query:
            shown.show_ready()

    when_ready(loaded)
    links = Navigation("compare")
    page = shell(
        hub,
        row(shown.progress.commands.skip_button(), shown.chip.panel, links.wide),
        [links.narrow, shown.form.panel],
        shown.body(),
        theme=query.get("theme"),
        drawer_open=True,
        retheme=shown.retheme,
    )
    shown.is_form_drawn = lambda: page.sidebar_open
    return page
