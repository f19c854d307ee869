"""Going back step by step, and running until or back to a condition: what takes time is found in a thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future

import panel as pn

from dashboards.hub.shared_run import SharedRun
from dashboards.live.background import from_threads, in_background, sentence
from dashboards.pages.downloads import button
from dashboards.pages.training.condition_form import ConditionForm
from dashboards.style.markup import fill
from dashboards.style.widgets import html, stack
from gridworld.insight.travel import TimeTravel
from gridworld.runs.commands import Pause, Until
from gridworld.runs.frame import Status
from gridworld.storage.keyframes import Keyframe
from gridworld.training.conditions import Condition
from gridworld.training.watch import Watch
from gridworld.worlds.problem import Problem

SECONDS = 120.0  # that a search may take; it can be stopped before
REPORT_SECONDS = 0.3  # between two reports of its progress
Report = Callable[[float], bool]
MOVING = Status.RUNNING, Status.STARTING


class TimeTravelPanel:
    """The buttons and the form by which a viewer goes through time; `panel` is what Panel lays out.

    Parameters
    ----------
    shared
        Return the present run, or None when it is gone.
    moment
        Return the moment that is looked at; None: the run as it is now.
    show
        Show a moment of the past.
    executor
        Where moments are looked for.
    """

    def __init__(
        self,
        problem: Problem,
        shared: Callable[[], SharedRun | None],
        moment: Callable[[], Keyframe | None],
        show: Callable[[Keyframe], None],
        executor: Executor,
    ) -> None:
        self._shared, self._moment, self._show, self._executor = shared, moment, show, executor
        self._asked, self._stops, self._is_searching = 0, False, False
        self._visited: list[Keyframe] = []
        self._until: tuple[Watch, str] | None = None
        self.form = ConditionForm(problem)
        self.steps = [
            button("Step back", "undo", self.step_back),
            button("Episode back", "replay", self.episode_back),
        ]
        self._runs = [
            button("Run back to", "history", self.run_back),
            button("Run until", "update", self.run_until),
        ]
        self.stop = button("Stop", "stop", self._stop)
        self.stop.visible = False
        self._status = html("", sizing_mode="stretch_width")
        actions = pn.Row(*self._runs, self.stop, margin=(7, 0, 3, 0), styles={"gap": "8px"}, align="end")
        fields = pn.Row(self.form.panel, actions, margin=0, styles={"gap": "0 12px", "flex-wrap": "wrap"})
        self.panel = stack(self.form.problem, self._status, fields, gap="0")  # an answer below would be out of sight

    def begin(self, problem: Problem) -> None:
        """Forget what was looked for, in another world or another life of the run."""
        self._asked += 1
        self._stops, self._until, self._visited = True, None, []
        self._end("")
        self.form.begin(problem)

    def step_back(self) -> None:
        """Show the run one step before what is shown."""
        self._find("", lambda travel, shown, report: travel.step_back(shown, report))

    def episode_back(self) -> None:
        """Show the run where the episode that is shown began, or the one before it."""
        self._find("", lambda travel, shown, report: travel.episode_back(shown, report))

    def go_to(self, step: int) -> None:
        """Show the run at a step."""
        self._find("", lambda travel, shown, report: travel.at(step, report))

    def run_back(self) -> None:
        """Show the run where the condition of the form held last before what is shown."""
        if (condition := self._read()) is not None:
            words = self._words(condition)
            self._find(words, lambda travel, shown, report: travel.last(condition, shown.step, report))

    def run_until(self) -> None:
        """Go on from a moment of the past to where the condition holds, or, from now, let the run go on to it."""
        condition, shared, moment = self._read(), self._shared(), self._moment()
        if condition is None or shared is None:
            return
        if moment is None:
            self._run_on(shared, condition)
        else:
            words = self._words(condition)
            self._find(words, lambda travel, shown, report: travel.first(condition, shown.step, report))

    def refresh(self, shared: SharedRun) -> None:
        """Report where the run has come to rest that was run until a condition."""
        if self._until is None or shared.status in MOVING:
            return
        watch, words = self._until
        self._until = None
        end = "Reached" if watch.found is not None else "Stopped before it was reached,"
        self._end(f"{end} at step {shared.frame.step:,}: {words}.")

    def _read(self) -> Condition | None:
        """Return the condition of the form; None, with the reason above the fields, if it makes no sense."""
        self.form.complain("")
        try:
            return self.form.read()
        except ValueError as problem:
            self._say("")
            self.form.complain(str(problem))
            return None

    def _words(self, condition: Condition) -> str:
        shared = self._shared()
        problem = shared.session.problem if shared is not None and shared.session is not None else None
        return condition.words(problem) if problem is not None else ""

    def _run_on(self, shared: SharedRun, condition: Condition) -> None:
        """Let the run go on until the condition holds."""
        words = self._words(condition)
        if shared.status is Status.FINISHED:
            self.form.complain("All episodes are done. Raise the number of episodes to run on, or run back.")
            return
        watch = condition.watch(stops=True)
        try:
            if shared.status in MOVING:
                shared.send(Pause(), "paused", "Paused")
            shared.send(Until(watch), "until", f"Run until {words}")
        except ValueError as problem:
            self.form.complain(sentence(problem))
            return
        self._until = watch, words
        self._begin(f"Running until {words} …")

    def _find(self, words: str, look: Callable[[TimeTravel, Keyframe, Report], Keyframe | None]) -> None:
        """Look for a moment in a thread, and show it; `words` are what is searched for."""
        shared = self._shared()
        if shared is None or shared.session is None or self._is_searching:
            return
        if shared.keyframes.problem:
            self._end(shared.keyframes.problem, "alert")
            return
        shown = self._moment()
        try:
            travel = TimeTravel(shared.session, (*shared.keyframes, *self._visited), seconds=SECONDS)
        except ValueError as problem:
            self._end(sentence(problem), "alert")
            return
        self._asked += 1
        asked, self._stops, self._is_searching = self._asked, False, True
        if words:
            self._begin(f"Searching: {words} …")

        def found(future: Future) -> None:
            self._is_searching = False
            if asked == self._asked:
                self._visited = [*self._visited, *travel.visited][-16:]
                self._take(future, words)

        report = self._reporting()
        in_background(self._executor, lambda: look(travel, shown or travel.now, report), found)

    def _take(self, future: Future, words: str) -> None:
        problem = future.exception()
        if problem is not None:
            self._end(sentence(problem), "alert")
        elif future.result() is None:
            self._end(f"Not found in that direction: {words}.")
        else:
            moment = future.result()
            self._end(f"At step {moment.step:,}: {words}." if words else "")
            self._show(moment)

    def _reporting(self) -> Report:
        """Return what takes the progress of a search in its thread; it returns whether to go on."""
        document, asked, last = pn.state.curdoc, self._asked, [time.monotonic()]
        change_soon = from_threads(document) if document is not None else None

        def report(share: float) -> bool:
            if change_soon is not None and time.monotonic() - last[0] > REPORT_SECONDS:
                last[0] = time.monotonic()
                change_soon(lambda: self._progress(asked, share))
            return not self._stops and asked == self._asked

        return report

    def _progress(self, asked: int, share: float) -> None:
        if asked == self._asked and self._is_searching:
            self._begin(f"Searching: {share:.0%} of the steps looked through …")

    def _stop(self) -> None:
        self._stops = True
        shared = self._shared()
        if self._until is not None and shared is not None and shared.status in MOVING:
            shared.send(Pause(), "paused", "Paused")

    def _begin(self, text: str) -> None:
        self.stop.visible = True
        self._say(text)

    def _end(self, text: str, role: str = "status") -> None:
        self.stop.visible = False
        self._say(text, role)

    def _say(self, text: str, role: str = "status") -> None:
        self._status.object = fill('<div class="hint" role="{}">{}</div>', role, text) if text else ""
