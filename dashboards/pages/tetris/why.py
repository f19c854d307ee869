"""Why this column? Every placement of the piece at hand, with what each feature adds to its value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboards.live.view import Hideable
from dashboards.pages.tetris.marks import PlacementMarks
from dashboards.style.formatting import number
from dashboards.style.markup import fill
from dashboards.style.widgets import html
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.tetris.explain import PlacementValue, explain
from gridworld.tetris.game.pieces import NAMES

MARKED = 3
CSS = """
:host { color: var(--mui-palette-text-primary); font-size: 12px; line-height: 18px; padding: 12px; overflow: auto; }
p { margin: 0 0 6px; }
table { border-spacing: 0; font-variant-numeric: tabular-nums; }
th { font-weight: 400; color: var(--mui-palette-text-secondary); vertical-align: bottom; }
th, td { padding: 1px 8px; text-align: right; max-width: 84px; border-bottom: 1px solid var(--mui-palette-divider); }
td { white-space: nowrap; }
tr.weights td { color: var(--mui-palette-text-secondary); }
tr.best td, td.value { font-weight: 700; }
"""
HINT = (
    "Pause the demo, or play it step by step: then each placement of the piece at hand is here with what every feature "
    "adds to its value, and the best three are marked on the demo’s board."
)

SUM = "each feature times its weight; their sum is the value. The pointer shows the feature itself."
NETWORK = "its features, and the value that the network gives it."


class WhyView(Hideable):
    """Explains the next placement while the demo rests, in a table and by `marks` on its board."""

    def __init__(self, marks: PlacementMarks) -> None:
        self._marks = marks
        self.panel = html("", stylesheets=[CSS], sizing_mode="stretch_both")
        self.begin()

    def begin(self, problem: Any = None) -> None:
        """Show what there will be."""
        self._seen: tuple[int, int] | None = None
        self._write([], 0, (), ())

    def refresh(self, journal: Journal) -> None:
        """Explain the piece at hand, if the demo rests."""
        frame = journal.frame
        if frame is None or (frame.epoch, journal.revision) == self._seen:
            return
        self._seen = frame.epoch, journal.revision
        board = frame.scene.board if frame.scene else None
        if board is None or board.over or frame.status is Status.RUNNING:
            self._write([], 0, (), ())
        else:
            self._explain(frame)

    def retheme(self, tokens: dict[str, Any]) -> None:
        """Take the colours of a theme; the text follows by itself."""
        self._marks.retheme(tokens)

    def _explain(self, frame: Frame) -> None:
        board, player = frame.scene.board, frame.settings
        found = explain(board.cells, board.piece, player["weights"], player["features"])
        self._write(found, board.piece, player["weights"], player["features"])

    def _write(
        self, found: list[PlacementValue], piece: int, weights: Sequence[float], features: Sequence[str]
    ) -> None:
        self._marks.show(piece, found[:MARKED])
        text = _table(found, piece, weights, features) if found else fill("<p>{}</p>", HINT)
        if self.panel.object != text:
            self.panel.object = text


def _table(found: list[PlacementValue], piece: int, weights: Sequence[float], features: Sequence[str]) -> str:
    is_linear = len(weights) == len(features)
    names = ("", "column", "turned", "value", *features)
    head = "<tr>" + "".join(fill("<th>{}</th>", name) for name in names) + "</tr>"
    if is_linear:
        own = "".join(fill("<td>× {}</td>", number(weight)) for weight in weights)
        head += f'<tr class="weights"><td></td><td></td><td></td><td></td>{own}</tr>'
    rows = "".join(_row(rank, placement) for rank, placement in enumerate(found, 1))
    about = SUM if is_linear else NETWORK
    title = fill("<p>All {} placements of the piece {}, the best first: {}</p>", len(found), NAMES[piece], about)
    return f'{title}<table aria-label="Placements">{head}{rows}</table>'


def _row(rank: int, placement: PlacementValue) -> str:
    features = placement.features.tolist()
    parts = placement.parts.tolist() or features
    cells = "".join(
        fill('<td title="{}">{}</td>', number(feature), number(part + 0.0))
        for feature, part in zip(features, parts, strict=True)
    )
    facts = rank, placement.column + 1, f"{90 * placement.rotation}°", number(placement.value)
    start = fill('<td>{}</td><td>{}</td><td>{}</td><td class="value">{}</td>', *facts)
    return f'<tr class="{"best" if rank == 1 else ""}">{start}{cells}</tr>'
