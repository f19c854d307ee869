"""A number for each action of a cell: four wedges, each on the side that its action leads to."""

from __future__ import annotations

import numpy as np

from dashboards.live.patches import patch_changes
from dashboards.views.board.figure import BoardFigure
from gridworld.worlds.placement import MOST_OUTLINED, REACH, Placement

WRITTEN, WRITTEN_IF_ROOMY = 5, 7  # boards of more cells in width or height have no numbers in the wedges
MIDDLE = (0.23, 0.33)  # from a cell's centre to a wedge's number (beside, above)
STEP = 0.08  # how far the number on the left stands higher, and that on the right lower, so that both may be long


class Wedges:
    """The wedges of one map. Rows of its sources are cell by cell, action by action.

    Parameters
    ----------
    board
        The figure whose sources are filled.
    placement, cells
        Where the cells are, and which of them an agent can act from, int64 [N].
    is_roomy
        Whether the page is so wide that numbers fit into smaller cells.
    """

    def __init__(self, board: BoardFigure, placement: Placement, cells: np.ndarray, is_roomy: bool) -> None:
        self.board = board
        self.is_written = placement.side <= (WRITTEN_IF_ROOMY if is_roomy else WRITTEN)
        self._outlined = placement.side <= MOST_OUTLINED
        centres = placement.centres[cells][:, None]
        aims = np.array(placement.layout.directions, float)[:, ::-1] * [1, -1]  # [A, 2], x to the right and y upwards
        across = np.stack([-aims[:, 1], aims[:, 0]], 1)
        corners = np.stack([0 * aims, REACH * (aims + across), REACH * (aims - across)], 1)  # [A, 3, 2]
        outlines = (centres[:, :, None] + corners).reshape(-1, 3, 2).astype(np.float32)
        steps = np.stack([0 * aims[:, 0], -STEP * aims[:, 0]], 1)
        x, y = (centres + np.array(MIDDLE) * aims + steps).reshape(-1, 2).astype(np.float32).T
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
        columns = {"level": levels.ravel(), "best": (best & self._outlined).ravel().astype(np.uint8)}
        patch_changes(self.board.wedges, {**columns, "number": numbers} if self.is_written else columns)
