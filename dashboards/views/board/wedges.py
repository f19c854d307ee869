"""A number for each action of a cell: four wedges, each on the side that its action leads to."""

from __future__ import annotations

import numpy as np

from dashboards.live.patches import patch_changes
from dashboards.views.board.figure import BoardFigure
from dashboards.views.board.geometry import Placement
from gridworld.worlds.layout import Layout

MOST = 30  # boards of more cells in width or height have no wedges: a browser can't draw so many in time
WRITTEN = 7  # and those of more than this many have no numbers in them
REACH, MIDDLE = 0.46, (0.26, 0.33)  # from a cell's centre to its edge, and to a wedge's number (beside, above)
SIDES = {(-1, 0), (0, 1), (1, 0), (0, -1)}


def has_wedges(layout: Layout) -> bool:
    """Return whether a map is drawn well with wedges: small enough, and each action leads to a side of its own."""
    aims = [aim for aim in layout.directions if aim is not None]
    fits = layout.panels == 1 and max(layout.rows, layout.columns) <= MOST
    return fits and len(aims) == len(layout.directions) == len(SIDES) and set(aims) == SIDES


class Wedges:
    """The wedges of one map. Rows of its sources are cell by cell, action by action.

    Parameters
    ----------
    board
        The figure whose sources are filled.
    placement, cells
        Where the cells are, and which of them an agent can act from, int64 [N].
    """

    def __init__(self, board: BoardFigure, placement: Placement, cells: np.ndarray) -> None:
        self.board = board
        self.is_written = placement.side <= WRITTEN
        centres = placement.centres[cells][:, None]
        aims = np.array(placement.layout.directions, float)[:, ::-1] * [1, -1]  # [A, 2], x to the right and y upwards
        across = np.stack([-aims[:, 1], aims[:, 0]], 1)
        corners = np.stack([0 * aims, REACH * (aims + across), REACH * (aims - across)], 1)  # [A, 3, 2]
        outlines = (centres[:, :, None] + corners).reshape(-1, 3, 2).astype(np.float32)
        x, y = (centres + np.array(MIDDLE) * aims).reshape(-1, 2).astype(np.float32).T
        number = len(outlines)
        board.fill(
            board.wedges,
            {
                "xs": list(outlines[:, :, 0]),
                "ys": list(outlines[:, :, 1]),
                "level": np.zeros(number, np.uint8),
                "best": np.zeros(number, np.uint8),
                "x": x.copy(),
                "y": y.copy(),
                "number": [""] * number,
            },
        )

    def draw(self, levels: np.ndarray, best: np.ndarray, numbers: list[str]) -> None:
        """Colour the wedges, uint8 [N, A], outline the best, bool [N, A], and write the numbers, [N A], if they fit."""
        columns = {"level": levels.ravel(), "best": best.ravel().astype(np.uint8)}
        patch_changes(self.board.wedges, {**columns, "number": numbers} if self.is_written else columns)
