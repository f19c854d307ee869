"""A player made by hand: a slider over each of its weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import panel_material_ui as pmui
import param

from dashboards.controls.fields import field_of
from dashboards.pages.downloads import button
from dashboards.style.choice import choice
from dashboards.style.widgets import WIDE, html, row, stack
from gridworld.tetris.game.features import FEATURES
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.saved import Player

BY_HAND = "Player made by hand"
LARGEST = 1000.0  # of a weight
DOCS = {feature.name: feature.doc for feature in FEATURES}
NOTE = (
    '<div class="hint">Move a weight while the demo plays this player: the next piece is placed by it. Save it under '
    "Players. Only the direction of all weights together matters, not their size.</div>"
)
GRID = {
    "display": "grid",
    "gap": "0 24px",
    "gridTemplateColumns": "repeat(auto-fill, minmax(min(330px, 100%), 1fr))",
    "alignContent": "start",
}


class HandPanel:
    """The sliders. `player` is what they make, at first the player called "dt10".

    `player_of(name)` is the player to begin from, `watch()` plays what is made, `changed()` is called with each edit.
    """

    _is_open = False

    def __init__(
        self, player_of: Callable[[str], Player], watch: Callable[[], None], changed: Callable[[], None]
    ) -> None:
        self._player_of, self._changed = player_of, changed
        self.base = choice("Begin from", small=True, options=[*BUILT_IN], value="dt10", width=260, margin=0)
        self.base.param.watch(lambda event: self._begin(), "value")
        self._sliders = pmui.Column(sx=GRID, **WIDE)
        tools = row(
            self.base, button("Begin again", "undo", self._begin), button("Play it", "play_arrow", watch),
            gap="8px", flex_wrap="wrap",
        )  # fmt: skip
        self.panel = stack(tools, html(NOTE, **WIDE), self._sliders, gap="8px", padding="12px", overflow="auto")
        self._begin()

    def offer(self, names: Sequence[str]) -> None:
        """Let these players be begun from, beside the built-in ones."""
        options = [*names, *BUILT_IN]
        if options != self.base.options:
            kept = self.base.value if self.base.value in options else "dt10"
            self.base.param.update(options=options, value=kept)

    @property
    def player(self) -> Player:
        """The player as the sliders stand."""
        weights = tuple(float(getattr(self.weights, name)) for name in self._names)
        return Player(BY_HAND, weights, method="by hand", features=self._features)

    def _begin(self) -> None:
        """Set the sliders to the player that was chosen."""
        player = self._player_of(self.base.value)
        self._features = player.features
        self._names = [f"weight_{i}" for i in range(len(player.features))]
        self.weights = _weights(dict(zip(self._names, player.weights, strict=True)), player.features)
        self.weights.param.watch(lambda *events: self._changed(), self._names)
        if self._is_open:
            self._make_sliders()
        self._changed()

    def open(self) -> None:
        """Make the sliders, once somebody wants to see them: they take a page's time."""
        if not self._is_open:
            self._is_open = True
            self._make_sliders()

    def _make_sliders(self) -> None:
        self._sliders.objects = [field_of(self.weights, name) for name in self._names]


def _weights(values: dict[str, float], labels: Sequence[str]) -> param.Parameterized:
    """Return an object with a number for each weight, whose slider goes to twice the largest one at each side."""
    reach = min(2 * max(abs(value) for value in values.values()) or 10.0, LARGEST)
    declared: dict[str, Any] = {
        name: param.Number(
            default=value,
            bounds=(-LARGEST, LARGEST),
            softbounds=(-reach, reach),
            step=reach / 200,
            label=label,
            doc=DOCS[label],
        )
        for (name, value), label in zip(values.items(), labels, strict=True)
    }
    made: param.Parameterized = type("Weights", (param.Parameterized,), declared)()
    return made
