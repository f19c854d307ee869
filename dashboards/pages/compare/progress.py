"""How far a comparison is, and what its buttons can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.presses import Switch
from dashboards.controls.run_buttons import PAUSE, RESET, RESUME, START, Action, CommandButtons, RunState, change
from dashboards.style.markup import fill
from dashboards.style.widgets import WIDE, at, html
from gridworld.experiments.curves import counted
from gridworld.experiments.experiment import Experiment
from gridworld.runs.commands import Command, Stop
from gridworld.runs.frame import Status

STOP = Action("Stop", "stop", "stop", Stop(), lambda state: state.status in (Status.RUNNING, Status.PAUSED))
ACTIONS = (START, PAUSE, RESUME, STOP, RESET)
GRID: dict[str, Any] = {
    "display": "grid",
    "gap": {"xs": "8px 6px", "sm": "10px 8px"},
    "alignItems": "center",
    "height": "auto",
    "gridTemplateColumns": {"xs": "1fr 1fr 1fr", "sm": "104px 88px 92px auto minmax(0, 1fr)"},
    "gridTemplateAreas": {
        "xs": '"play stop reset" "early early early" "progress progress progress"',
        "sm": '"play stop reset early progress"',
    },
}
PROGRESS_CSS = """
:host { font: 12px/18px var(--bokeh-base-font); color: var(--mui-palette-text-secondary); }
progress { width: 100%; height: 6px; display: block; margin-top: 4px; appearance: none; border: 0; border-radius: 3px;
  overflow: hidden; background: var(--mui-palette-divider); accent-color: var(--mui-palette-primary-main); }
progress::-webkit-progress-bar { background: var(--mui-palette-divider); }
progress::-webkit-progress-value { background: var(--mui-palette-primary-main); }
progress::-moz-progress-bar { background: var(--mui-palette-primary-main); }
"""


class ProgressBar:
    """Start, Pause, Stop and Reset, whether to end early, and how long it will take."""

    def __init__(self, send: Callable[[Command, str, str], None], end_early: Callable[[bool], None]) -> None:
        self.commands = CommandButtons(send, ACTIONS)
        self.early = Switch(label="Stop when decided", value=False, size="small", **at("early"))
        self.early.param.watch(lambda event: end_early(event.new), "value")
        self._text = html(
            "", stylesheets=[PROGRESS_CSS], sizing_mode="stretch_width", **{**at("progress"), "margin": 0}
        )
        self.panel = pmui.Column(*self.commands.buttons.values(), self.early, self._text, sx=GRID, **WIDE)

    @property
    def text(self) -> str:
        """How far it is, as HTML."""
        return self._text.object

    def show(self, experiment: Experiment, status: Status) -> None:
        """Show how far a comparison is; it is shown as running until its last figures are there."""
        self.commands.show(RunState(status))
        change(self.early, value=experiment.stop_when_decided)
        done, total = experiment.done, experiment.total
        bar = fill('<progress max="{}" value="{}" aria-label="Runs done"></progress>', total, done)
        change(self._text, object=fill("<div>{}</div>", written(experiment, status)) + bar)


def written(experiment: Experiment, status: Status) -> str:
    """Return in words how far a comparison is."""
    done, total = experiment.done, experiment.total
    runs = f"{done:,} of {total:,} runs"
    if status is not experiment.status:
        return f"{runs} · computing the figures"
    if experiment.status is Status.RUNNING:
        left = experiment.seconds_left
        return f"{runs} · {duration(left)} left" if left is not None else f"{runs} · compiling or starting"
    if experiment.status is Status.PAUSED:
        return f"{runs} · paused"
    if experiment.status is Status.FINISHED and experiment.stopped_early:
        return f"{runs} · {ending(experiment)}"
    return f"{runs}" if done else f"{total:,} runs to do"


def ending(experiment: Experiment) -> str:
    """Return in words how a comparison ended early, and which of its runs the figures show, if not all."""
    how = "ended early: the best is decided" if experiment.is_decided else "stopped"
    each = experiment.result.plan.runs if experiment.result else 0
    if each * len(experiment.plan.cells) == experiment.done:
        return how
    if not each:
        return f"{how} before every contestant had a run"
    first = f"the first {counted(each)} of each contestant"
    if experiment.is_decided:
        return f"{how} by {first}, which the figures show"
    return f"{how}; the figures show {first}: not all have more"


def duration(seconds: float) -> str:
    """Return a time in words that suit its length."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
