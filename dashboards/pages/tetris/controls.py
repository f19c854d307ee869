"""The Tetris page's buttons and form: alike to the grid world's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.fields import field_of
from dashboards.controls.form import LOCK, Form, Soon
from dashboards.controls.presses import Switch
from dashboards.controls.run_buttons import PAUSE, RESET, RESUME, START, STOP, lines
from dashboards.pages.downloads import button
from dashboards.pages.tetris.settings import check_settings, names_of, owners_of, settings_for, trainer_of, trainers
from dashboards.style.buttons import NEEDS_SERVER
from dashboards.style.choice import choice
from dashboards.style.widgets import LABELLED, WIDE, at, html, section, section_text, stack
from gridworld.runs.commands import Command, Configure
from gridworld.tetris.deep import recipe
from gridworld.tetris.deep.settings import ALGORITHMS
from gridworld.tetris.search.settings import CROSS_ENTROPY

ONLY_CROSS_ENTROPY = ("elite", "noise", "fade", "again")
WAITING = (
    "These settings are not those of the training that is shown: it has begun and keeps its own. A new training has a "
    "folder of its own, and this one stays in the list."
)
GAME = ("environment", "width", "height", "bag", "piece_reward", "cap", "evaluations")
BUTTONS: dict[str, Any] = {
    "display": "grid",
    "gap": {"xs": "8px 6px", "sm": "10px 8px"},
    "alignItems": "center",
    "height": "auto",
    "gridTemplateColumns": {
        "xs": "repeat(24, minmax(0, 1fr))",
        "sm": "104px 88px 92px minmax(0, 1fr) auto",
        "lg": "104px 88px 92px minmax(0, 1fr) auto minmax(280px, 380px) 8px auto",
    },
    "gridTemplateAreas": {
        "xs": lines(
            "play " * 10 + "stop " * 7 + "reset " * 7,
            "slab " * 12 + "board " * 12,
            "speed " * 24,
        ),
        "sm": '"play stop reset . board" "slab speed speed speed speed"',
        "lg": '"play stop reset . slab speed . board"',
    },
}


ACTIONS = (START, PAUSE, RESUME, STOP, RESET)


class BoardSwitch:
    """The switch between watching and training headless; `send(command, code, text)` hands the run a command."""

    def __init__(self, send: Callable[[Command, str, str], None]) -> None:
        self._send, self._adopting = send, False
        look: dict[str, Any] = {"size": "small", "tags": [NEEDS_SERVER], **at("board", **{"justify-self": "end"})}
        self.panel = Switch(label="Show board", value=True, **look)
        self.panel.param.watch(self._chosen, "value")

    def show(self, shown: bool) -> None:
        """Take over what was chosen elsewhere."""
        self._adopting = True
        self.panel.value = shown
        self._adopting = False

    def _chosen(self, event: Any) -> None:
        if not self._adopting:
            text = "The board is shown" if event.new else "Headless: the board is not shown"
            self._send(Configure({"board_every": int(event.new)}), "board", text)


class TetrisControls(Form):
    """The form of a training: the trainer, and what can be chosen about it.

    `on_settings(settings)` is called when an edit changes a training that has not begun, `on_configure(changes)` when
    it changes what may change at any time; both may raise ValueError, whose sentence is then shown below the field that
    was edited. Where the training has `begun`, other edits wait until the user calls `on_another(settings)`.
    """

    begun = False

    def __init__(
        self,
        settings: Mapping[str, Any],
        on_settings: Callable[[dict[str, Any]], None],
        on_configure: Callable[[dict[str, Any]], None],
        on_another: Callable[[dict[str, Any]], None],
        soon: Soon,
    ) -> None:
        super().__init__(soon)
        self._on_settings, self._on_configure, self._on_another = on_settings, on_configure, on_another
        self._waiting: dict[str, Any] | None = None
        self._make_waiting()
        self._head = section("Training")
        self.trainer = choice("Trainer", options=trainers(), **LABELLED)
        self.hint = html(
            f'<div class="hint">{recipe.INSTALL}</div>',
            visible=not recipe.is_available(),
            sizing_mode="stretch_width",
        )
        self._parts = stack(gap="14px")
        parts = self._head, self.waiting, self.trainer, self.hint, self._parts, self.problem_text
        self.panel = stack(*parts, gap="14px", padding="16px")
        self._build(trainer_of(settings))
        self.show(settings)
        self.trainer.param.watch(self._trainer_chosen, "value")

    def _make_waiting(self) -> None:
        """Make what is shown while edits wait for another training."""
        begin = button("Begin a new training with these", "add", self._begin_another, color="primary")
        discard = button("Discard the changes", "undo", self.discard)
        self.waiting = stack(html(f'<div class="hint">{WAITING}</div>', **WIDE), begin, discard, gap="8px")
        self.waiting.visible = False

    def _begin_another(self) -> None:
        settings = self._waiting
        if settings is not None:
            self.attempt(lambda: self._on_another(settings))

    def discard(self) -> None:
        """Show the settings of this training again, in place of edits that wait."""
        self._waiting, self.waiting.visible = None, False
        self.show(self._shown)

    def _ask(self, settings: dict[str, Any]) -> None:
        """Let settings hold at once where nothing has begun; else let them wait."""
        if not self.begun:
            self._on_settings(settings)
            return
        check_settings(settings)
        self._fill(settings)
        self._waiting = settings if self._differs(settings) else None
        self.waiting.visible = self._waiting is not None

    def _differs(self, settings: Mapping[str, Any]) -> bool:
        mine = {**self._shown, **{name: settings[name] for name in recipe.LIVE if name in settings}}
        return any(mine.get(name) != value for name, value in settings.items())

    def _build(self, trainer: str) -> None:
        """Make the fields of a trainer."""
        self._built, (self.options, self.hyper) = trainer, owners_of(trainer)
        self.fields = {name: field_of(owner, name) for owner in (self.options, self.hyper) for name in names_of(owner)}
        learning = [name for name in names_of(self.hyper) if name not in (*GAME, "method")]
        self._parts.objects = [
            self._stacked(names_of(self.options)),
            pmui.Divider(**WIDE),
            section("Learning" if trainer in ALGORITHMS else "Search"),
            self._stacked(learning),
            pmui.Divider(**WIDE),
            section("Games"),
            self._stacked(name for name in GAME if name in self.fields),
        ]
        for owner in (self.options, self.hyper):
            owner.param.watch(self._edited, names_of(owner))

    def show(self, settings: Mapping[str, Any]) -> None:
        """Take over settings that came from elsewhere without asking for anything; edits that wait stay."""
        self._shown = settings
        if self._waiting is None:
            self._fill(settings)

    def _fill(self, settings: Mapping[str, Any]) -> None:
        trainer = trainer_of(settings)
        with self.adopt():
            if trainer != self._built:
                self._build(trainer)
            self.trainer.value = trainer
            for owner in (self.options, self.hyper):
                owner.param.update(**{name: settings[name] for name in names_of(owner)})
        for name in ONLY_CROSS_ENTROPY:
            if name in self.fields:
                self.fields[name].visible = trainer == CROSS_ENTROPY
        self.relock()

    def restore(self) -> None:
        """Show the settings in force, or those that wait, again, in place of an edit that was refused."""
        self._fill(self._waiting or self._shown)

    def relock(self) -> None:
        """Lock everything but the targets."""
        self._head.object = section_text("Training", LOCK if self.running else "")
        for name, part in {**self.fields, "trainer": self.trainer}.items():
            part.disabled = self.running and name not in recipe.LIVE

    def _stacked(self, names: Iterable[str]) -> Any:
        return stack(*(self.fields[name] for name in names), gap="4px")

    def _settings(self) -> dict[str, Any]:
        """Return the values of the fields."""
        settings = {name: getattr(owner, name) for owner in (self.options, self.hyper) for name in names_of(owner)}
        return {"algorithm": self._built, **settings} if self._built in ALGORITHMS else settings

    def _trainer_chosen(self, event: Any) -> None:
        if not self.adopting:
            self.attempt(lambda: self._ask(settings_for(event.new, self._settings())), self.trainer)

    def _edited(self, *events: Any) -> None:
        if self.adopting:
            return
        field = self.fields[events[0].name]
        if all(event.name in recipe.LIVE for event in events):
            self.attempt(lambda: self._on_configure({event.name: event.new for event in events}), field)
        else:
            self.attempt(lambda: self._ask(self._settings()), field)
