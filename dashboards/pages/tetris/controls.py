"""The Tetris page's buttons and form: alike to the grid world's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.form import LOCK, Form, disable
from dashboards.controls.run_buttons import SPEEDS, Transport, at
from dashboards.pages.tetris.settings import names_of, owners_of, settings_for, trainer_of, trainers
from dashboards.style.widgets import LABELLED, WIDE, field_of, html, section, section_text, stack
from gridworld.runs.commands import Command, Configure, Pace, Pause, Reset, Start, Stop
from gridworld.runs.frame import Status
from gridworld.tetris.deep import recipe
from gridworld.tetris.deep.settings import ALGORITHMS
from gridworld.tetris.search.settings import CROSS_ENTROPY

ONLY_CROSS_ENTROPY = ("elite", "noise", "fade")
GAME = ("environment", "width", "height", "bag", "piece_reward", "cap", "evaluations")
GRID: dict[str, Any] = {
    "display": "grid",
    "gap": {"xs": "8px 6px", "sm": "10px 8px"},
    "alignItems": "center",
    "height": "auto",
    "gridTemplateColumns": {
        "xs": "repeat(24, minmax(0, 1fr))",
        "sm": "92px 96px 88px 92px minmax(0, 1fr) auto",
        "lg": "92px 96px 88px 92px minmax(0, 1fr) auto minmax(280px, 380px) 8px auto",
    },
    "gridTemplateAreas": {
        "xs": " ".join(
            f'"{line}"'
            for line in (
                "play " * 12 + "pause " * 12,
                "stop " * 12 + "reset " * 12,
                "slab " * 12 + "board " * 12,
                "speed " * 24,
            )
        ),
        "sm": '"play pause stop reset . board" "slab speed speed speed speed speed"',
        "lg": '"play pause stop reset . slab speed . board"',
    },
}


class TetrisTransport(Transport):
    """Start, Pause, Stop and Reset, the speed, and whether the board is shown."""

    steps = "Placements/s"

    def __init__(self, pace: Pace, send: Callable[[Command, str, str], None]) -> None:
        super().__init__(pace, send)
        self.speed.label = "Placements per second"

    def make_buttons(self) -> dict[str, pmui.Button]:
        """The buttons by name, in order."""
        return {
            "Start": self.button("Start", "play_arrow", "play", Start(), color="primary", variant="contained", sx=None),
            "Pause": self.button("Pause", "pause", "pause", Pause()),
            "Stop": self.button("Stop", "stop", "stop", Stop()),
            "Reset": self.button("Reset", "restart_alt", "reset", Reset()),
        }

    def make_others(self) -> list[Any]:
        """The switch between watching and training headless."""
        self.board = pmui.Switch(label="Show board", value=True, size="small", **at("board", **{"justify-self": "end"}))
        self.board.param.watch(self._board_chosen, "value")
        return [self.board]

    def grid(self) -> dict[str, Any]:
        """Where everything stands."""
        return GRID

    def show_run(self, run: Any, status: Status) -> None:
        """Enable what means something: a run whose process is gone goes on from its checkpoint, if there is one."""
        works, resumable = run.pid is not None, run.checkpoint is not None
        may = {
            "Start": status is Status.READY or (status is Status.PAUSED and (works or resumable)),
            "Pause": status in (Status.RUNNING, Status.STARTING),
            "Stop": works,
            "Reset": status is not Status.READY,
        }
        for name, button in self.buttons.items():
            if button.disabled == may[name]:
                button.disabled = not may[name]
        self.show_pace(run.pace)
        shown = run.cadence.board_every > 0
        if self.board.value != shown:
            self._adopting = True
            self.board.value = shown
            self._adopting = False

    def show_pace(self, pace: Pace) -> None:
        """Take over a pace that was set elsewhere."""
        name = next(name for name, rate in SPEEDS.items() if rate == pace.steps_per_second)
        if self.speed.value != name:
            self._adopting = True
            self.speed.value = name
            self._adopting = False

    def _speed_chosen(self, event: Any) -> None:
        if not self._adopting:
            rate = SPEEDS[event.new]
            told = "as fast as it goes" if rate is None else f"{rate:,.0f} placements/s"
            self._send(Pace(rate), "speed", f"Speed: {told}")

    def _board_chosen(self, event: Any) -> None:
        if not self._adopting:
            told = "The board is shown" if event.new else "Headless: the board is not shown"
            self._send(Configure({"board_every": int(event.new)}), "board", told)


class TetrisControls(Form):
    """The form of a training: the trainer, and what can be chosen about it.

    `on_settings(settings)` is called when an edit asks for another training, `on_configure(changes)` when it changes
    the present one; both may raise ValueError, whose sentence then stands under the form.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        on_settings: Callable[[dict[str, Any]], None],
        on_configure: Callable[[dict[str, Any]], None],
    ) -> None:
        super().__init__()
        self._on_settings, self._on_configure = on_settings, on_configure
        self._head = section("Training")
        self.trainer = pmui.Select(label="Trainer", options=trainers(), size="small", **LABELLED)
        self.hint = html(
            f'<div class="hint">{recipe.INSTALL}</div>',
            visible=not recipe.is_available(),
            sizing_mode="stretch_width",
        )
        self._parts = stack(gap="14px")
        self.panel = stack(self._head, self.trainer, self.hint, self._parts, self.problem_text, gap="14px", p="16px")
        self._build(trainer_of(settings))
        self.show(settings)
        self.trainer.param.watch(self._trainer_chosen, "value")

    def _build(self, trainer: str) -> None:
        """Make the fields of a trainer."""
        self._built, (self.options, self.hyper) = trainer, owners_of(trainer)
        self._rows = {name: field_of(owner, name) for owner in (self.options, self.hyper) for name in names_of(owner)}
        learning = [name for name in names_of(self.hyper) if name not in (*GAME, "method")]
        self._parts.objects = [
            self._stacked(names_of(self.options)),
            pmui.Divider(**WIDE),
            section("Learning" if trainer in ALGORITHMS else "Search"),
            self._stacked(learning),
            pmui.Divider(**WIDE),
            section("Games"),
            self._stacked(name for name in GAME if name in self._rows),
        ]
        for owner in (self.options, self.hyper):
            owner.param.watch(self._edited, names_of(owner))

    def show(self, settings: Mapping[str, Any]) -> None:
        """Take over settings that came from elsewhere without asking for anything."""
        trainer = trainer_of(settings)
        with self.adopt():
            if trainer != self._built:
                self._build(trainer)
            self.trainer.value = trainer
            for owner in (self.options, self.hyper):
                owner.param.update(**{name: settings[name] for name in names_of(owner)})
        for name in ONLY_CROSS_ENTROPY:
            if name in self._rows:
                self._rows[name].visible = trainer == CROSS_ENTROPY
        self.relock()

    def relock(self) -> None:
        """Lock everything but the targets."""
        self._head.object = section_text("Training", LOCK if self.running else "")
        for name, part in {**self._rows, "trainer": self.trainer}.items():
            disable(part, self.running and name not in recipe.LIVE)

    def _stacked(self, names: Iterable[str]) -> Any:
        return stack(*(self._rows[name] for name in names), gap="4px")

    def _settings(self) -> dict[str, Any]:
        """What the fields say."""
        settings = {name: getattr(owner, name) for owner in (self.options, self.hyper) for name in names_of(owner)}
        return {"algorithm": self._built, **settings} if self._built in ALGORITHMS else settings

    def _trainer_chosen(self, event: Any) -> None:
        if not self.adopting:
            self.attempt(lambda: self._on_settings(settings_for(event.new, self._settings())))

    def _edited(self, *events: Any) -> None:
        if self.adopting:
            return
        if all(event.name in recipe.LIVE for event in events):
            self.attempt(lambda: self._on_configure({event.name: event.new for event in events}))
        else:
            self.attempt(lambda: self._on_settings(self._settings()))
