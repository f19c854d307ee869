"""Where the news of an update came from, as buttons: a click goes to the moment of that update."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import panel_material_ui as pmui

from dashboards.style.buttons import on_press
from dashboards.style.markup import fill
from dashboards.style.widgets import html, stack
from gridworld.insight.past import MOST_ORIGINS
from gridworld.insight.update import Update
from gridworld.insight.words import written
from gridworld.worlds.problem import Problem

ENTRY_SX = {
    "justifyContent": "flex-start",
    "textAlign": "left",
    "textTransform": "none",
    "fontSize": ".75rem",
    "lineHeight": 1.4,
    "p": "2px 6px",
    "fontVariantNumeric": "tabular-nums",
}


class OriginsList:
    """The updates before an update, the newest first; `visit(update)` shows one at its moment. `panel` is the list."""

    def __init__(self, visit: Callable[[Update], None]) -> None:
        self._visit = visit
        self._links: Sequence[Update] = ()
        self._end = html("")
        self.entries = [self._entry(i) for i in range(MOST_ORIGINS)]
        head = html('<h3 style="font-size:13px;line-height:20px;margin:0">Where the news came from</h3>')
        self.panel = stack(head, *self.entries, self._end, gap="0")
        self.panel.visible = False

    def _entry(self, i: int) -> pmui.Button:
        made = pmui.Button(
            label="", variant="text", color="primary", size="small", margin=0, visible=False, sx=ENTRY_SX
        )
        on_press(made, lambda: self._choose(i))
        return made

    def _choose(self, i: int) -> None:
        if i < len(self._links):
            self._visit(self._links[i])

    def show(self, links: Sequence[Update], end: str, problem: Problem) -> None:
        """Show a chain of updates, and with what it ends; with no such sentence there is nothing to show."""
        self._links = links
        for entry, link in zip(self.entries, links, strict=False):
            name, place = problem.actions_of(link.state)[link.action], problem.state_name(link.state)
            label = f"Step {link.step:,}: {name} in {place}, {written(link.old)} → {written(link.new)}"
            if (entry.label, entry.visible) != (label, True):
                entry.param.update(label=label, description="Show this moment", visible=True)
        for entry in self.entries[len(links) :]:
            if entry.visible:
                entry.visible = False
        text = fill('<div class="hint">{}</div>', end)
        if self._end.object != text:
            self._end.object = text
        if self.panel.visible != bool(end):
            self.panel.visible = bool(end)
