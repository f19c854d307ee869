"""The greedy policy as arrows: a stem and a head for each best action of a cell."""

from __future__ import annotations

import numpy as np

MAX_TIES = 6
HEAD = 0.17  # distance from a head's middle to its tip
FIELDS = ("stem_x", "stem_y", "length", "head_x", "head_y", "angle", "corners")
NONE = np.array([np.nan, np.nan, 0, np.nan, np.nan, 0, 3])
POLYGONS = (24, 4, 3, 5, 6)  # corners of the marks of actions without direction, in their order


class Arrows:
    """Turns best actions into columns of `FIELDS`, float32 [slots * N]: all first arrows, then all second...

    `shrink` and `lift` make room for a number below.
    """

    def __init__(self, directions: tuple[tuple[int, int] | None, ...], centres: np.ndarray, with_numbers: bool) -> None:
        self.directions = directions[:62]
        self.slots = min(max(1, len(self.directions) - 1), MAX_TIES)
        self.shrink, self.lift = (0.8, 0.09) if with_numbers else (1.0, 0.0)
        self.centres = centres
        aimless = [action for action, direction in enumerate(self.directions) if direction is None]
        self.corners = {action: POLYGONS[i % len(POLYGONS)] for i, action in enumerate(aimless)}

    def columns(self, best: np.ndarray) -> dict[str, np.ndarray]:
        """Return the arrows of cells whose best actions are `best`, bool [N, A]."""
        codes = best[:, : len(self.directions)] @ (1 << np.arange(len(self.directions)))
        patterns, which = np.unique(codes, return_inverse=True)
        table = np.array([self._pattern(int(code)) for code in patterns]).reshape(-1, self.slots, len(FIELDS))
        arrows = table[which].transpose(2, 1, 0)
        x, y = self.centres.T
        shift = {"stem_x": x, "head_x": x, "stem_y": y + self.lift, "head_y": y + self.lift}
        return {name: (arrows[i] + shift.get(name, 0)).astype(np.float32).ravel() for i, name in enumerate(FIELDS)}

    def empty(self) -> dict[str, np.ndarray]:
        """Return the columns with no arrow drawn."""
        return self.columns(np.zeros((len(self.centres), len(self.directions)), bool))

    def _pattern(self, code: int) -> list[np.ndarray]:
        """Return the arrows of a set of actions, relative to the cell's centre."""
        actions = [action for action in range(len(self.directions)) if code >> action & 1][: self.slots]
        drawn = [self._arrow(action, len(actions) == 1) for action in actions]
        return drawn + [NONE] * (self.slots - len(drawn))

    def _arrow(self, action: int, is_alone: bool) -> np.ndarray:
        """Return an arrow through the centre if alone, else one from the centre outwards."""
        direction = self.directions[action]
        if direction is None:
            corners = self.corners[action]
            return np.array([np.nan, np.nan, 0, 0, 0, np.pi / 4 if corners == 4 else 0, corners])
        right, up = direction[1], -direction[0]
        start, end, head = (-0.33, 0.12, 0.18) if is_alone else (0.05, 0.18, 0.22)
        middle, head, length = (self.shrink * value for value in ((start + end) / 2, head, end - start))
        return np.array(
            [right * middle, up * middle, length, right * head, up * head, np.arctan2(up, right) - np.pi / 2, 3]
        )
