"""Where the agent, its trail and the frame of its panel are drawn: worked out once for all pages of a run."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from dashboards.live.panel_patches.sources import Overwriting
from gridworld.worlds.placement import Placement

TRAIL = 20


class Motion(NamedTuple):
    """What is drawn of an agent, as patches of float32 columns; nan where there is nothing to draw."""

    trail: Overwriting  # x, y [TRAIL], the newest disc last; each cell has the newest of those that fall on it
    agent: Overwriting  # x, y [3], three rings
    panel: Overwriting  # x, y, width, height [1], where there are several panels; else empty


@lru_cache(maxsize=256)
def motion_of(placement: Placement, passed: tuple[int, ...], cell: int) -> Motion:
    """Return the motion of an agent in `cell` that entered the cells `passed`, the newest last; -1 is no cell."""
    points, taken = np.full((2, TRAIL), np.nan, np.float32), {-1}
    for age, entered in enumerate(reversed(passed), 1):
        if entered not in taken:
            taken.add(entered)
            points[:, -age] = placement.centres[entered]
    centre = placement.centres[cell] if cell >= 0 else np.full(2, np.nan)
    x, y = np.repeat(np.float32(centre), 3).reshape(2, 3)
    trail, agent = Overwriting({"x": points[0], "y": points[1]}), Overwriting({"x": x, "y": y})
    return Motion(trail, agent, Overwriting(_frame(placement, cell)))


def _frame(placement: Placement, cell: int) -> dict[str, np.ndarray]:
    """Return a frame around the panel that holds a cell."""
    layout = placement.layout
    if layout.panels == 1 or cell < 0:
        return {}
    left, top = placement.corners[cell // layout.kinds[0].size]
    frame = (left + layout.columns / 2, top - layout.rows / 2, layout.columns + 0.3, layout.rows + 0.3)
    return dict(zip(("x", "y", "width", "height"), np.array(frame, np.float32)[:, None], strict=True))
