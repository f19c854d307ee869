"""Why this column? The best placements of the piece at hand, with what each feature adds to their value."""

from __future__ import annotations

from typing import Any

from dashboards.live.view import Hideable
from dashboards.style.markup import fill
from dashboards.style.widgets import html
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.tetris.explain import PlacementValue, explain

SHOWN = 3
CSS = """
:host { color: var(--mui-palette-text-primary); font-size: 12px; line-height: 16px; }
summary { cursor: pointer; font-weight: 700; }
table { border-spacing: 0; font-variant-numeric: tabular-nums; width: 100%; }
th { font-weight: 400; color: var(--mui-palette-text-secondary); }
th, td { padding: 1px 6px; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
"""
PAUSED_ONLY = "Pause the demo to see what each placement of the piece is worth."


class WhyView(Hideable):
    """Explains the next placement while the demo rests; while it plays there is one sentence."""

    def __init__(self) -> None:
        self.panel = html("", stylesheets=[CSS], sizing_mode="stretch_width")
        self.begin()

    def begin(self, problem: Any = None) -> None:
        """Show nothing."""
        self._seen: tuple[int, int] | None = None
        self.panel.object = ""

    def refresh(self, journal: Journal) -> None:
        """Explain the piece at hand, if the demo rests."""
        frame = journal.frame
        if frame is None or (frame.epoch, journal.revision) == self._seen:
            return
        self._seen = frame.epoch, journal.revision
        text = _text(frame)
        if self.panel.object != text:
            self.panel.object = text

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Do nothing: the text follows the theme by itself."""


def _text(frame: Frame) -> str:
    board = frame.scene.board if frame.scene else None
    if board is None or board.over:
        return ""
    if frame.status is Status.RUNNING:
        return fill("<div>{}</div>", PAUSED_ONLY)
    player = frame.settings
    best = explain(board.cells, board.piece, player["weights"], player["features"])
    return _table(best[:SHOWN], player["features"], len(best))


def _table(best: list[PlacementValue], features: tuple[str, ...], legal: int) -> str:
    heads = "".join(
        fill("<th>column {}, {}°</th>", placement.column + 1, 90 * placement.rotation) for placement in best
    )
    lines = [("value", [placement.value for placement in best])]
    lines += [(name, [float(placement.parts[i]) for placement in best]) for i, name in enumerate(features)]
    rows = "".join(
        fill("<tr><td>{}</td>", name) + "".join(fill("<td>{}</td>", f"{value:,.2f}") for value in values) + "</tr>"
        for name, values in lines
    )
    title = fill("Why this column? The best {} of {} placements, feature times weight", len(best), legal)
    return f"<details><summary>{title}</summary><table><tr><th></th>{heads}</tr>{rows}</table></details>"
