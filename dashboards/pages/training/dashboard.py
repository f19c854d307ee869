"""The training page: a run, its controls and its views, as a page of their own or as the last expression of a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.drawer import Controls
from dashboards.controls.run_buttons import RunButtons, RunState
from dashboards.hub.hub import Hub, process_hub
from dashboards.hub.runs import SharedRun
from dashboards.live.refresher import Refresher
from dashboards.live.view import View
from dashboards.pages.address import go_to
from dashboards.pages.failure import Trouble
from dashboards.pages.header import KeptAddress, ShareDialog, StatusChip, header, navigation
from dashboards.pages.notebook import CELL_GRID, HEIGHT, Alone, LiveViewer, is_dark, shown
from dashboards.pages.shell import resting_tabs, shell
from dashboards.pages.training.address import to_query
from dashboards.pages.training.autosave_offer import autosave_offer
from dashboards.pages.training.files_tab import FilesView
from dashboards.pages.training.layout import GRID
from dashboards.pages.training.rewind_tab import RewindView
from dashboards.style.theme import tokens
from dashboards.style.widgets import FILL, WIDE, card, section, stack
from dashboards.views.board.switches import board_switches
from dashboards.views.board.view import BoardView
from dashboards.views.counters import CountersView
from dashboards.views.plots.action_histogram import HistogramView
from dashboards.views.plots.convergence import ConvergenceView
from dashboards.views.plots.learning_curves import EXPLORATIONS, CurvesView
from dashboards.views.tables.states import StatesView
from dashboards.views.tables.tables import ActionValuesTable, EpisodesTable, EventsTable
from gridworld.runs.commands import Command, Configure, Extend, Reset
from gridworld.runs.frame import Status
from gridworld.runs.journal import Journal
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

GONE = (
    "run-gone: this run is no longer on the server (it was idle for long, or the server was started anew). "
    "Reload the page without the run in its address to begin another."
)


class TrainingDashboard(LiveViewer):
    """A live training: `TrainingDashboard(world="cliff", agent="sarsa")`, or of a run that is already there.

    Shown in a notebook it is the page without its frame; `board` and `curves` can be shown alone. `run` and `journal`
    can be read, and the run steered by `send`, from other cells while it goes on.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        hub: Hub | None = None,
        shared: SharedRun | None = None,
        touch: bool = False,
        **fields: Any,
    ) -> None:
        super().__init__()
        self.hub = hub or process_hub()
        self._shared_id = (shared or self.hub.runs.create(settings or Settings(**fields))).id
        shared = self.shared
        problem, colours = shared.settings.make_problem(), tokens(dark=False)
        self._board, self._states = BoardView(problem, colours), StatesView(problem, colours)
        self._curves, self._counters = CurvesView(problem, colours, touch=touch), CountersView(problem, colours)
        self._convergence = ConvergenceView(problem, colours, touch=touch)
        self._rewind = RewindView(self._find, self._look_back, self._open_fork, self.hub.executors.files)
        self._files = FilesView(self._find, self.send, lambda: "dark" if self._dark else "light", self.hub.executors)
        self._tab_views: dict[str, Any] = {
            "Episodes": EpisodesTable(problem, colours),
            "Action values": ActionValuesTable(problem, colours),
            "Actions taken": HistogramView(problem, colours),
            "Convergence": self._convergence,
            "Events": EventsTable(problem, colours),
            "Rewind": self._rewind,
            "Files": self._files,
        }
        self.views: list[View] = [self._board, self._states, self._curves, self._counters, *self._tab_views.values()]
        self.buttons = RunButtons(shared.run.pace, self.send)
        self.controls = Controls(shared.settings, self._begin_anew, self._configure)
        self.chip, self.share = StatusChip(), ShareDialog(shared.id)
        self._trouble = Trouble()
        self._offer = pmui.Column(visible=False, **WIDE)
        self._save_alert = pmui.Alert(object="", severity="warning", visible=False, **WIDE)
        self.refresher = Refresher(
            self.hub, shared.id, self.views, self._epoch_began, self._news_came, self._run_is_gone, self._status_changed
        )
        self._board.drawing.figure.tags = [self.refresher.backpressure.probe]
        self._display = board_switches(lambda **switches: self.refresher.soon(lambda: self._board.show(**switches)))
        panels = {name: view.panel for name, view in self._tab_views.items()}
        self._tabs = resting_tabs(panels, self._tab_views, self.refresher.soon)
        self.refresher.refresh(shared)

    @property
    def shared(self) -> SharedRun:
        """The run as the server keeps it."""
        shared = self.hub.runs.get(self._shared_id)
        if shared is None:
            raise LookupError(f"Run {self._shared_id} is gone from this server.")
        return shared

    @property
    def run(self) -> Any:
        """What learns."""
        return self.shared.run

    @property
    def journal(self) -> Journal:
        """What it has told so far."""
        return self.shared.journal

    @property
    def board(self) -> Alone:
        """The board alone, live, for a cell of its own."""
        return self._alone(lambda dashboard: dashboard._board_card(), 480)

    @property
    def curves(self) -> Alone:
        """The curves alone, live, for a cell of its own."""
        return self._alone(lambda dashboard: dashboard._curves_card(), 520)

    def _alone(self, part: Callable[[TrainingDashboard], Any], height: int) -> Alone:
        def make() -> tuple[Any, Refresher, Callable[[bool], None]]:
            again = self._again()
            return part(again), again.refresher, again.retheme

        return Alone(make, height)

    def _again(self) -> TrainingDashboard:
        """A dashboard of the same run: what is shown once belongs to its document."""
        again = TrainingDashboard(hub=self.hub, shared=self.shared)
        again._shown_by = self
        again.retheme(is_dark())
        return again

    def _find(self) -> SharedRun | None:
        """The run, or None when it is gone."""
        return self.hub.runs.get(self._shared_id)

    def _look_back(self, past: Journal | None, episode: int | None) -> None:
        """Show a moment of the past in the views that draw a moment, and mark it on the others; None: now."""
        tabs = self._tab_views
        held = [self._board, self._states, tabs["Action values"], tabs["Actions taken"]]

        def change() -> None:
            self.refresher.hold(held, past)
            for plots in (self._curves, self._convergence):
                plots.mark_episode(episode)

        self.refresher.soon(change)

    def _open_fork(self, session: TrainingSession) -> None:
        """Open the page of a new run that goes on with a session; this one stays."""
        fork = self.hub.runs.go_on(session)
        fork.journal.note("forked", f"Goes on from run {self._shared_id}, episode {session.episode:,}")
        self._go_to(fork)

    def offer_autosave(self, name: str | None) -> None:
        """Offer to go on with the autosave of the run that was asked for, which is gone; None: there is none."""
        if name is not None:
            self._offer.param.update(
                objects=[autosave_offer(self.hub.executors.files, name, self._open_autosave)], visible=True
            )

    def _open_autosave(self, name: str, session: TrainingSession) -> None:
        self._go_to(self.hub.runs.open(name, session))

    def _go_to(self, other: SharedRun) -> None:
        if self._shown_by is None:
            go_to({**(self.address.kept if self.address else {}), "run": other.id})
        else:
            self._turn_to(other, self._shown_by)

    def _turn_to(self, other: SharedRun, shown_by: TrainingDashboard) -> None:
        """A cell has no address to go to: let it show the other run, which the dashboard then stands for as well."""
        text = f"This is run {other.id} now, which goes on by itself. Run {self._shared_id} stays as it was."
        self._offer.param.update(objects=[pmui.Alert(object=text, severity="info", **WIDE)], visible=True)
        self._shared_id = shown_by._shared_id = other.id
        self._rewind.leave()
        self.refresher.turn_to(other.id)

    def send(self, command: Command, code: str = "sent", text: str = "") -> None:
        """Give the run a command and note it among the events; the next tick shows what it changed."""
        shared = self.hub.runs.get(self._shared_id)
        if shared is None:
            self._run_is_gone()
            return
        shared.send(command, code, text or str(command))

    def _begin_anew(self, settings: Settings) -> None:
        self.send(Reset(settings), "settings", "New settings: the run begins anew")

    def _configure(self, changes: Mapping[str, Any]) -> None:
        if set(changes) == {"episodes"}:
            self.send(Extend(changes["episodes"]), "extended", f"Episodes to do: {changes['episodes'] or 'no end'}")
        elif self.journal.frame and self.journal.frame.step == 0:
            shared = self.shared
            merged = {**shared.settings.hyperparameters, **changes}
            self.send(Reset(replace(shared.settings, hyperparameters=merged)), "settings", _told(changes))
        else:
            self.send(Configure(changes), "configured", _told(changes) + ", from the next episode on")

    def _epoch_began(self, shared: SharedRun) -> None:
        """Another world or another life: every view starts afresh."""
        problem = shared.settings.make_problem()
        for view in self.views:
            view.begin(problem)
        name, letter = EXPLORATIONS[shared.settings.make_agent().settings().get("exploration", "epsilon-greedy")]
        self._curves.set_exploration(name)
        self._tab_views["Episodes"].set_exploration(letter)
        has_map = bool(problem.layouts)
        self._board.panel.visible, self._states.panel.visible = has_map, not has_map
        self.controls.show(shared.settings)

    def _status_changed(self, shared: SharedRun) -> None:
        self.buttons.show(RunState(shared.status))
        self.chip.show(shared.status)

    def _news_came(self, shared: SharedRun) -> None:
        """What is not a view of its own: locks, pace, address, and the reason of a failure."""
        self.controls.lock(shared.status in (Status.RUNNING, Status.STARTING))
        if shared.run.pace != self._pace_shown:
            self.buttons.speed.show(shared.run.pace)
        self._pace_shown = shared.run.pace
        if self.address is not None:
            self.address.show(shared, to_query)
        unsaved = self.hub.runs.save_problem(shared)
        if bool(unsaved) != self._save_alert.visible:
            text = f"autosave-failed: the run is not being saved. {unsaved} It goes on; Files has Save, to download it."
            self._save_alert.param.update(object=text, visible=bool(unsaved))
        self._trouble.show(shared)

    _dark = False
    _shown_by: TrainingDashboard | None = None  # the dashboard that a cell asked for; this one is what it shows
    _pace_shown: Any = None
    address: KeptAddress | None = None

    def _run_is_gone(self) -> None:
        self._trouble.say(GONE)
        self.buttons.disable()

    def retheme(self, dark: bool) -> None:
        """Take the colours of a theme; what is HTML follows by itself."""
        self._dark = dark
        for view in self.views:
            view.retheme(tokens(dark))

    def _board_card(self) -> Any:
        return card(self._board.panel, self._states.panel, area="board", p="10px 12px 12px")

    def _curves_card(self) -> Any:
        return card(self._curves.panel, area="curves", p="10px 12px 6px")

    def _bar(self) -> list[Any]:
        """The buttons, and below them what is out of the ordinary."""
        downloads = self._files.downloads.panel
        return [
            self.buttons.panel,
            self._offer,
            self._rewind.banner,
            *self._trouble.parts,
            self._save_alert,
            downloads,
        ]

    def _parts(self) -> list[Any]:
        return [
            pmui.Column(*self._bar(), styles={"grid-area": "bar"}, sx={"gap": "8px"}, **WIDE),
            card(self._counters.panel, area="tiles"),
            self._board_card(),
            self._curves_card(),
            card(self._tabs, area="tabs"),
        ]

    def __panel__(self) -> Any:
        again = self._again()
        drawer = stack(again.controls.panel, stack(section("Display"), again._display, p="0 16px 16px"))
        drawer_card = card(drawer, area="drawer", overflow="hidden auto")
        return shown(
            pmui.Column(drawer_card, *again._parts(), sx=CELL_GRID, **FILL), again.refresher, again.retheme, HEIGHT
        )

    def page(self, *, dark: bool = False, drawer_open: bool = True) -> pmui.Page:
        """The page as it is served."""
        drawer = stack(
            self.controls.panel, pmui.Divider(margin=0), stack(section("Display"), self._display, p="0 16px 16px")
        )
        return shell(
            self.hub,
            header(self.chip, self.share),
            [navigation(narrow=True), drawer, self.share.dialog],
            pmui.Column(*self._parts(), sx=GRID, **FILL),
            dark=dark,
            drawer_open=drawer_open,
            retheme=lambda dark: self.refresher.soon(lambda: self.retheme(dark)),
        )


def _told(changes: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}" for name, value in changes.items()
    )
