"""The tab in which two to four contestants step side by side with one seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

import panel as pn

from dashboards.controls.run_buttons import change
from dashboards.live.background import in_background, sentence
from dashboards.pages.downloads import button
from dashboards.style.choice import choice
from dashboards.style.markup import fill
from dashboards.style.theme import tokens
from dashboards.style.widgets import FILL, html, row
from dashboards.views.board.view import BoardView
from gridworld.experiments.plan import Cell
from gridworld.experiments.race import MOST_COMPARED, Race, parting
from gridworld.runs.frame import Frame
from gridworld.runs.journal import Journal
from gridworld.training.session import TrainingSession

SPEEDS = (2, 10, 50, 250, 1_000)  # steps a second
MOST = 4
FEW = "A race needs two contestants or more in a world that has a map."


class RaceTab:
    """Boards of one seed; nothing is built or run before `open` is called. Steps are done by the executor."""

    def __init__(self, executor: Executor, dark: Callable[[], bool]) -> None:
        self._executor, self._dark = executor, dark
        self._race: Race | None = None
        self._labels: list[str] = []
        self._boards: list[BoardView] = []
        self._journals: list[Journal] = []
        self._shown: Any = None
        self._is_playing = self._is_busy = False
        self.play = button("Race", "play_arrow", self._toggle)
        self.step = button("Step", "skip_next", lambda: self._advance(1))
        self.again = button("Begin again", "restart_alt", self._begin_again)
        options = {f"{speed:,} steps/s": speed for speed in SPEEDS}
        self.speed = choice("Speed", small=True, is_labelled=False, options=options, value=10, width=124, margin=0)
        self.text = html("", styles={"min-width": "0", "flex": "1"})
        self._hold = pn.Row(styles={"gap": "12px", "min-height": "0", "overflow": "auto"}, **FILL)
        tools = row(self.play, self.step, self.again, self.speed, self.text, gap="8px", flex_wrap="wrap")
        self.panel = pn.Column(tools, self._hold, styles={"gap": "8px", "min-height": "0"}, **FILL)

    def open(self, cells: Sequence[Cell], seed: int) -> None:
        """Show the boards of some cells, unless they are there already."""
        chosen = cells[:MOST]
        key = tuple(cell.key for cell in chosen), seed
        if key != self._shown:
            self._shown, self._cells, self._seed = key, chosen, seed
            self._begin_again()

    def tick(self, seconds: float) -> None:
        """Go on, if the race is going on."""
        if self._is_playing:
            self._advance(max(1, round(self.speed.value * seconds)))

    def retheme(self, dark: bool) -> None:
        """Take the colours of a theme."""
        for board in self._boards:
            board.retheme(tokens(dark))

    def _begin_again(self) -> None:
        self._set_playing(False)
        problem = self._cells[0].settings.make_problem()
        if len(self._cells) < 2 or not problem.layouts:
            self._race = None
            self._hold.objects = []
            self._report(FEW)
            return
        self._labels = [cell.label for cell in self._cells]
        if [board.problem for board in self._boards] != [problem] * len(self._cells):
            self._boards = [BoardView(problem, tokens(self._dark())) for _ in self._cells]
        self._hold.objects = [_named(cell.label, board) for cell, board in zip(self._cells, self._boards, strict=True)]
        self._journals = [Journal() for _ in self._cells]
        for board in self._boards:
            board.begin(problem)
        cells, seed = self._cells, self._seed
        self._report("Looking for the step at which they part …")
        self._is_busy = True
        in_background(self._executor, lambda: _prepared(cells, seed), self._take)

    def _take(self, future: Future[tuple[Race, str, list[Frame]]]) -> None:
        self._is_busy = False
        if problem := future.exception():
            self._report(sentence(problem))
            return
        self._race, text, frames = future.result()
        self._report(text)
        self._show(frames)

    def _toggle(self) -> None:
        self._set_playing(not self._is_playing)

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
            return [session.frame() for session in race.sessions]

        def done(future: Future[list[Frame]]) -> None:
            self._is_busy = False
            if problem := future.exception():
                self._set_playing(False)
                self._report(sentence(problem))
            elif race is self._race:
                self._show(future.result())

        in_background(self._executor, work, done)

    def _show(self, frames: Sequence[Frame]) -> None:
        for board, journal, frame in zip(self._boards, self._journals, frames, strict=True):
            journal.add(frame)
            board.refresh(journal)

    def _report(self, text: str) -> None:
        change(self.text, object=fill('<div class="hint" role="status">{}</div>', text))


def _named(label: str, board: BoardView) -> pn.Column:
    title = html(fill('<div class="label"><b>{}</b></div>', label))
    return pn.Column(title, board.panel, styles={"min-height": "0", "min-width": "260px"}, **FILL)


def _prepared(cells: Sequence[Cell], seed: int) -> tuple[Race, str, list[Frame]]:
    """Return a race that is about to begin, where its first two part, and its first frames."""
    settings = [replace(cell.settings, seed=seed, episodes=cell.episodes) for cell in cells]
    found = parting(TrainingSession(settings[0]), TrainingSession(settings[1]), MOST_COMPARED)
    sessions = [TrainingSession(each) for each in settings]
    for session in sessions:
        session.compile()
    text = f"Seed {seed}. {found.sentence(cells[0].label, cells[1].label)}"
    return Race(sessions), text, [session.frame() for session in sessions]
