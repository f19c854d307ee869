"""Pictures of a run: its board, and its curves."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from gridworld.agents import agent_class
from gridworld.drawing.canvas import Canvas
from gridworld.drawing.palette import tokens
from gridworld.drawing.plot_area import PlotArea
from gridworld.drawing.plots import draw_numbers_below
from gridworld.insight.overlays import OVERLAYS, offered
from gridworld.insight.recent_past import with_updates
from gridworld.pictures.board import BoardPicture, Colours
from gridworld.pictures.curve_facts import SHARES
from gridworld.pictures.curves import LearningCurve, curves_of, draw_curve
from gridworld.pictures.journals import journal_of
from gridworld.pictures.picture import USUAL, Drawing, check_size, check_theme
from gridworld.pictures.recipe import recipe_of
from gridworld.pictures.recording import last_episode_only
from gridworld.runs.journal import Journal
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.placement import placed
from gridworld.worlds.problem import Problem

HEIGHT, WIDTH = 640.0, 760.0  # units in which pictures are drawn; the width is that of the curves
EDGE, BAR, HEAD = 12.0, 58.0, 24.0  # units around a picture, for the scale beside a board, and for a line above
SHORTEST = 100.0  # units of a board's side, so that there is room for the scale
LEFT, BELOW = 52.0, 26.0  # units beside and below a plot
SHAPES = {24: "disc", 4: "square", 3: "triangle", 5: "pentagon", 6: "hexagon"}  # by corners, of the best action
PICTURES = ("board", "curves")
"""What there are pictures of."""


def draw_picture(
    session: TrainingSession,
    what: str = "board",
    *,
    colour: str = "state value",
    theme: str = "light",
    size: int = USUAL,
    journal: Journal | None = None,
) -> Drawing:
    """Return a picture of a run at its present step.

    Parameters
    ----------
    session
        The run; it is left as it is.
    what
        "board" or "curves".
    colour
        What the colours of the board mean: the name of an overlay, such as "visits".
    theme
        "light" or "dark".
    size
        Height in pixels; of a board, about its longer side.
    journal
        Has the curves, if they are not to be worked out again.

    Raises
    ------
    ValueError
        In one sentence, for the board of a world without a map, or an argument that makes no sense.
    """
    check_theme(theme)
    check_size(size)
    recipe = recipe_of(session, what=what, colour=colour if what == "board" else "", theme=theme, size=size)
    if what == "board":
        settings = session.settings_in_force
        scene = last_episode_only(session.scene())
        if colour in OVERLAYS and OVERLAYS[colour].lately:
            scene = with_updates(session, scene)
        return board_picture(session.problem, scene, settings, colour=colour, theme=theme, size=size, recipe=recipe)
    if what != "curves":
        raise ValueError(f"There is no picture of {what!r}; choose one of {', '.join(PICTURES)}.")
    exploration = session.agent.settings().get("exploration", "epsilon-greedy")
    curves = curves_of(session.problem, journal or journal_of(session), exploration)
    return curves_picture(session.problem, curves, theme=theme, size=size, recipe=recipe)


def meaning_of(problem: Problem, settings: Settings, colour: str) -> Colours:
    """Return what the colours of a board mean.

    Raises
    ------
    ValueError
        If there is no such overlay, or it means nothing for this agent in this world.
    """
    if not problem.layouts:
        raise ValueError(f"{problem.name} has no map, so there is no picture of its board; there is one of its curves.")
    names = [name for name in offered(problem, settings.make_agent()).values() if name]
    if colour not in names:
        why = "means nothing for this agent in this world" if colour in OVERLAYS else "is not known"
        raise ValueError(f"The colour {colour!r} {why}; choose one of {', '.join(names)}.")
    return Colours(colour, settings, OVERLAYS[colour].scale())


def board_picture(
    problem: Problem,
    scene: Scene,
    settings: Settings,
    *,
    colour: str = "state value",
    theme: str = "light",
    size: int = USUAL,
    recipe: str = "",
) -> Drawing:
    """Return the board with an overlay, arrows, trail, agent and the scale of its colours. Raises as `meaning_of`."""
    meaning, colours = meaning_of(problem, settings, colour), tokens(dark=theme == "dark")
    meaning.follow(meaning.numbers(problem, scene))
    phase = min(scene.phase, len(problem.layouts) - 1)
    width, height = sides(problem, phase, HEIGHT - 2 * EDGE)
    top = EDGE + HEAD
    board = BoardPicture(problem, phase, meaning, (EDGE, top, width), colours)
    shapes = ", ".join(f"{SHAPES[n]}: {problem.actions[action]}" for action, n in board.arrows.corners.items())
    caption = f"{agent_title(settings.agent)} in {problem.title or problem.name}"
    full = max(width, SHORTEST) + 2 * EDGE + BAR, top + max(height, SHORTEST) + EDGE + HEAD

    def paint(canvas: Canvas) -> None:
        canvas.text(EDGE, EDGE + 7, meaning.overlay.title, colours["ink"], 13, bold=True)
        board.draw(canvas, scene)
        draw_panel_titles(canvas, board, colours)
        draw_scale(canvas, meaning, (full[0] - BAR - EDGE + 10, top, max(height, SHORTEST)), colours)
        canvas.text(EDGE, full[1] - 15, "; ".join(filter(None, [caption, shapes])), colours["muted"], 11)

    title = f"Board of {problem.title or problem.name}: {meaning.overlay.title}"
    return Drawing(*full, size / HEIGHT, title, colours, paint, recipe)


def sides(problem: Problem, phase: int, longer: float) -> tuple[float, float]:
    """Return the width and height of a board whose longer side is given."""
    west, east, south, north = placed(problem.layouts[phase][1]).bounds
    unit = longer / max(east - west, north - south)
    return unit * (east - west), unit * (north - south)


def agent_title(name: str) -> str:
    """Return the label of an algorithm."""
    return agent_class(name).label or name.replace("_", " ")


def draw_panel_titles(canvas: Canvas, board: BoardPicture, colours: Mapping[str, Any]) -> None:
    """Write the titles of a board's panels above each."""
    placement, area = board.map.placement, board.map.area
    if placement.layout.panels == 1:
        return
    size = min(13.0, placement.title_height * area.unit / 3)
    for title, (x, top) in zip(placement.layout.titles, placement.corners, strict=True):
        lines = title.replace(" → ", "\nto ").split("\n")  # the type has no arrow
        for i, line in enumerate(reversed(lines)):
            y = float(area.y(top)) - size * (0.9 + 1.15 * i)
            canvas.text(float(area.x(x)), y, line, colours["ink"], size)


