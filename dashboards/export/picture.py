"""The board and the curves as pictures, SVG or PNG, without a browser and as the page draws them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dashboards.export.board_frames import draw, scale_of
from dashboards.export.journals import Still, journal_of
from dashboards.export.recording import last_episode_only
from dashboards.export.svg import PlotArea, document, text
from dashboards.export.svg_axes import grid, numbers_below
from dashboards.export.svg_glyphs import marks_of
from dashboards.style.formatting import number
from dashboards.style.theme import tokens
from dashboards.views.board.figure import BoardFigure
from dashboards.views.board.map import BoardMap
from dashboards.views.plots.learning_curves import EXPLORATIONS, SHARES, CurvesView
from dashboards.views.plots.plot import Plot
from gridworld.runs.journal import Journal
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import Problem

HEIGHT, WIDTH = 640, 760  # units in which pictures are drawn; the width is that of the curves
EDGE, BAR = 12, 58  # pixels around a picture, and for the scale beside the board
SHORTEST = 100  # pixels of a board's side, so that there is room for the scale
LEFT, HEADING, BELOW = 52, 24, 26  # pixels beside, above and below a plot
SHAPES = {24: "disc", 4: "square", 3: "triangle", 5: "pentagon", 6: "hexagon"}  # by corners, of the best action
WHAT_TO_INSTALL = "A PNG needs the library cairosvg: pip install 'gridworld-lab[pictures]'; an SVG needs nothing."


def board_svg(problem: Problem, scene: Scene, *, theme: str = "light", size: int = HEIGHT) -> str:
    """Return the board with values, arrows, trail and agent, and the scale of its colours.

    Its longer side is `size` pixels; the other is as long as its map needs.

    Raises
    ------
    ValueError
        For a world without a map.
    """
    if not problem.layouts:
        raise ValueError(f"{problem.name} has no map, so there is no picture of its board; there is one of its curves.")
    colours, drawing, still = tokens(dark=theme == "dark"), BoardFigure(), Still(0, 0, scene)
    drawing.retheme(colours)
    board, scale = BoardMap(drawing, problem, min(scene.phase, len(problem.layouts) - 1)), scale_of((still,))
    draw(board, still, scale)
    drawing.image.visible = board.is_large
    drawing.heat.visible = drawing.outlines.visible = not board.is_large
    drawing.numbers.visible = board.has_numbers
    width, height = _sides(board)
    frame = PlotArea(drawing.figure, EDGE, EDGE, width, height)
    width, height = max(width, SHORTEST) + 2 * EDGE, max(height, SHORTEST) + 2 * EDGE
    body = marks_of(frame) + _panel_titles(board, frame, colours) + _scale_bar(scale.ticks(), width, height, colours)
    shapes = [f"{SHAPES[n]}: {problem.actions[action]}" for action, n in board.policy.corners.items()]
    body += text(EDGE, height - 5, ", ".join(shapes), colours["muted"], 11)
    title = f"Board of {problem.title or problem.name}"
    return document(width + BAR, height, body, title, colours, size * height / HEIGHT)


def _sides(board: BoardMap) -> tuple[float, float]:
    """Return the width and height of the board; the longer one is that of a square picture."""
    left, right, bottom, top = board.placement.bounds
    unit = (HEIGHT - 2 * EDGE) / max(right - left, top - bottom)
    return unit * (right - left), unit * (top - bottom)


def _panel_titles(board: BoardMap, frame: PlotArea, colours: dict[str, Any]) -> str:
    """Return the titles of a board's panels, above each."""
    layout = board.placement.layout
    if layout.panels == 1:
        return ""
    size = min(13.0, board.placement.title_height * frame.unit / 3)
    parts = []
    for title, (x, top) in zip(layout.titles, board.placement.corners, strict=True):
        lines = title.replace(" → ", "\nto ").split("\n")  # not all fonts have the arrow
        for i, line in enumerate(reversed(lines)):
            parts.append(
                text(float(frame.x(x)), float(frame.y(top)) - size * (0.9 + 1.15 * i), line, colours["ink"], size)
            )
    return "".join(parts)


