"""The tab in which contestants, or a run and its twin, step side by side with one seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from functools import partial
from typing import Any

import panel as pn

from dashboards.controls.run_buttons import change
from dashboards.live.background import in_background, sentence
from dashboards.pages.compare.race_boards import DIFFERENCES, RaceBoards
from dashboards.pages.compare.twin_form import Origin, Racers, TwinForm
from dashboards.pages.downloads import button
from dashboards.style.choice import choice
from dashboards.style.markup import fill
from dashboards.style.widgets import FILL, WHOLE, html, row
from gridworld.experiments.plan import Cell
from gridworld.experiments.race import Race, partings
from gridworld.runs.frame import Frame
from gridworld.training.session import TrainingSession

SPEEDS = (2, 10, 50, 250, 1_000)  # steps a second
MOST = 4
CONTESTANTS, TWINS = "the contestants", "a run and its twin"
FEW = "A race needs two contestants or more."
NO_MAP = "This world has no map, so there is nothing to see of a race in it."


class RaceTab:
    """Boards of one seed; nothing is built or run before `open` is called. Steps are done by the executor.

    Parameters
    ----------
    executor
        What does the steps.
    dark
        Return whether the page has a dark theme.
    origin
        The run whose twin the page was opened for, if it was.
    """

    def __init__(self, executor: Executor, dark: Callable[[], bool], origin: Origin | None = None) -> None:
        self._executor = executor
        self._race: Race | None = None
        self._wanted: Racers | None = None
        self._cells: Sequence[Cell] = ()
        self._seed = 0
        self._is_playing = self._is_busy = False
        self.boards = RaceBoards(dark)
        self.play = button("Race", "play_arrow", self._toggle)
        self.step = button("Step", "skip_next", lambda: self._advance(1))
        self.again = button("Begin again", "restart_alt", self._begin_again)
        speeds = {f"{speed:,} steps/s": speed for speed in SPEEDS}
        look: dict[str, Any] = {"small": True, "is_labelled": False, "margin": 0}
        self.speed = choice("Speed", options=speeds, value=10, width=124, **look)
        kind = TWINS if origin else CONTESTANTS
        self.kind = choice("Race of", options=[CONTESTANTS, TWINS], value=kind, width=170, **look)
        self.kind.param.watch(lambda event: self._begin_again(), "value")
        self.colour = choice("Map of", options=DIFFERENCES, width=190, **look)
        self.colour.param.watch(lambda event: self.boards.show_difference(event.new), "value")
        self.twin = TwinForm(self._begin_again, origin)
        self.twin.panel.visible = kind == TWINS
        self.text = html("", sizing_mode="stretch_width")
        self.counter = html("")
        choices = self.speed, self.kind, self.colour
        tools = row(self.play, self.step, self.again, *choices, self.counter, gap="8px", flex_wrap="wrap")
        parts = tools, self.twin.panel, self.text, self.boards.panel
        self.panel = pn.Column(*parts, styles={**WHOLE, "gap": "8px"}, **FILL)

    def open(self, cells: Sequence[Cell], seed: int) -> None:
        """Show the race of some cells, unless it is there already."""
        chosen = cells[:MOST]
        if (tuple(chosen), seed) != (tuple(self._cells), self._seed):
            self._cells, self._seed = chosen, seed
            self.twin.offer(chosen, seed)
            self._begin_again()

    def tick(self, seconds: float) -> None:
        """Go on, if the race is going on."""
        if self._is_playing:
            self._advance(max(1, round(self.speed.value * seconds)))

    def retheme(self, dark: bool) -> None:
        """Take the colours of a theme."""
        self.boards.retheme(dark)

    def _racers(self) -> Racers:
        """Return who races. Raises ValueError, in one sentence, where nothing can."""
        if self.kind.value == TWINS:
            return self.twin.racers()
        if len(self._cells) < 2:
            raise ValueError(FEW)
        settings = [replace(cell.settings, seed=self._seed, episodes=cell.episodes) for cell in self._cells]
        return Racers([cell.label for cell in self._cells], lambda: list(map(TrainingSession, settings)))

    def _begin_again(self) -> None:
        self._set_playing(False)
        self._race = self._wanted = None
        change(self.counter, object="")
        change(self.twin.panel, visible=self.kind.value == TWINS)
        if not self._cells:  # not open yet
            return
        problem = self._cells[0].settings.make_problem()
        try:
            if not problem.layouts:
                raise ValueError(NO_MAP)
            racers = self._racers()
        except ValueError as mistake:
            self.boards.clear()
            self._report(sentence(mistake))
            return
        self.boards.begin(problem, racers.labels)
        self._report("Looking for the step at which they part …")
        self._wanted = racers

        def prepare() -> tuple[Race, str, list[Frame]] | None:
            return _prepared(racers) if racers is self._wanted else None

        in_background(self._executor, prepare, partial(self._take, racers))

    def _take(self, racers: Racers, future: Future[tuple[Race, str, list[Frame]]]) -> None:
        if racers is not self._wanted:  # others race by now
            return
        self._is_busy = False
        if problem := future.exception():
            self._wanted = None
            self._set_playing(False)
            self.boards.clear()
            self._report(sentence(problem))
            return
        self._race, text, frames = future.result()
        self._report(text)
        self._show_frames(self._race, frames)

    def _toggle(self) -> None:
        self._set_playing(not self._is_playing and self._wanted is not None)

    def _set_playing(self, is_playing: bool) -> None:
        self._is_playing = is_playing
        change(self.play, label="Pause race" if is_playing else "Race", icon="pause" if is_playing else "play_arrow")

    def _advance(self, steps: int) -> None:
        """Do steps off the loop, unless the last ones are still being done."""
        race = self._race
        if race is None or self._is_busy:
            return
        if race.finished:
            self._set_playing(False)
            return
        self._is_busy = True

        def work() -> list[Frame]:
            race.advance(steps)
            return _frames(race)

        in_background(self._executor, work, partial(self._show, race))

    def _show(self, race: Race, future: Future[list[Frame]]) -> None:
        if race is not self._race:
            return
        self._is_busy = False
        if problem := future.exception():
            self._set_playing(False)
            self._report(sentence(problem))
        else:
            self._show_frames(race, future.result())

    def _show_frames(self, race: Race, frames: Sequence[Frame]) -> None:
        self.boards.show(frames)
        change(self.counter, object=fill('<div class="hint">Step {}</div>', f"{race.step:,}"))

    def _report(self, text: str) -> None:
        change(self.text, object=fill('<div class="hint" role="status">{}</div>', text))


def _prepared(racers: Racers) -> tuple[Race, str, list[Frame]]:
    """Return a race that is about to begin, where the first parts from the others, and its first frames."""
    first, *others = racers.labels
    found = zip(partings(racers.make()), others, strict=True)
    race = Race(racers.make())
    for session in race.sessions:
        session.compile()
    seed = race.sessions[0].settings.seed
    return (
        race,
        " ".join([f"Seed {seed}.", *(parting.sentence(first, other) for parting, other in found)]),
        _frames(race),
    )


def _frames(race: Race) -> list[Frame]:
    return [replace(session.frame(), settings=session.settings) for session in race.sessions]
