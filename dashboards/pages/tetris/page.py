"""The Tetris page: a training in a process of its own, its controls and its views."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.controls.run_buttons import RunButtons, RunState
from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.live.served import now_and_then
from dashboards.pages.run_page import RunPage, run_gone
from dashboards.pages.shell import asked, resting_tabs
from dashboards.pages.tetris.board import TetrisBoardView
from dashboards.pages.tetris.by_hand import BY_HAND, HandPanel
from dashboards.pages.tetris.cloud import CloudView
from dashboards.pages.tetris.controls import ACTIONS, BUTTONS, BoardSwitch, TetrisControls
from dashboards.pages.tetris.curves import GamesView, GenerationsView, words_of
from dashboards.pages.tetris.demo import GameDemo
from dashboards.pages.tetris.ending import reached
from dashboards.pages.tetris.layout import grid
from dashboards.pages.tetris.network import NetworkDownload
from dashboards.pages.tetris.players import PlayersPanel
from dashboards.pages.tetris.present_player import PRESENT, player_of
from dashboards.pages.tetris.python_tab import PythonTab
from dashboards.pages.tetris.runs import begin_another, change_settings, check_room, find_run, has_begun, new_run
from dashboards.pages.tetris.settings import (
    features_of,
    from_query,
    has_weights,
    is_deep,
    makes_players,
    to_query,
    trainer_of,
)
from dashboards.pages.tetris.trainings import TrainingsPanel, status_word
from dashboards.pages.tetris.unsaved import UnsavedChoice
from dashboards.pages.tetris.views import NO_PROBLEM, TetrisCounters, WeightsView
from dashboards.style.theme import tokens
from dashboards.style.widgets import FILL, WIDE, card, html
from dashboards.views.tables.tables import EventsTable
from gridworld.runs.commands import Command, Configure, Reset, Start
from gridworld.tetris.game.features import BCTS_FEATURES
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.rating import rate_saved
from gridworld.tetris.players.saved import Player, Players
from gridworld.tetris.search.show import LONGEST_SHOW
from gridworld.tetris.search.storage import tetris_folder

NOTE_CSS = ":host { color: var(--mui-palette-text-primary); font-size: 13px; line-height: 20px; }"
BOARD_TITLE = "The present player", f"on a 10 × 20 board; after {LONGEST_SHOW} pieces a newer player takes over"
HAND_TAB = 1  # among the lower tabs
DEEP_BOARD_TITLE = "The present network", "plays without exploring; what it learns from are other games"


class TetrisPage(RunPage):
    """A live training on its page."""

    name = "tetris"
    controls: TetrisControls
    gone = (
        "This run is no longer on the server (it was idle for too long, or the server was restarted). "
        "Reload the page: a training that has a checkpoint goes on from it."
    )
    to_query = staticmethod(to_query)

    def __init__(self, hub: Hub, shared: SharedRun) -> None:
        super().__init__(hub, shared, lambda: self.send(Start(), "resume", "Resumed from the checkpoint"))
        colours = tokens(dark=False)
        self.board = TetrisBoardView(colours, *BOARD_TITLE)
        self.weight_bars, self.counters = WeightsView(), TetrisCounters(NO_PROBLEM, colours)
        self._games, self.generations = GamesView(colours), GenerationsView(colours)
        self._events, self._cloud = EventsTable(NO_PROBLEM, colours), CloudView(colours)
        self.views: list[Any] = [self.board, self.counters, self.weight_bars]
        self.views += [self.generations, self._games, self._events, self._cloud]
        self.switch = BoardSwitch(self.send)
        self.unsaved = UnsavedChoice(self.send)
        self.reached = html("", stylesheets=[NOTE_CSS], visible=False, sizing_mode="stretch_width")
        self.buttons = RunButtons(
            shared.frame.pace, self.send, actions=ACTIONS, unit="placement", pictures=False,
            beside=[self.switch.panel], grid=BUTTONS,
        )  # fmt: skip
        self.controls = TetrisControls(
            shared.settings,
            self._change_settings,
            self._configure,
            self._begin_another,
            lambda change: self.refresher.soon(change),
        )
        self.demo = GameDemo(hub, colours, self._player_of)
        self.more_locks = len([*self.demo.buttons, self.demo.film_button, self.switch])
        self.hand = HandPanel(self._player_of, lambda: self._watch(BY_HAND), self.demo.follow_hand)
        self._store = Players(tetris_folder() / "players")
        self.players = PlayersPanel(self._store, self.make_player, self._watch, self._offer, self._rate)
        self.follow(self.board.figure)
        boards = {"Training": self.board, "Demo": self.demo.board}
        shown = {"Training": self.board.panel, "Demo": self.demo.panel}
        self._boards = resting_tabs(shown, boards, self.refresher.soon)
        self._boards.param.watch(lambda event: self.refresher.soon(self.name_locks), "active")
        self.python = PythonTab()
        self.trainings = TrainingsPanel(hub, self._open, shared.id)
        self.network = NetworkDownload(hub.executors.exports, self.find)
        players = pmui.Column(self.network.panel, self.players.panel, **FILL)
        lower = {"Players": players, "By hand": self.hand.panel, "Why this column?": self.demo.why.panel}
        lower |= {"Population": self._cloud.panel, "Trainings": self.trainings.panel}
        lower |= {"Events": self._events.panel, "Python": self.python.panel}
        resting = {"Events": self._events, "Population": self._cloud}
        self._lower = resting_tabs(lower, resting, self.refresher.soon)
        self._lower.param.watch(lambda event: self.refresher.soon(self._open_hand), "active")
        self.weights = card(self.weight_bars.panel, area="weights", p="10px 12px")
        self._body = self._make_body()
        self.refresher.refresh(shared)

    def ask(self, command: Command, code: str, text: str, about: str = "") -> None:
        """Give the run a command, but refuse to start one training too many, and to throw one away."""
        shared = self.find()
        if shared is not None and isinstance(command, Start):
            check_room(self.hub, shared)
        if shared is not None and isinstance(command, Reset) and has_begun(shared):
            self.turn_to(begin_another(self.hub, shared, shared.settings))
            return
        super().ask(command, code, text, about)

    def _change_settings(self, settings: dict[str, Any]) -> None:
        shared = self.find()
        if shared is None:
            self.show_gone()
        else:
            change_settings(shared, settings)

    def _begin_another(self, settings: dict[str, Any]) -> None:
        shared = self.find()
        if shared is None:
            self.show_gone()
        else:
            self.turn_to(begin_another(self.hub, shared, settings))

    def turn_to(self, other: SharedRun) -> None:
        """Show another training in this place."""
        self.run_id = self.trainings.shown = other.id
        self.controls.discard()
        self.links.show(other.id)
        self.share.turn_to(other.id)
        if self.address is not None:
            self.address.keep("page", self.name)
        self.refresher.turn_to(other.id)
        self.refresher.soon(lambda: self.refresher.refresh(other))

    def _open(self, run_id: str) -> None:
        """Show another training of the list; ValueError where it can't be opened."""
        other = find_run(self.hub, run_id)
        if other is None:
            raise ValueError(f"The training {run_id} has no checkpoint and is no longer on this server.")
        self.turn_to(other)

    def _configure(self, changes: dict[str, Any]) -> None:
        text = ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in changes.items())
        self.ask(Configure(changes), "target", f"New target: {text}", ", ".join(changes))

    def show_epoch(self, shared: SharedRun) -> None:
        """Begin all views again."""
        for view in self.views:
            view.begin(NO_PROBLEM)

    def show_status(self, shared: SharedRun) -> None:
        """Show what depends on the status."""
        self._show_state(shared)

    _settings_shown: Any = None

    def show_news(self, shared: SharedRun) -> None:
        """Show what is no view: whether the board is off, other settings, and what all pages show."""
        self._show_state(shared)
        self.board.cover("" if shared.frame.pace.update_every else "Board is off")
        self.controls.begun = has_begun(shared)
        ending = reached(shared)
        if self.reached.object != ending:
            self.reached.param.update(object=ending, visible=bool(ending))
        super().show_news(shared)
        if shared.settings != self._settings_shown:
            self._settings_shown = shared.settings
            self.controls.show(shared.settings)
            self.python.show(shared.settings)
            self._show_parts(shared)

    def _show_state(self, shared: SharedRun) -> None:
        """Show the status and enable what means something: a run without a process goes on from its checkpoint."""
        frame = shared.frame
        working = frame.pid is not None
        self.chip.show(shared.status, status_word(shared))
        self.buttons.show(RunState(shared.status, working or frame.resumable, working))
        self.buttons.speed.show(frame.pace)
        self.switch.show(frame.pace.update_every > 0)
        self.unsaved.show(frame.unsaved)

    _parts_shown = False, True, True

    def _show_parts(self, shared: SharedRun) -> None:
        """Show the views that apply to this trainer: a network with hidden layers has no weights of features."""
        self.generations.call(words_of(trainer_of(shared.settings)))
        self.weight_bars.choose(features_of(shared.settings))
        deep, linear, player = (ask(shared.settings) for ask in (is_deep, has_weights, makes_players))
        if (deep, linear, player) == self._parts_shown:
            return
        self._parts_shown = deep, linear, player
        self.board.entitle(*(DEEP_BOARD_TITLE if deep else BOARD_TITLE))
        self.counters.choose(deep=deep)
        self.counters.refresh(shared.journal)
        self.weights.visible = linear
        self.players.offer_saving(player)
        self.network.panel.visible = not linear
        self.demo.offer_present(player, as_saved=not linear)
        self._body.sx = grid(weights=linear)

    def _open_hand(self) -> None:
        if self._lower.active == HAND_TAB:
            self.hand.open()

    def _offer(self, saved: list[Player]) -> None:
        """Let these saved players be watched, and be begun from by hand."""
        self.demo.offer([player.name for player in saved])
        self.hand.offer([player.name for player in saved if player.is_linear])

    def _player_of(self, name: str) -> Player:
        """Return a built-in or saved player, the one made by hand, or the present one; before anything is learned the
        weights of that are all 0."""
        if name in BUILT_IN:
            return BUILT_IN[name]
        if name == BY_HAND:
            return self.hand.player
        if name in self.players.choice.options:
            return self._store.read(name)
        try:
            return self.make_player(PRESENT, name)
        except ValueError:
            return Player(name, (0.0,) * len(BCTS_FEATURES))

    def make_player(self, which: str, name: str) -> Player:
        """Return a player of the training, or the one made by hand, under a name."""
        if which == BY_HAND:
            return replace(self.hand.player, name=name)
        return player_of(self.find(), which, name)

    def _rate(self, player: Player) -> None:
        self.hub.executors.ratings.submit(rate_saved, self._store, player)

    def _watch(self, name: str) -> None:
        self._boards.active = 1
        self.demo.watch(name)

    def retheme(self, dark: bool) -> None:
        """Take the colours of a theme; what is HTML follows by itself."""
        super().retheme(dark)
        self.demo.retheme(tokens(dark))

    def body(self) -> Any:
        """Return the page without its frame."""
        return self._body

    def _make_body(self) -> Any:
        curves = pn.Column(self.generations.panel, self._games.panel, styles={"min-height": "0", "gap": "12px"}, **FILL)
        bar = self.buttons.panel, self.reached, *self.failure.parts, self.unsaved.panel
        return pmui.Column(
            pmui.Column(*bar, styles={"grid-area": "bar"}, sx={"gap": "8px"}, **WIDE),
            card(self.counters.panel, area="tiles"),
            card(self._boards, area="board", p="0 12px 12px"),
            self.weights,
            card(curves, area="curves", p="10px 12px 6px"),
            card(self._lower, area="tabs"),
            sx=grid(weights=True),
            **FILL,
        )

    def start(self) -> None:
        """Begin to tick."""
        super().start()
        now_and_then(self.players.look, 1.0)
        now_and_then(self.trainings.look, 2.0)


def tetris_page(hub: Hub) -> pmui.Page:
    """Return the page behind an address: of the run it names, or of a new one with the settings it gives."""
    query = asked()
    settings, problems = from_query(query)
    shared = None
    if wanted := query.get("run"):
        try:
            shared = find_run(hub, wanted, settings)
            problems += [] if shared else [run_gone(wanted)]
        except ValueError as problem:
            problems.append(f"The training {wanted} can’t be opened and stays as it is: {problem} This is a new one.")
    return TetrisPage(hub, shared or new_run(hub, settings)).served(query, problems)
