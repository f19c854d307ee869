"""The Tetris page: a training in a process of its own, its controls and its views."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.address import to_link
from dashboards.header import ShareDialog, StatusChip, header, navigation
from dashboards.player import Player as Viewer
from dashboards.runs import RUNS, SharedRun
from dashboards.tables import EventsTable
from dashboards.tetris_board import TetrisBoardView
from dashboards.tetris_controls import TetrisControls, TetrisTransport
from dashboards.tetris_curves import GamesView, GenerationsView
from dashboards.tetris_demo import DemoPanel
from dashboards.tetris_layout import grid
from dashboards.tetris_players import PRESENT, PlayersPanel, player_of, start_looking
from dashboards.tetris_runs import begin_anew, find_run, new_run
from dashboards.tetris_settings import from_query, is_deep, to_query
from dashboards.tetris_trouble import Trouble
from dashboards.tetris_views import NO_PROBLEM, TetrisCounters, WeightsView
from dashboards.theme import THEME_CONFIG, tokens
from dashboards.training import APP_BAR, FAVICON
from dashboards.widgets import FILL, WIDE, card
from gridworld.frame import Command, Configure, Start, Status
from gridworld.tetris.features import FEATURES
from gridworld.tetris.players import Player, Players
from gridworld.tetris.storage import tetris_folder

SPINNER_CSS = "#loader { background: transparent !important; } .spinner { border-top-color: #1B669E !important; }"
GONE = (
    "run-gone: this run is no longer on the server (it was idle for long, or the server was started anew). "
    "Reload the page: a training that left a checkpoint goes on from it."
)


class TetrisDashboard:
    """A live training on its page; it holds the run's id, and the run belongs to the server."""

    def __init__(self, shared: SharedRun) -> None:
        self._id, colours = shared.id, tokens(dark=False)
        self._board = TetrisBoardView(colours, "The present player", "on a 10 × 20 board")
        self._weights, self._counters = WeightsView(), TetrisCounters(NO_PROBLEM, colours)
        self._games, self._generations = GamesView(colours), GenerationsView(colours)
        self._events = EventsTable(NO_PROBLEM, colours)
        self.views: list[Any] = [self._board, self._counters, self._weights]
        self.views += [self._generations, self._games, self._events]
        self.transport = TetrisTransport(shared.run.pace, self.send)
        self.controls = TetrisControls(shared.settings, self._begin_anew, self._configure)
        self.chip, self.share = StatusChip(), ShareDialog(shared.id)
        self.demo = DemoPanel(colours, self._weights_of)
        self._store = Players(tetris_folder() / "players")
        self.players = PlayersPanel(self._store, self._make_player, self._watch, self.demo.offer)
        self.trouble = Trouble(lambda: self.send(Start(), "resume", "Resumed from the checkpoint"))
        self.viewer = Viewer(shared.id, self.views, self._epoch_began, self._news_came, self._run_is_gone)
        boards = {"Training": self._board, "Demo": self.demo.board}
        self._boards = self._tabs(boards, self._board.panel, self.demo.panel)
        lower = {"Players": None, "Events": self._events}
        self._lower = self._tabs(lower, self.players.panel, self._events.panel)
        self.weights = card(self._weights.panel, area="weights", p="10px 12px")
        self.body = self._make_body()
        self.viewer.refresh(shared)

    def send(self, command: Command, code: str, text: str) -> None:
        """Give the run a command and note it among the events; the next tick shows what it changed."""
        try:
            self._ask(command, code, text)
        except ValueError as problem:
            if shared := RUNS.get(self._id):
                shared.journal.note(f"{code}-refused", str(problem))

    def _ask(self, command: Command, code: str, text: str) -> None:
        """The same, but ValueError tells whoever asked that the command makes no sense."""
        shared = RUNS.get(self._id)
        if shared is None:
            self._run_is_gone()
        else:
            shared.send(command, code, text)

    def _begin_anew(self, settings: dict[str, Any]) -> None:
        shared = RUNS.get(self._id)
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
    _settings_in_address: Any = None
    kept_in_address: dict[str, str] | None = None

    def _news_came(self, shared: SharedRun) -> None:
        """What is not a view of its own: buttons, status, locks, and what went wrong."""
        status = shared.status
        self.transport.show_run(shared.run, status)
        self._board.cover("" if shared.run.cadence.board_every else "Board is off")
        self.chip.show(status)
        self.controls.lock(status in (Status.RUNNING, Status.STARTING))
        if shared.settings != self._settings_shown:
            self._settings_shown = shared.settings
            self.controls.show(shared.settings)
            self._show_parts(shared)
        if self.kept_in_address is not None and shared.settings != self._settings_in_address:
            self._keep_address(shared, self.kept_in_address)
        self.trouble.show(shared)

    _deep_shown = False

    def _show_parts(self, shared: SharedRun) -> None:
        """The views that mean something for this trainer: a network has no weights to look at, and is no player."""
        deep = is_deep(shared.settings)
        if deep == self._deep_shown:
            return
        self._deep_shown = deep
        self._counters.choose(deep=deep)
        self._counters.refresh(shared.journal)
        self.weights.visible = not deep
        self.players.offer_saving(not deep)
        self.body.sx = grid(weights=not deep)

    def _run_is_gone(self) -> None:
        self.trouble.say(GONE)
        for button in self.transport.buttons.values():
            button.disabled = True

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
        return player_of(RUNS.get(self._id), which, name)

    def _watch(self, name: str) -> None:
        self._boards.active = 1
        self.demo.watch(name)

    def _tabs(self, views: Mapping[str, Any], *panels: Any) -> Any:
        """Tabs whose hidden views rest."""
        tabs = pmui.Tabs(*zip(views, panels, strict=True), **FILL)

        def activate(event: Any = None) -> None:
            chosen = tabs.active
            for position, view in enumerate(views.values()):
                if view is not None:
                    self.viewer.soon(partial(setattr, view, "active", position == chosen))

        tabs.param.watch(activate, "active")
        activate()
        return tabs

    def retheme(self, dark: bool) -> None:
        """Take the colours of a theme; what is HTML follows by itself."""
        for view in (*self.views, self.demo.board):
            view.retheme(tokens(dark))

    def _make_body(self) -> Any:
        """The page without its frame."""
        curves = pn.Column(self._generations.panel, self._games.panel, styles={"min-height": "0"}, **FILL)
        bar = self.transport.panel, *self.trouble.parts
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
        page = pmui.Page(
            title="Gridworld",
            header=[header(self.chip, self.share, "tetris")],
            sidebar=[navigation("tetris", narrow=True), self.controls.panel, self.share.dialog],
            main=[self.body],
            sidebar_open=drawer_open,
            sidebar_resizable=False,
            favicon=FAVICON,
            raw_css=[SPINNER_CSS],
            theme_config=THEME_CONFIG,
            dark_theme=dark,
            sx=APP_BAR,
        )
        page.param.watch(lambda event: self.viewer.soon(lambda: self.retheme(event.new)), "dark_theme")
        self.retheme(dark)
        return page

    def _keep_address(self, shared: SharedRun, kept: Mapping[str, str]) -> None:
        """Put the run and its settings into the page's address, so that a reload and a copy of it find them."""
        location: Any = pn.state.location
        setup = {"page": "tetris", **to_query(shared.settings)}
        port = f":{location.port}" if location.port else ""
        page = f"{location.protocol}//{location.hostname}{port}{location.pathname}"
        self.share.show(to_link(page, {**setup, "run": shared.id}), to_link(page, setup))
        location.search = to_link("", {**kept, **setup, "run": shared.id})
        self._settings_in_address = shared.settings

    def start(self) -> None:
        """Begin to tick."""
        self.viewer.start()
        start_looking(self.players)


def tetris_page() -> pmui.Page:
    """The page behind an address: of the run it names, or of a new one with the settings it gives."""
    query = {name: values[0].decode() for name, values in pn.state.session_args.items()}
    settings, problems = from_query(query)
    shared = None
    if query.get("run"):
        try:
            shared = find_run(query["run"], settings)
        except ValueError as problem:
            problems.append(f"run-damaged: {problem}")
        if shared is None:
            gone = f"run-gone: run {query['run']} is no longer on this server."
            problems.append(f"{gone} This is a new run with the same settings.")
    shared = shared or new_run(settings)
    dashboard = TetrisDashboard(shared)
    phone = "Mobi" in (pn.state.headers or {}).get("User-Agent", "")
    page = dashboard.page(dark=query.get("theme") == "dark", drawer_open=not phone)

    def loaded() -> None:
        dashboard.kept_in_address = {name: query[name] for name in ("theme",) if name in query}
        for problem in problems:
            pn.state.notifications.warning(problem, duration=15_000)
        dashboard.start()

    pn.state.onload(loaded)
    return page
