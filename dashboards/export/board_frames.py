"""The board at all keyframes in one figure: each source holds them all, and a filter for each view shows one."""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from bokeh.models import CDSView, ColumnDataSource, DataTable, GlyphRenderer, GroupFilter, Plot

from dashboards.views.board.figure import BoardFigure
from dashboards.views.board.map import BoardMap
from gridworld.pictures.board import Colours
from gridworld.pictures.journals import Still
from gridworld.pictures.recording import Recording
from gridworld.planning.policies import preferred_actions
from gridworld.worlds.problem import Problem

FRAME = "keyframe"
FEWER_BYTES = {"float64": np.float32, "int64": np.int32}


class KeyframeViews:
    """Groups the rows of sources by keyframe. `filters` are the ones that a player moves on by their `group`."""

    def __init__(self, first: int = 0) -> None:
        self.first = first
        self.filters: list[GroupFilter] = []

    def show(
        self, source: ColumnDataSource, columns: dict[str, Any], renderers: list[GlyphRenderer] | list[DataTable]
    ) -> None:
        """Give a source the rows of all keyframes, `FRAME` among the columns, of which the renderers show one each."""
        source.data = columns
        for renderer in renderers:
            chosen = GroupFilter(column_name=FRAME, group=self.first)
            renderer.view = CDSView(filter=chosen)
            self.filters.append(chosen)

    def add(self, onto: Plot, source: ColumnDataSource, columns: dict[str, Any], *glyphs: Any) -> None:
        """Draw glyphs of a source that holds all keyframes."""
        self.show(source, columns, [onto.add_glyph(source, glyph) for glyph in glyphs])


class BoardKeyframes:
    """The board of a recording, drawn by what draws the live one, a keyframe after the other.

    One scale of colours holds for all keyframes, so that a colour means the same in all of them.
    """

    def __init__(
        self, recording: Recording, meaning: Colours, colours: dict[str, Any], keyframe_views: KeyframeViews
    ) -> None:
        self.problem, self.stills, self.meaning = recording.problem, recording.stills, meaning
        self.drawing = BoardFigure()
        self.drawing.retheme(colours)
        self.drawing.use_palette("diverging" if meaning.scale.is_diverging else "ramp")
        self._maps = [self._map_of(still) for still in self.stills]
        self._numbers = [
            meaning.numbers(problem, still.scene) for (problem, _), still in zip(self._maps, self.stills, strict=True)
        ]
        for numbers in self._numbers:
            meaning.follow(numbers)
        self._moving = [self.drawing.cells, self.drawing.picture, self.drawing.arrows, self.drawing.trail]
        self._moving += [self.drawing.agent, self.drawing.panel_frame, self.drawing.wedges]
        if len(set(self._maps)) > 1:
            still = [self.drawing.grounds, self.drawing.marks, self.drawing.fences, self.drawing.starts]
            self._moving += still
        self._record(keyframe_views)

    def _record(self, keyframe_views: KeyframeViews) -> None:
        """Draw all keyframes one after the other, and keep what each put into the sources."""
        taken: list[list[dict[str, Any]]] = [[] for _ in self._moving]
        shown: tuple[Problem, int] | None = None
        for still, wanted, numbers in zip(self.stills, self._maps, self._numbers, strict=True):
            if wanted != shown:
                shown, self.map = wanted, BoardMap(self.drawing, *wanted)
            draw(self.map, still, numbers, self.meaning)
            for rows, source in zip(taken, self._moving, strict=True):
                rows.append(visible_rows(source.data))
        self._set_visibility()
        for rows, source in zip(taken, self._moving, strict=True):
            renderers = [one for one in self.drawing.figure.renderers if one.data_source is source and one.visible]
            keyframe_views.show(source, stacked(rows) if renderers else {name: [] for name in source.data}, renderers)

    def _map_of(self, still: Still) -> tuple[Problem, int]:
        """Return the world of a keyframe, which may have been edited before it, and the map that is in force."""
        problem = still.scene.problem or self.problem
        return problem, min(still.scene.phase, len(problem.layouts) - 1)

    def _set_visibility(self) -> None:
        """Show what suits the board's size: squares, outlines and arrows, or one picture."""
        drawing, board, by_action = self.drawing, self.map, self.meaning.overlay.by_action
        is_image = board.is_large or (by_action and board.has_wheels)
        is_shown = {
            drawing.image: is_image,
            drawing.heat: not is_image and not by_action,
            drawing.outlines: not is_image,
            drawing.numbers: board.has_numbers and not by_action,
            **dict.fromkeys(drawing.policy, not is_image and not by_action),
            **dict.fromkeys(drawing.wedge_marks, by_action and not is_image),
        }
        drawing.figure.renderers = [
            renderer
            for renderer in drawing.figure.renderers
            if is_shown.get(renderer, True) and not (board.is_large and renderer.data_source is drawing.cells)
        ]
        if board.is_large:
            drawing.figure.tools = []
        else:
            drawing.set_hover(self.problem.actions)


def draw(board: BoardMap, still: Still, numbers: np.ndarray, meaning: Colours) -> None:
    """Put one keyframe into the sources of the board."""
    scene, levels = still.scene, meaning.levels(numbers)
    is_visited, best = scene.visits.sum(axis=1) > 0, preferred_actions(scene.action_values, scene.visits)
    if meaning.overlay.by_action:
        board.draw_wedges(levels, numbers, meaning.write, best)
        levels = np.zeros(len(levels), np.uint8)
    elif board.has_numbers:
        board.draw_numbers([meaning.write(value) for value in numbers], scene.state)
    if not (meaning.overlay.by_action and board.has_wheels):
        board.draw_levels(levels, is_visited)
    board.draw_policy(scene)
    board.draw_agent(scene)
    board.size_motion(meaning.overlay.by_action)
    if not board.is_large:
        board.show_details(scene)


def visible_rows(data: Any) -> dict[str, Any]:
    """Return a copy of the rows of a source, without those that have no place on the board."""
    places = [np.asarray(data[name], float) for name in ("x", "head_x") if name in data]
    if not places:
        return {name: list(column) for name, column in data.items()}
    kept = np.flatnonzero(np.isfinite(places[0]))
    return {
        name: column[kept] if isinstance(column, np.ndarray) else [_own(column[i]) for i in kept]
        for name, column in data.items()
    }


def _own(value: Any) -> Any:
    """Return a copy; an outline as numbers of three decimals, which take less room in the file than an array."""
    return value.round(3).tolist() if isinstance(value, np.ndarray) and value.dtype == np.float32 else copy(value)


def stacked(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the rows of all keyframes as one set of columns, with the number of the keyframe beside each."""
    columns: dict[str, Any] = {}
    for name in parts[0]:
        pieces = [part[name] for part in parts]
        if all(isinstance(piece, np.ndarray) for piece in pieces):
            column = np.concatenate(pieces)
            columns[name] = column.astype(FEWER_BYTES.get(column.dtype.name, column.dtype))
        else:
            columns[name] = [value for piece in pieces for value in piece]
    lengths = [len(next(iter(part.values()))) for part in parts]
    columns[FRAME] = np.repeat(np.arange(len(parts), dtype=np.uint16), lengths)
    return columns