def draw_scale(
    canvas: Canvas, meaning: Colours, place: tuple[float, float, float], colours: Mapping[str, Any], size: float = 11.0
) -> None:
    """Draw the colours from the top down, with what three of them mean, at (left, top, height)."""
    left, top, height = place
    ramp = colours["diverging" if meaning.scale.is_diverging else "ramp"]
    levels = np.arange(len(ramp), 0, -1)
    pixels = np.array([(*bytes.fromhex(ramp[level - 1][1:]), 255) for level in levels], np.uint8)[:, None]
    canvas.image(left, top, 12, height, pixels)
    inner = height - size
    for share, tick in zip((0, 0.5, 1), meaning.scale.ticks(), strict=True):
        canvas.text(left + 17, top + size / 2 + share * inner, tick, colours["muted"], size)


def curves_picture(
    problem: Problem, curves: list[LearningCurve], *, theme: str = "light", size: int = USUAL, recipe: str = ""
) -> Drawing:
    """Return curves one above the other, `size` pixels high."""
    colours = tokens(dark=theme == "dark")
    title = f"Learning curves in {problem.title or problem.name}"
    return Drawing(WIDTH, HEIGHT, size / HEIGHT, title, colours, partial(_paint_curves, curves, colours), recipe)


def _paint_curves(curves: list[LearningCurve], colours: Mapping[str, Any], canvas: Canvas) -> None:
    free, top = HEIGHT - 2 * EDGE - BELOW - len(SHARES) * HEAD, EDGE
    for curve, share in zip(curves, SHARES, strict=True):
        height = free * share / sum(SHARES)
        area = curve.placed(PlotArea(LEFT, top + HEAD, WIDTH - LEFT - EDGE, height - 8))
        canvas.text(EDGE, top + 9, curve.title, colours["ink"], 13, bold=True)
        if curve is curves[0]:
            draw_legend(canvas, curve, top + 9, WIDTH - EDGE, colours)
        draw_curve(canvas, area, curve, colours)
        top += HEAD + height
    draw_numbers_below(canvas, area, colours)


def draw_legend(
    canvas: Canvas, curve: LearningCurve, y: float, right: float, colours: Mapping[str, Any], size: float = 12.0
) -> None:
    """Write the name of each line in its colour, from the right."""
    entries = [("mean of last 50", "primary")]
    entries += [("greedy policy", "agent")] if len(curve.judged) else []
    entries += [(f"{name} {value:.4g}".replace("-", "−"), "muted") for name, value in curve.levels.items()]
    for words, colour in reversed(entries):
        canvas.text(right, y, words, colours[colour], size, "end")
        right -= 0.55 * size * len(words) + 14
