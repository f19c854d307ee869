"""The tab that goes back through a run: its keyframes on a slider, looked at by one viewer while the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from itertools import count
from typing import Any

import panel as pn

from dashboards.controls.number_field import WholeSlider
from dashboards.hub.executors import Executors
from dashboards.hub.shared_run import SharedRun
from dashboards.live.background import in_background, sentence
from dashboards.live.throttle import Throttle
from dashboards.live.view import Hideable
from dashboards.pages.downloads import button
from dashboards.pages.training.moment_link import MomentLink
from dashboards.pages.training.time_travel import TimeTravelPanel
from dashboards.style.markup import fill
from dashboards.style.widgets import SLIDER_SX, html, row, stack
from gridworld.runs.commands import Step
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.storage.keyframes import Keyframe, fork
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem

SECONDS = 0.5  # between two updates of the slider while the run goes on
BANNER = {
    "border": "1px solid var(--mui-palette-warning-main)",
    "border_radius": "8px",
    "background": "var(--mui-palette-background-paper)",
    "padding": "5px 8px 5px 12px",
    "justify_content": "space-between",
    "flex_wrap": "wrap",
}


class RewindView(Hideable):
    """Looks back at keyframes. It changes nothing of the run, and other viewers don't see it.

    Parameters
    ----------
    shared
        Return the present run, or None when it is gone.
    show
        `show(journal, episode)` puts a moment on the board and marks its episode; `show(None, None)` shows the run
        as it is now.
    go_on
        `go_on(session)` opens a run of its own that goes on with a session.
    executors
        Where a run is forked, and where moments are looked for.
    link
        Return a link to what is shown.
    """

    def __init__(
        self,
        problem: Problem,
        shared: Callable[[], SharedRun | None],
        show: Callable[[Journal | None, int | None], None],
        go_on: Callable[[TrainingSession], None],
        executors: Executors,
        link: Callable[[], str],
    ) -> None:
        self._shared, self._show, self._go_on, self._executor = shared, show, go_on, executors.files
        self.looking_at: Keyframe | None = None
        self._moving = False
        self._serial = count(1)
        self._throttle = Throttle(SECONDS)
        self.slider = WholeSlider(
            label="Moment shown", start=0, end=1, value=1, show_value=False, disabled=True, size="small", margin=0,
            sx=SLIDER_SX, sizing_mode="stretch_width",
        )  # fmt: skip
        self.slider.param.watch(self._moved, "value")
        self._place = html("", align="center", styles={"flex": "1 1 200px", "min-width": "0"})
        self._steps = [
            button("Earlier", "skip_previous", lambda: self._step(-1)),
            button("Later", "skip_next", lambda: self._step(1)),
        ]
        self.travel = TimeTravelPanel(problem, shared, lambda: self.looking_at, self._show_moment, executors.travel)
        self.link = MomentLink(link)
        steps = row(*self._steps, *self.travel.steps, self.link.button, self._place, gap="8px", flex_wrap="wrap")
        pad = {"padding": "6px 24px", "gap": "4px", "overflow": "auto"}
        self.panel = stack(self.slider, steps, self.link.field, self.travel.panel, **pad)
        self.banner = self._make_banner()

    def _make_banner(self) -> Any:
        self._banner_text = html("", align="center", styles={"min-width": "0"})
        back = button("Back to now", "update", self.leave)
        self._fork = button("Continue from here", "call_split", self._continue, color="primary", variant="contained")
        self._fork.sx = {"height": 32, "whiteSpace": "nowrap"}
        banner = row(self._banner_text, pn.Row(back, self._fork, margin=0, styles={"gap": "8px"}), **BANNER)
        banner.visible = False
        return banner

    def begin(self, problem: Problem) -> None:
        """Leave the moment that was shown, which is not part of the run's new epoch."""
        self.forget_waiting()
        self.travel.begin(problem)
        if self.looking_at is not None:
            self.leave()
        self._arrange()

    def refresh(self, journal: Journal) -> None:
        """Let the slider reach over the keyframes that came, and show how far the run is by now."""
        frame = journal.frame
        if frame is None or not self._throttle.ready(at_once=frame.status is not Status.RUNNING):
            return
        if self.looking_at is not None:
            self._tell(frame)
        if (shared := self._shared()) is not None:
            self.travel.refresh(shared)
        if self.is_seen(journal):
            self._arrange()

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Do nothing: everything follows the theme by itself."""

    def _arrange(self) -> None:
        """Move the slider to the moment that is shown; its end is for now alone."""
        shared = self._shared()
        if shared is None:
            return
        kept = shared.keyframes
        last = max(1, len(kept) - 1)
        value = last if self.looking_at is None or not len(kept) else min(kept.index(self.looking_at), last - 1)
        self._moving = True
        if (self.slider.end, self.slider.value) != (last, value):
            self.slider.param.update(end=last, value=value)
        disabled = len(kept) < 2
        for widget in (self.slider, *self._steps):
            if widget.disabled != disabled:
                widget.disabled = disabled
        self._moving = False
        self._say_place(kept.problem, len(kept))

    def _say_place(self, problem: str, kept: int) -> None:
        where = "now" if self.looking_at is None else f"{time_of(self.looking_at)}"
        text = problem or f"{kept} keyframe{'s' * (kept != 1)} from the beginning to now; shown: {where}"
        text = fill('<div class="hint">{}</div>', text)
        if self._place.object != text:
            self._place.object = text

    def _step(self, by: int) -> None:
        self.slider.value = min(self.slider.end, max(0, self.slider.value + by))

    def _moved(self, event: Any) -> None:
        shared = self._shared()
        if self._moving or shared is None or not len(shared.keyframes):
            return
        if event.new >= len(shared.keyframes) - 1:
            self.leave()
        else:
            self._look_at(shared, shared.keyframes[event.new])

    def open_at(self, step: int) -> list[str]:
        """Show the run at a step, as a link asks; return why that can't be, in a sentence, if it can't.

        A run that has not begun, such as that of a link whose run is gone, does these steps.
        """
        shared = self._shared()
        if shared is None or step == shared.frame.step:
            return []
        if step < shared.frame.step:
            self.travel.go_to(step)
        elif shared.status is Status.READY:
            shared.send(Step(step), "link", f"Run to step {step:,}, as the link asks")
        else:
            return [f"The link shows step {step:,}, and this run is at step {shared.frame.step:,}; start it to go on."]
        return []

    def _show_moment(self, moment: Keyframe) -> None:
        """Show a moment that was found; the slider goes to the keyframe next to it."""
        if (shared := self._shared()) is not None:
            self._look_at(shared, moment)
            self._arrange()

    def _look_at(self, shared: SharedRun, keyframe: Keyframe) -> None:
        """Show a moment: as a journal of its own, distinct from all others."""
        assert shared.journal.frame is not None
        self.looking_at = keyframe
        past = Journal()
        then = keyframe.step, keyframe.episode, keyframe.scene
        past.add(Frame(0, Status.PAUSED, *then, settings=keyframe.settings))
        past.revision = -next(self._serial)
        self._show(past, keyframe.episode)
        self._tell(shared.journal.frame)
        self.banner.visible = True
        self._say_place(shared.keyframes.problem, len(shared.keyframes))

    def _tell(self, now: Frame) -> None:
        assert self.looking_at is not None
        then = self.looking_at
        moment = f"<b>Episode {then.episode:,} of {now.episode:,}</b>, step {then.step:,}: a past moment is shown"
        text = f'<div role="status" style="font-size:13px">{moment}</div>'
        if self._banner_text.object != text:
            self._banner_text.object = text

    def leave(self) -> None:
        """Show the run as it is now."""
        self.looking_at = None
        self.banner.visible = False
        self._show(None, None)
        self._arrange()

    def _continue(self) -> None:
        """Fork a run from the moment looked at; this one stays."""
        keyframe = self.looking_at
        if keyframe is None:
            return
        self._fork.loading = True

        def forked(future: Future) -> None:
            self._fork.loading = False
            problem = future.exception()
            if problem is not None:
                self._banner_text.object = fill('<div role="alert">{}</div>', sentence(problem))
            else:
                self._go_on(future.result())

        in_background(self._executor, lambda: fork(keyframe), forked)


def time_of(keyframe: Keyframe) -> str:
    """Return the moment of a keyframe in words."""
    return f"Episode {keyframe.episode:,}, step {keyframe.step:,}"
