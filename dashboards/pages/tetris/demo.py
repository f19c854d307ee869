"""A player's game, alone or beside another player's on the same pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import panel as pn
import param
from markupsafe import Markup

from dashboards.controls.fields import field_of
from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.demo import Demo
from dashboards.pages.downloads import Downloads, button, outcome
from dashboards.pages.tetris.board import TetrisBoardView
from dashboards.pages.tetris.by_hand import BY_HAND
from dashboards.pages.tetris.marks import PlacementMarks
from dashboards.pages.tetris.views import NO_PROBLEM
from dashboards.pages.tetris.why import WhyView
from dashboards.style.buttons import NEEDS_SERVER
from dashboards.style.choice import choice
from dashboards.style.formatting import count
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL, WIDE, html, row
from gridworld.runs.commands import Command, Configure, Pace, Pause, Reset
from gridworld.runs.frame import Frame, Status
from gridworld.tetris.game.film import MOST_PIECES, gif
from gridworld.tetris.game.watch import demo
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.demo_run import DemoRun
from gridworld.tetris.players.saved import Player
from gridworld.tetris.report import TetrisBoard

PRESENT = "Present player"
NOBODY = "nobody"
LARGEST_SEED = (1 << 53) - 1
FILM_PIECES = 200
NETWORK = (
    "This trainer learns a network that only its own process opens. That plays it under Training, without exploring. "
    "Here players can be watched."
)
AS_SAVED = (
    f"{PRESENT} is the network as it was saved last: every minute, and at Stop. Before that all placements are worth "
    "the same to it."
)


class GameOptions(param.Parameterized):
    """What can be chosen about a game."""

    seed = param.Integer(default=0, bounds=(0, LARGEST_SEED), label="Seed", doc="The same seed deals the same pieces.")
    film = param.Integer(
        default=FILM_PIECES, bounds=(1, MOST_PIECES), label="Film pieces", doc="The film begins with the game."
    )


class GameDemo(Demo):
    """Plays the player that is chosen, which is `player_of(name)`; and another one beside it, if one is chosen."""

    def __init__(self, hub: Hub, tokens: dict[str, Any], player_of: Callable[[str], Player]) -> None:
        self.board, self.rival = TetrisBoardView(tokens), TetrisBoardView(tokens, part="rival")
        self.why = WhyView(PlacementMarks(self.board.figure, tokens))
        super().__init__(hub, [self.board, self.rival, self.why], self.board.figure, "piece", 10)
        self._player_of = player_of
        self._saved: list[str] = []
        self.hint, self._offers_present = html("", visible=False, **WIDE), True
        self.choice = choice("Player", small=True, options=[PRESENT], **WIDE)
        self.beside = choice("Beside it", small=True, options=[NOBODY], **WIDE)
        self.options = GameOptions()
        self.choice.param.watch(lambda event: self._choose(), "value")
        self.beside.param.watch(lambda event: self._choose(), "value")
        self.options.param.watch(lambda event: self._choose(), "seed")
        self._downloads, self._outcome = Downloads(hub.executors.exports), html("", **WIDE)
        self.film_button = button("Film", "movie", self._film, tags=[NEEDS_SERVER])
        self.rival.panel.visible = False
        self.panel = self._make_panel()
        self.show()

    def _make_panel(self) -> pn.Column:
        boards = pn.Row(self.board.panel, self.rival.panel, styles={"gap": "4px", "min-height": "0"}, **FILL)
        seed, film = (field_of(self.options, name) for name in ("seed", "film"))
        return pn.Column(
            row(self.choice, self.beside, gap="8px", padding_top="10px"),
            row(seed, film, gap="8px"),
            row(self.speed, self.film_button, self._downloads.panel, gap="8px"),
            self.controls,
            self.hint,
            self._outcome,
            self.summary,
            boards,
            styles={"gap": "6px", "min-height": "0"},
            **FILL,
        )

    def offer(self, names: Sequence[str]) -> None:
        """Let these saved players be chosen."""
        self._saved = list(names)
        self._arrange()

    def offer_present(self, offered: bool, *, as_saved: bool) -> None:
        """Let the training's own player be chosen, explaining which one it is if it is the saved one, or why there is
        none."""
        text = fill('<div class="hint">{}</div>', AS_SAVED if offered else NETWORK)
        self.hint.param.update(object=text, visible=as_saved or not offered)
        self._offers_present = offered
        self._arrange()

    def watch(self, name: str) -> None:
        """Show the game of a player from its beginning."""
        self.choice.value = name
        self.play(self.beginning())

    def follow_hand(self) -> None:
        """Let the player that is made by hand go on with its new weights, if it plays."""
        if self.choice.value == BY_HAND:
            player = self._player_of(BY_HAND)
            self.send(Configure({"weights": player.weights, "features": player.features}))

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme."""
        for view in (self.board, self.rival, self.why):
            view.retheme(tokens)

    @property
    def playable(self) -> bool:
        """Whether a player is chosen."""
        return self.choice.value is not None

    @property
    def _rival_of(self) -> tuple[Sequence[float], Sequence[str]] | None:
        if self.beside.value in (NOBODY, None):
            return None
        player = self._player_of(self.beside.value)
        return player.weights, player.features

    def make_run(self, pace: Pace) -> DemoRun:
        """Return the run that plays the chosen players."""
        player, options = self._player_of(self.choice.value), {"pace": pace, "clock": self._hub.clock}
        facts: dict[str, Any] = {"seed": self.options.seed, "rival": self._rival_of, **options}
        return DemoRun(player.weights, player.features, executor=self._hub.executors.tetris, **facts)

    def begin(self, shared: SharedRun) -> None:
        """Show empty boards."""
        self.board.begin(NO_PROBLEM)
        self.rival.begin(NO_PROBLEM)
        self.why.begin()

    def describe(self, frame: Frame | None) -> str:
        """Return the numbers of each game, and the demo's status."""
        scene = frame.scene if frame is not None else None
        status = frame.status if frame is not None else Status.READY
        text: str = _numbers(scene.board if scene else None)
        if scene and scene.rival:
            text = fill(
                "<b>{}</b> {}<br><b>{}</b> {}", self.choice.value, text, self.beside.value, _numbers(scene.rival)
            )
        return Markup(" · ".join([text, status.title()]))

    def beginning(self) -> Command:
        """Return the command that begins a game of the chosen players on the chosen pieces."""
        player = self._player_of(self.choice.value)
        game = {"seed": self.options.seed, "rival": self._rival_of}
        return Reset({"weights": player.weights, "features": player.features, **game})

    def _arrange(self) -> None:
        options = [*([PRESENT] if self._offers_present else []), *self._saved, *BUILT_IN, BY_HAND]
        for each, others in ((self.choice, []), (self.beside, [NOBODY])):
            offered = [*others, *options]
            if offered != each.options:
                kept = each.value if each.value in offered else next(iter(offered), None)
                each.param.update(options=offered, value=kept)

    def _choose(self) -> None:
        """Begin a game of other players or on other pieces: a running demo goes on with it."""
        shared = self.shared
        self.rival.panel.visible = self._rival_of is not None
        if shared is not None and not self.playable:
            self.send(Pause())
        elif shared is not None:
            if shared.status is Status.RUNNING:
                self.play(self.beginning())
            else:
                self.send(self.beginning())
        self.show()

    def _film(self) -> None:
        """Make a film of the chosen player's game from its beginning, and hand it over."""
        player, options = self._player_of(self.choice.value), self.options
        scenes = demo(player.weights, features=player.features, seed=options.seed)
        pieces = options.film + 1
        self._downloads.begin("tetris.gif", lambda: gif(islice(scenes, pieces)), self._report)

    def _report(self, text: str, error: str) -> None:
        self._outcome.object = outcome(text, error)


def _numbers(board: TetrisBoard | None) -> Markup:
    """Return the score, lines and pieces of a game."""
    numbers = [(name, count(getattr(board, name)) if board else "0") for name in ("score", "lines", "pieces")]
    return Markup(" · ").join(
        Markup(fill('{} <b data-demo="{}">{}</b>', name.title(), name, number)) for name, number in numbers
    )
