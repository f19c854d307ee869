"""The Tetris page: a training in a process of its own, its controls and its views."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.controls.run_buttons import RunButtons, RunState
from dashboards.hub.hub import Hub
from dashboards.hub.runs import SharedRun
from dashboards.live.background import sentence
from dashboards.live.refresher import Refresher
from dashboards.pages.failure import Trouble
from dashboards.pages.header import KeptAddress, ShareDialog, StatusChip, header, navigation
from dashboards.pages.shell import asked, on_phone, resting_tabs, shell, when_ready
from dashboards.pages.tetris.board import TetrisBoardView
from dashboards.pages.tetris.controls import ACTIONS, BUTTONS, BoardSwitch, TetrisControls
from dashboards.pages.tetris.curves import GamesView, GenerationsView, words_of
from dashboards.pages.tetris.demo import GameDemo
from dashboards.pages.tetris.layout import grid
from dashboards.pages.tetris.players import PRESENT, PlayersPanel, player_of, start_looking
from dashboards.pages.tetris.runs import begin_anew, check_room, find_run, new_run
from dashboards.pages.tetris.settings import from_query, is_deep, to_query, trainer_of
from dashboards.pages.tetris.views import NO_PROBLEM, TetrisCounters, WeightsView
from dashboards.style.theme import tokens
from dashboards.style.widgets import FILL, WIDE, card
from dashboards.views.tables.tables import EventsTable
from gridworld.runs.commands import Command, Configure, Start
from gridworld.runs.frame import Status
from gridworld.tetris.game.features import FEATURES
from gridworld.tetris.players.saved import Player, Players
from gridworld.tetris.search.storage import tetris_folder

GONE = (
    "run-gone: this run is no longer on the server (it was idle for long, or the server was started anew). "
    "Reload the page: a training that left a checkpoint goes on from it."
)
BOARD_TITLE = "The present player", "on a 10 × 20 board"
DEEP_BOARD_TITLE = "The training game", "the network plays to learn"


class TetrisDashboard:
    """A live training on its page; it holds the run's id, and the run belongs to the server."""

    def __init__(self, hub: Hub, shared: SharedRun) -> None:
        self.hub, self._id, colours = hub, shared.id, tokens(dark=False)
        self._board = TetrisBoardView(colours, *BOARD_TITLE)
        self._weights, self._counters = WeightsView(), TetrisCounters(NO_PROBLEM, colours)
        self._games, self._generations = GamesView(colours), GenerationsView(colours)
        self._events = EventsTable(NO_PROBLEM, colours)
        self.views: list[Any] = [self._board, self._counters, self._weights]
        self.views += [self._generations, self._games, self._events]
        self.switch = BoardSwitch(self.send)
        self.buttons = RunButtons(
            shared.run.pace, self.send, actions=ACTIONS, unit="placement", pictures=False,
            beside=[self.switch.panel], grid=BUTTONS,
        )  # fmt: skip
        self.controls = TetrisControls(shared.settings, self._begin_anew, self._configure)
        self.chip, self.share = StatusChip(), ShareDialog(shared.id)
        self.demo = GameDemo(hub, colours, self._weights_of)
        self._store = Players(tetris_folder() / "players")
        self.players = PlayersPanel(self._store, self._make_player, self._watch, self.demo.offer, hub.executors.tetris)
        self.trouble = Trouble(lambda: self.send(Start(), "resume", "Resumed from the checkpoint"))
        self.refresher = Refresher(
            hub, shared.id, self.views, self._epoch_began, self._news_came, self._run_is_gone, self._status_changed
        )
        self._board.figure.tags = [self.refresher.backpressure.probe]
        boards = {"Training": self._board, "Demo": self.demo.board}
        shown = {"Training": self._board.panel, "Demo": self.demo.panel}
        self._boards = resting_tabs(shown, boards, self.refresher.soon)
        lower = {"Players": self.players.panel, "Events": self._events.panel}
        self._lower = resting_tabs(lower, {"Events": self._events}, self.refresher.soon)
        self.weights = card(self._weights.panel, area="weights", p="10px 12px")
        self.body = self._make_body()
        self.refresher.refresh(shared)

    def send(self, command: Command, code: str, text: str) -> None:
        """Give the run a command and note it among the events; the next tick shows what it changed."""
        self.trouble.refusal = ""
        try:
            self._ask(command, code, text)
        except ValueError as problem:
            self.trouble.refusal = sentence(problem)
            if shared := self.hub.runs.get(self._id):
                shared.journal.note(f"{code}-refused", str(problem))

    def _ask(self, command: Command, code: str, text: str) -> None:
        """The same, but ValueError tells whoever asked that the command makes no sense."""
        shared = self.hub.runs.get(self._id)
        if shared is None:
            self._run_is_gone()
            return
        if isinstance(command, Start):
            check_room(self.hub, shared)
        shared.send(command, code, text)

    def _begin_anew(self, settings: dict[str, Any]) -> None:
        shared = self.hub.runs.get(self._id)
        if shared is None:
            self._run_is_gone()
        else:
            begin_anew(shared, settings)

    def _configure(self, changes: dict[str, Any]) -> None:
        told = ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in changes.items())
        self._ask(Configure(changes), "target", f"New target: {told}")

    def _epoch_began(self, shared: SharedRun) -> None:
        for view in self.views:
            view.begin(NO_PROBLEM)

    _settings_shown: Any = None
    address: KeptAddress | None = None

    def _status_changed(self, shared: SharedRun) -> None:
        self._show_state(shared)

    def _news_came(self, shared: SharedRun) -> None:
        """What is not a view of its own: buttons, locks, and what went wrong."""
        self._show_state(shared)
        self._board.cover("" if shared.run.cadence.board_every else "Board is off")
        self.controls.lock(shared.status in (Status.RUNNING, Status.STARTING))
        if shared.settings != self._settings_shown:
            self._settings_shown = shared.settings
            self.controls.show(shared.settings)
            self._show_parts(shared)
        if self.address is not None:
            self.address.show(shared, to_query)
        self.trouble.show(shared)

    def _show_state(self, shared: SharedRun) -> None:
        """Show the status and enable what means something: a run without a process goes on from its checkpoint."""
        run, working = shared.run, shared.run.pid is not None
        is_stopped = shared.status is Status.PAUSED and not working
        self.chip.show(shared.status, "Stopped" if is_stopped else "")
        self.buttons.show(RunState(shared.status, working or run.checkpoint is not None, working))
        self.buttons.speed.show(run.pace)
        self.switch.show(run.cadence.board_every > 0)

    _deep_shown = False

    def _show_parts(self, shared: SharedRun) -> None:
        """The views that mean something for this trainer: a network has no weights to look at, and is no player."""
        self._generations.call(words_of(trainer_of(shared.settings)))
        deep = is_deep(shared.settings)
        if deep == self._deep_shown:
            return
        self._deep_shown = deep
        self._board.entitle(*(DEEP_BOARD_TITLE if deep else BOARD_TITLE))
        self._counters.choose(deep=deep)
        self._counters.refresh(shared.journal)
        self.weights.visible = not deep
        self.players.offer_saving(not deep)
        self.demo.offer_present(not deep)
        self.body.sx = grid(weights=not deep)

    def _run_is_gone(self) -> None:
        self.trouble.say(GONE)
        self.buttons.disable()

    def _weights_of(self, name: str) -> tuple[float, ...]:
        """The weights of a saved player, or of the present one; before anything is learned they are all zero."""
        if name in self.players.choice.options:
            return self._store.read(name).weights
        try:
            return self._make_player(PRESENT, name).weights
        except ValueError:
            return (0.0,) * len(FEATURES)

    def _make_player(self, which: str, name: str) -> Player:
        """A player of the training, under a name."""
        return player_of(self.hub.runs.get(self._id), which, name)

    def _watch(self, name: str) -> None:
        self._boards.active = 1
        self.demo.watch(name)

    def retheme(self, dark: bool) -> None:
        """Take the colours of a theme; what is HTML follows by itself."""
        for view in (*self.views, self.demo.board):
            view.retheme(tokens(dark))

    def _make_body(self) -> Any:
        """The page without its frame."""
        curves = pn.Column(self._generations.panel, self._games.panel, styles={"min-height": "0"}, **FILL)
        bar = self.buttons.panel, *self.trouble.parts
        return pmui.Column(
            pmui.Column(*bar, styles={"grid-area": "bar"}, sx={"gap": "8px"}, **WIDE),
            card(self._counters.panel, area="tiles"),
            card(self._boards, area="board", p="0 12px 12px"),
            self.weights,
            card(curves, area="curves", p="10px 12px 6px"),
            card(self._lower, area="tabs"),
            sx=grid(weights=True),
            **FILL,
        )

    def page(self, *, dark: bool = False, drawer_open: bool = True) -> pmui.Page:
        """The page as it is served."""
        return shell(
            self.hub,
            header(self.chip, self.share, "tetris"),
            [navigation("tetris", narrow=True), self.controls.panel, self.share.dialog],
            self.body,
            dark=dark,
            drawer_open=drawer_open,
            retheme=lambda dark: self.refresher.soon(lambda: self.retheme(dark)),
        )

    def start(self) -> None:
        """Begin to tick."""
        self.refresher.start()
        start_looking(self.players)


def tetris_page(hub: Hub) -> pmui.Page:
    """The page behind an address: of the run it names, or of a new one with the settings it gives."""
    query = asked()
    settings, problems = from_query(query)
    shared = None
    if query.get("run"):
        try:
            shared = find_run(hub, query["run"], settings)
        except ValueError as problem:
            problems.append(f"run-damaged: {problem}")
        if shared is None:
            gone = f"run-gone: run {query['run']} is no longer on this server."
            problems.append(f"{gone} This is a new run with the same settings.")
    shared = shared or new_run(hub, settings)
    dashboard = TetrisDashboard(hub, shared)
    phone = on_phone()
    page = dashboard.page(dark=query.get("theme") == "dark", drawer_open=not phone)

    def loaded() -> None:
        dashboard.address = KeptAddress(dashboard.share, query)
        for problem in problems:
            pn.state.notifications.warning(problem, duration=15_000)
        dashboard.start()

    when_ready(loaded)
    return page