def _scale_bar(ticks: tuple[str, ...], left: float, height: float, colours: dict[str, Any]) -> str:
    """Return the colours from the top down, with what three of them mean."""
    stops = "".join(
        f'<stop offset="{1 - i / 63:.3f}" stop-color="{colours["ramp"][i]}"/>' for i in reversed(range(0, 64, 9))
    )
    height -= 2 * EDGE
    bar = f'<rect x="{left:g}" y="{EDGE}" width="12" height="{height:g}" rx="3" fill="url(#ramp)"/>'
    labels = "".join(
        text(left + 17, EDGE + 6 + share * (height - 12), tick, colours["muted"], 11)
        for share, tick in zip((0, 0.5, 1), ticks, strict=True)
    )
    return f'<linearGradient id="ramp" x2="0" y2="1">{stops}</linearGradient>{bar}{labels}'


def curves_svg(
    problem: Problem,
    journal: Journal,
    *,
    exploration: str = "epsilon-greedy",
    theme: str = "light",
    size: int = HEIGHT,
) -> str:
    """Return the curves of a journal (return, steps, exploration), one above the other, `size` pixels high."""
    colours = tokens(dark=theme == "dark")
    view = CurvesView(problem, colours)
    view.set_exploration(EXPLORATIONS[exploration][0])
    view.refresh(journal)
    has_greedy = len(journal.histories["evaluations"]) > 0
    free = HEIGHT - 2 * EDGE - BELOW - len(SHARES) * HEADING
    parts, top = [], float(EDGE)
    for plot, share in zip(view.in_order, SHARES, strict=True):
        parts.append(text(EDGE, top + 9, plot.title, colours["ink"], 13, bold=True))
        parts += _legend(_levels(view, plot), has_greedy, top + 9, colours) if plot is view.in_order[0] else []
        frame = PlotArea(plot.figure, LEFT, top + HEADING, WIDTH - LEFT - EDGE, free * share / sum(SHARES) - 6)
        parts += [grid(frame, colours), marks_of(frame)]
        top += HEADING + free * share / sum(SHARES)
    parts.append(numbers_below(frame, colours))
    title = f"Learning curves in {problem.title or problem.name}"
    return document(WIDTH, HEIGHT, "\n".join(parts), title, colours, size)


def _levels(view: CurvesView, plot: Plot) -> dict[str, float]:
    """Return the best that is known of what a plot shows, by what it is called."""
    if plot is view.returns:
        return view.best
    return {} if view.fewest is None else {"fewest": view.fewest}


def _legend(best: dict[str, float], has_greedy: bool, y: float, colours: dict[str, Any]) -> list[str]:
    """Return the legend: the name of each line in its colour, from the right."""
    entries = [("mean of last 50", "primary")]
    entries += [("greedy policy", "agent")] if has_greedy else []
    entries += [(f"{name} {number(value)}", "muted") for name, value in best.items()]
    ends = WIDTH - EDGE - np.cumsum([0] + [7 * len(words) + 14 for words, _ in reversed(entries)])
    return [
        text(float(end), y, words, colours[colour], 12, "end")
        for end, (words, colour) in zip(ends, reversed(entries), strict=False)
    ]


PICTURES = ("board", "curves")
"""What there are pictures of."""


def picture_svg(
    what: str,
    problem: Problem,
    journal: Journal,
    hyperparameters: Mapping[str, Any],
    *,
    theme: str = "light",
    size: int = HEIGHT,
) -> str:
    """Return a picture of the board or of the curves as a journal has them.

    Raises
    ------
    ValueError
        For the board of a world without a map.
    """
    if what == "board":
        assert journal.frame is not None
        return board_svg(problem, last_episode_only(journal.frame.scene), theme=theme, size=size)
    exploration = hyperparameters.get("exploration", "epsilon-greedy")
    return curves_svg(problem, journal, exploration=exploration, theme=theme, size=size)


def session_svg(session: TrainingSession, what: str = "board", *, theme: str = "light", size: int = HEIGHT) -> str:
    """Return a picture of a session at its present step; ValueError as for `picture_svg`."""
    return picture_svg(what, session.problem, journal_of(session), session.agent.settings(), theme=theme, size=size)


def to_png(svg: str) -> bytes:
    """Return a picture as PNG, as many pixels high as the SVG.

    Raises
    ------
    ValueError
        With what to install, where `cairosvg` is missing or finds no cairo.
    """
    try:
        import cairosvg
    except ImportError:
        raise ValueError(WHAT_TO_INSTALL) from None
    except OSError:
        raise ValueError("cairosvg finds no cairo; install it, on Debian with: apt install libcairo2.") from None
    return cairosvg.svg2png(svg.encode())
