"""What went wrong with a run: the reason, the whole traceback to copy, and a way on where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel_material_ui as pmui

from dashboards.hub.shared_run import SharedRun
from dashboards.style.buttons import on_press
from dashboards.style.markup import fill, plain
from dashboards.style.widgets import WIDE, html
from gridworld.runs.frame import Status

REASON_CSS = """
:host { color: var(--mui-palette-text-primary); font-size: 13px; line-height: 20px; }
summary { cursor: pointer; }
textarea { width: 100%; height: 160px; box-sizing: border-box; margin-top: 4px; padding: 8px; resize: vertical;
  font: 12px/16px monospace; color: inherit; background: var(--mui-palette-background-paper);
  border: 1px solid var(--mui-palette-divider); border-radius: 6px; }
"""


class Failure:
    """Calls `resume()` when the user wants to go on from a run's checkpoint; `parts` are what Panel lays out."""

    def __init__(self, resume: Callable[[], None] | None = None) -> None:
        self.refusal = ""  # why the newest command was not followed
        self.sentence = ""  # what is shown
        self.alert = pmui.Alert(object="", severity="error", visible=False, **WIDE)
        self.traceback = html("", stylesheets=[REASON_CSS], sizing_mode="stretch_width", visible=False)
        self.resume = pmui.Button(
            label="Resume from the checkpoint", icon="restore", variant="outlined", visible=False, margin=0, height=36
        )
        self.parts: tuple[Any, ...] = (self.alert, self.traceback)
        if resume is not None:
            on_press(self.resume, resume)
            self.parts += (self.resume,)

    def show(self, shared: SharedRun) -> None:
        """Show the reason of a failure, of a refusal, or of an error during a training that goes on."""
        error = shared.frame.error or ""
        failed = shared.status is Status.FAILED
        resumable = failed and shared.frame.resumable
        if self.resume.visible != resumable:
            self.resume.visible = resumable
        has_traceback = "\n" in error.strip()
        text = self._sentence(failed, shared.frame.unsaved, shared.frame.reason)
        if self.sentence != text:
            self.report(text, "error" if failed and not self.refusal else "warning")
            area = '<textarea readonly aria-label="Traceback">{}</textarea>'
            whole = fill(f"<details><summary>The full traceback, to copy</summary>{area}</details>", error)
            self.traceback.param.update(object=whole if has_traceback else "", visible=has_traceback)

    def _sentence(self, failed: bool, unsaved: bool, reason: str) -> str:
        if self.refusal:
            return self.refusal
        if failed:
            why = reason.rstrip(".") or "no reason is known"
            return f"The run failed: {why}. Reset begins it again; other runs are not affected."
        if unsaved:
            return reason
        return f"While the run goes on: {reason}" if reason else ""

    def report(self, text: str, severity: str = "error") -> None:
        """Show a sentence; an empty one takes it away."""
        self.sentence = text
        self.alert.param.update(object=plain(text), severity=severity, visible=bool(text))
