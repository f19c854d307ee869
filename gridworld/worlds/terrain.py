"""What never changes on a board: grounds, marks, start squares and thin walls, as columns for its sources."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from gridworld.drawing.palette import CLEAR, EDGE
from gridworld.worlds.layout import Kind, Layout
from gridworld.worlds.placement import MARKS, Outline, Placement, bar, corners, placed
from gridworld.worlds.transition_model import TransitionModel

BASE: dict[
    Kind, tuple[str, float, str, str, str]
] = {  # kind: colour of the ground and its opacity, colour of its edge, hatching and its colour
    Kind.WALL: ("wall", 1.0, "wall", "right_diagonal_line", "hatch"),
    Kind.PIT: ("pit", 1.0, "pitx", " ", "pit"),
    Kind.CLIFF: ("pit", 1.0, "pitx", " ", "pit"),
    Kind.GOAL: ("goal", 0.16, "goal", " ", "goal"),
}
CROWD = 0.5  # with more than this share of the floor a start, the squares are left out


class HasMaps(Protocol):
    """A world or a problem: its maps and its models, each with the step from which it holds."""

    @property
    def layouts(self) -> tuple[tuple[int, Layout], ...]: ...

    @property
    def phases(self) -> tuple[tuple[int, TransitionModel], ...]: ...


class Terrain:
    """The still part of one map of a world."""

    def __init__(self, problem: HasMaps, phase: int) -> None:
        self.placement = placed(problem.layouts[phase][1])
        self.kinds = self.placement.kinds
        self.is_single = self.placement.layout.panels == 1
        self.landings = _landings(problem, phase, self.placement) if self.is_single else {}

    @property
    def has_acting(self) -> np.ndarray:
        """Which cells an agent can act from, bool [N]. On several panels a goal is a place like any other."""
        still = [Kind.WALL, Kind.PIT, Kind.CLIFF] + ([Kind.GOAL] if self.is_single else [])
        return ~np.isin(self.kinds, still) & (self.placement.states >= 0)

    @property
    def starts(self) -> np.ndarray:
        """The start cells, int64; none where nearly every cell is one."""
        starts = np.flatnonzero(self.kinds == Kind.START)
        open_cells = np.isin(self.kinds, [Kind.START, Kind.FLOOR]).sum()
        return starts if len(starts) <= max(1, CROWD * open_cells) else starts[:0]

    def grounds(self) -> dict[str, Any]:
        """Return a square under each wall, pit, cliff and goal; colours by name."""
        bases = {kind: base for kind, base in BASE.items() if kind is not Kind.GOAL or self.is_single}
        cells = np.flatnonzero(np.isin(self.kinds, list(bases)))
        rows = [bases[Kind(self.kinds[cell])] for cell in cells]
        names = ("fill", "opacity", "line", "hatch", "hatching")
        columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
        return {**self.points(cells), **columns}

    def marks(self, shrink: float = 1.0, lift: float = 0.0) -> dict[str, Any]:
        """Return the outline of each mark and its colours; `shrink` and `lift` move those of jumps and exits off a
        number."""
        shapes: list[tuple[Outline, str, float, str]] = []
        for kind, (outlines, colour) in MARKS.items():
            moved = kind in (Kind.JUMP, Kind.EXIT)
            scale, up = (shrink, lift) if moved else (self.placement.scale if kind is Kind.GOAL else 1.0, 0.0)
            for centre in self.placement.centres[self.kinds == kind]:
                for x, y in outlines():
                    outline = centre[0] + scale * x, centre[1] + up + scale * y
                    shapes.append((outline, colour, 1.0, EDGE if kind is Kind.GOAL else CLEAR))
        shapes += self._links(lift)
        names = ("fill", "opacity", "line")
        columns = {name: [shape[1 + i] for shape in shapes] for i, name in enumerate(names)}
        return {"xs": [x for (x, _), *_ in shapes], "ys": [y for (_, y), *_ in shapes], **columns}

    def _links(self, lift: float) -> list[tuple[Outline, str, float, str]]:
        """Return a faint line from each jump to where it lands, and that cell's corners."""
        shapes: list[tuple[Outline, str, float, str]] = []
        for jump, landing in self.landings.items():
            start, end = self.placement.centres[jump] + [0, lift], self.placement.centres[landing]
            along = (end - start) / np.hypot(*(end - start))
            shapes.append((bar(start + 0.31 * along, end - 0.36 * along, 0.07), "mark", 0.3, CLEAR))
            shapes += [((end[0] + x, end[1] + y), "mark", 1.0, CLEAR) for x, y in corners()]
        return shapes

    def fences(self) -> dict[str, Any]:
        """Return a thin rectangle along each fence."""
        return dict(
            zip(("x", "y", "width", "height"), self.placement.fences().astype(np.float32).T.copy(), strict=True)
        )

    def points(self, cells: np.ndarray) -> dict[str, Any]:
        """Return the centres of some cells, float32."""
        x, y = self.placement.centres[cells].astype(np.float32).T
        return {"x": x.copy(), "y": y.copy()}


def _landings(problem: HasMaps, phase: int, placement: Placement) -> dict[int, int]:
    """Return jump cell -> the cell that every action surely leads to."""
    if not problem.phases:
        return {}
    model = problem.phases[min(phase, len(problem.phases) - 1)][1]
    cell_of = placement.layout.cell_of(model.n_states)
    landings = {}
    for cell in np.flatnonzero(placement.kinds == Kind.JUMP):
        state = placement.states[cell]
        reached = np.unique(model.successor[state][model.probability[state] > 0])
        if len(reached) == 1 and reached[0] != state and cell_of[reached[0]] >= 0:
            landings[int(cell)] = int(cell_of[reached[0]])
    return landings
