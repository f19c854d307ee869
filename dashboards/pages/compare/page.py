"""The page of comparisons: contestants in one world over many seeds, seen while their runs come in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.controls.run_buttons import change
from dashboards.hub.hub import Hub
from dashboards.live.background import load_first, sentence, soon
from dashboards.live.panel_patches.messages import one_message
from dashboards.live.served import has_viewer, served_page
from dashboards.pages.address import to_link
from dashboards.pages.browser import on_phone
from dashboards.pages.compare.digest import Digest, Digests, first_shown
from dashboards.pages.compare.form import PlanForm
from dashboards.pages.compare.layout import FIGURES, GRID
from dashboards.pages.compare.progress import ProgressBar
from dashboards.pages.compare.race_tab import RaceTab
from dashboards.pages.compare.ready import watch_html
from dashboards.pages.compare.tables_card import TablesCard
from dashboards.pages.compare.twin_form import Origin
from dashboards.pages.header import StatusChip
from dashboards.pages.plan_address import checked, to_query
from dashboards.pages.shell import resting_tabs
from dashboards.style.markup import plain
from dashboards.style.theme import tokens
from dashboards.style.widgets import FILL, NAMED_NOT_SHOWN, SEGMENT_SX, WHOLE, WHOLE_CSS, WIDE, card, html
from dashboards.views.comparison.curves import ComparisonCurves
from dashboards.views.comparison.study import StudyView
from gridworld.experiments.curves import CurveKind
from gridworld.experiments.plan import Cell, Plan
from gridworld.experiments.study import Study, StudyPoint
from gridworld.runs.commands import Command, Pause, Start, Stop
from gridworld.runs.frame import Status

PERIOD = 250  # milliseconds between two looks at the runs
SETTLING = 1_000  # milliseconds until the first one: Bokeh's lists can't be locked or unlocked before they are drawn
RACE, RACE_PLACE = "Race", 2  # a tab, and where it is
KINDS: dict[str, CurveKind] = {"Return": "returns", "Steps": "lengths"}
MEAN = "Mean"
LINES = {MEAN: False, "Median": True}


class ComparePage:
    """One document that shows a comparison, which belongs to the server.

    Parameters
    ----------
    hub, plan
        What is shown, and where it is kept.
    kind
        The curves that are shown at first.
    kept
        What stays in the address beside the plan.
    origin
        The run whose twin the page was opened for, if it was.
    """

    _dark = False
    is_form_drawn: Callable[[], bool] = staticmethod(lambda: True)  # what is not drawn can't be locked

    def __init__(
        self, hub: Hub, plan: Plan, kind: CurveKind, kept: dict[str, str], origin: Origin | None = None
    ) -> None:
        self._hub, self._kept, self._document = hub, kept, served_page()
        self._origin = origin
        self._is_drawn = self._document is None  # a browser may miss what changes while it draws the page
        self.experiment = hub.experiments.of(plan)
        self._chosen: Sequence[Cell] = first_shown(plan)
        self._digests = Digests(hub, self._show, self.report)
        self.chip = StatusChip()
        self.progress = ProgressBar(self._press, self._end_early)
        self.watch = html("", **WIDE)
        self.alert = pmui.Alert(object="", severity="error", visible=False, **WIDE)
        self.form = PlanForm(plan, self.take, self._soon, hub.executors.files, load_first)
        self.kind = _segments("Curve of", list(KINDS), _name(kind))
        self.line = _segments("Line of the", list(LINES), MEAN)
        beside = pn.Row(self.line, self.kind, margin=0, styles={"gap": "8px"})
        self.curves = ComparisonCurves(tokens(dark=False), touch=on_phone(), beside=beside)
        self.study = StudyView(tokens(dark=False), self._choose_point, touch=on_phone())
        self.kind.param.watch(lambda event: self._soon(self._kind_changed), "value")
        self.line.param.watch(lambda event: self._soon(self.refresh), "value")
        self.race = RaceTab(hub.executors.race, lambda: self._dark, origin)
        self.lower = TablesCard(
            lambda: self.experiment, hub.executors, lambda: "dark" if self._dark else "light", kept, self._soon
        )
        self.curves.show(self._chosen, [], KINDS[self.kind.value], 0)
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        """Put the figures into tabs."""
        panels = {"Curves": self.curves.panel, "Study": self.study.panel, RACE: self.race.panel}
        look = {**WHOLE, "padding-top": "8px"}
        figures = {title: pn.Column(panel, styles=look, **FILL) for title, panel in panels.items()}
        self._upper = resting_tabs(figures, {}, self._soon)
        self._upper.stylesheets = [*self._upper.stylesheets, WHOLE_CSS]
        self._show_fitting(self.experiment.plan)
        if self._origin is not None:
            self._upper.active = RACE_PLACE
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
            card(self._upper, area="figures", **FIGURES),
            self.lower.panel,
            sx=GRID,
            **FILL,
        )

    def _show_fitting(self, plan: Plan) -> None:
        """Open the study of a plan that varies something, else the curves."""
        self._upper.active = int(len(plan.cells) > len(plan.contestants))

    def _choose_point(self, study: Study, point: StudyPoint) -> None:
        """Show the curves of all contestants at one point of a study."""
        self._chosen = study.at(point)
        self._upper.active = 0
        self.refresh()

    def start(self) -> None:
        """Begin to look at the runs."""
        document = self._document
        assert document is not None
        document.add_timeout_callback(lambda: document.add_periodic_callback(self.tick, PERIOD), SETTLING)
        self._write_address()
        self._soon(self._open_race)

    def tick(self) -> None:
        """Show what is new."""
        if self._document is not None and not has_viewer(self._document):
            return  # a closed tab must not keep a comparison going
        self.experiment.look()
        self._is_drawn = True
        with one_message(self._document):
            self.race.tick(PERIOD / 1000)
            self.refresh()

    def refresh(self) -> None:
        """Show how far it is, and compute what has changed off the loop."""
        experiment = self.experiment
        self._show_progress()
        change(self.watch, object=watch_html(experiment.plan))
        if self.is_form_drawn():
            self.form.lock(experiment.status in (Status.RUNNING, Status.PAUSED))
        if experiment.problem:
            self.report(experiment.problem)
        if self._is_drawn:
            self._digests.refresh(experiment, self._chosen, KINDS[self.kind.value], LINES[self.line.value])

    def _show_progress(self) -> None:
        """Show how far it is: it has finished when its last figures are there."""
        experiment = self.experiment
        is_shown = self._digests.are_of_the_end(experiment) and not experiment.is_judging
        is_late = experiment.status is Status.FINISHED and not is_shown
        status = Status.RUNNING if is_late else experiment.status
        self.progress.show(experiment, status)
        self.chip.show(status)

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

    def _show(self, found: Digest) -> None:
        if found.cells is not self._chosen:  # another plan was taken meanwhile
            return
        self.curves.show(found.cells, found.curves, found.kind, found.runs)
        self.study.show(found.study)
        self.lower.show(found)
        self._show_progress()

    def _kind_changed(self) -> None:
        self.refresh()
        self._write_address()

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
        if self._document is not None:
            soon(self._document, change_models)
        else:
            change_models()

    def _write_address(self) -> None:
        location: Any = pn.state.location
        if location is not None:
            curve = {"curve": KINDS[self.kind.value]} if self.kind.value != next(iter(KINDS)) else {}
            location.search = to_link("", {**to_query(self.experiment.plan), **curve, **self._kept})


def _segments(label: str, options: list[str], value: str) -> pmui.RadioButtonGroup:
    look: dict[str, Any] = {"sx": SEGMENT_SX, "margin": 0, "width": 140, "stylesheets": [NAMED_NOT_SHOWN]}
    return pmui.RadioButtonGroup(label=label, options=options, value=value, **look)


def _name(kind: CurveKind) -> str:
    return next(name for name, value in KINDS.items() if value == kind)
