"""The board's one Bokeh figure: its sources and what is drawn from them. Made once, whatever world it shows."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.core.properties import value
from bokeh.models import ColumnDataSource, GlyphRenderer, HoverTool, LinearColorMapper, Range1d
from bokeh.models.glyphs import Circle, Image, Line, Ngon, Patches, Rect, Text
from bokeh.plotting import figure

from dashboards.style.markup import fill
from dashboards.style.theme import CLEAR, FONT, LIGHT
from gridworld.drawing.arrows import FIELDS
from gridworld.drawing.colour_scale import LEVELS

BOX: dict[str, Any] = {"width": 0.94, "height": 0.94, "border_radius": 3}
TOOLTIP = (
    '<div style="margin:-5px;padding:6px 10px;background:{paper};color:{ink};border:1px solid {line};'
    'font:12px/18px {font}"><b>@name</b>'
    '<table style="border-spacing:8px 0;margin:0 -8px;font-variant-numeric:tabular-nums">{table}</table></div>'
)


class BoardFigure:
    """All marks are in data units (cells), so they scale with the figure at any size.

    `named` sources hold a colour's name beside each colour, so that a theme can be painted over them.
    """

    def __init__(self) -> None:
        self.colours: dict[str, Any] = {}
        self._actions: tuple[str, ...] = ()
        self._palette = "ramp"
        self.x_range, self.y_range = Range1d(0, 1), Range1d(0, 1)
        self.figure = figure(
            x_range=self.x_range,
            y_range=self.y_range,
            toolbar_location=None,
            tools="",
            min_border=0,
            outline_line_color=None,
            background_fill_alpha=0,
            border_fill_alpha=0,
            sizing_mode="stretch_both",
        )
        self.figure.axis.visible = self.figure.grid.visible = False
        self.mapper = LinearColorMapper(low=0.5, high=LEVELS + 0.5, palette=LIGHT["ramp"], low_color=CLEAR)
        self._still: list[tuple[Any, str, str]] = []
        self._obstacles: ColumnDataSource | None = None
        self._add_cells()
        self._add_terrain()
        self._add_motion()

    def _add_cells(self) -> None:
        """Draw values as squares or, on a large board, as one picture; outline what was not visited."""
        self.cells = source_of("x", "y", "level", "blank", "number", "number_y")
        self.picture = source_of("image", "x", "y", "dw", "dh")
        heat = {"field": "level", "transform": self.mapper}
        self.image = self._draw(
            self.picture, Image(image="image", x="x", y="y", dw="dw", dh="dh", color_mapper=self.mapper)
        )
        self.heat = self._draw(self.cells, Rect(x="x", y="y", fill_color=heat, line_color=None, **BOX))
        self.wedges = source_of("xs", "ys", "level", "best", "x", "y", "number")
        wedge = Patches(xs="xs", ys="ys", fill_color=heat, line_alpha="best", line_width=2)
        self.wedge_marks = [self._draw(self.wedges, wedge, line_color="mark")]
        outline = Rect(
            x="x", y="y", fill_color=None, line_alpha="blank", line_width=1, **{**BOX, "width": 0.9, "height": 0.9}
        )
        self.outlines = self._draw(self.cells, outline, line_color="unknown")
        self._touched = self._draw(self.cells, Rect(x="x", y="y", width=1, height=1, fill_color=None, line_color=None))
        self.hover = HoverTool(renderers=[self._touched], tooltips=[])
        self.figure.add_tools(self.hover)

    def _add_terrain(self) -> None:
        self.grounds = source_of("x", "y", "fill_colour", "opacity", "line_colour", "hatch", "hatching_colour")
        self.marks = source_of("xs", "ys", "fill_colour", "opacity", "line_colour")
        self.fences, self.starts = source_of("x", "y", "width", "height"), source_of("x", "y")
        ground = Rect(
            x="x",
            y="y",
            fill_color="fill_colour",
            fill_alpha="opacity",
            line_color="line_colour",
            line_width=1,
            hatch_pattern="hatch",
            hatch_color="hatching_colour",
            hatch_scale=6,
            hatch_weight=1.25,
            **{**BOX, "width": 0.92, "height": 0.92},
        )
        self._draw(self.grounds, ground)
        self.trail = source_of("x", "y", "radius", "opacity")
        trail = Circle(x="x", y="y", radius="radius", fill_alpha="opacity", line_color=None)
        self.trail_marks = self._draw(self.trail, trail, fill_color="trail")
        self._draw(
            self.marks,
            Patches(xs="xs", ys="ys", fill_color="fill_colour", fill_alpha="opacity", line_color="line_colour"),
        )
        fence = Rect(x="x", y="y", width="width", height="height", line_color=None)
        self._draw(self.fences, fence, fill_color="mark")
        self.start = Rect(
            x="x", y="y", fill_color=None, line_width=2, line_dash=[4, 3], **{**BOX, "width": 0.9, "height": 0.9}
        )
        self._draw(self.starts, self.start, line_color="mark")

    def _add_motion(self) -> None:
        """Draw arrows, numbers and the agent, above all else."""
        self.arrows = source_of(*FIELDS)
        self.chosen, self.path = source_of("x", "y"), source_of("x", "y")
        self.agent, self.panel_frame = (
            source_of("x", "y", "radius", "fill_colour"),
            source_of("x", "y", "width", "height"),
        )
        self.stem = Rect(x="stem_x", y="stem_y", width=0.085, height="length", angle="angle", line_color=None)
        self.head = Ngon(x="head_x", y="head_y", radius=0.2, angle="angle", n="corners", line_color=None)
        self.policy = [self._draw(self.arrows, glyph, fill_color="mark") for glyph in (self.stem, self.head)]
        text = Text(x="x", y="number_y", text="number", text_font_size="11px", text_font=value(FONT))
        text.update(text_align="center", text_baseline="middle")
        self.numbers = self._draw(self.cells, text, text_color="mark")
        text = Text(x="x", y="y", text="number", text_font_size="10px", text_font=value(FONT))
        text.update(text_align="center", text_baseline="middle")
        self.wedge_marks.append(self._draw(self.wedges, text, text_color="mark"))
        rim = Rect(x="x", y="y", width="width", height="height", fill_color=None, line_width=2, border_radius=4)
        self._draw(self.panel_frame, rim, line_color="agent")
        line = Line(x="x", y="y", line_width=2, line_dash=[2, 4], line_cap="round")
        self._draw(self.path, line, line_color="primary")
        ring = Rect(x="x", y="y", fill_color=None, line_width=3, **{**BOX, "width": 0.96, "height": 0.96})
        self._draw(self.chosen, ring, line_color="primary")
        rings = Circle(x="x", y="y", radius="radius", fill_color="fill_colour", line_color=None)
        self._draw(self.agent, rings)

    def _draw(self, source: ColumnDataSource, glyph: Any, **colours: str) -> GlyphRenderer:
        """Add a glyph; `colours` are its properties that a theme sets."""
        self._still += [(glyph, name, colour) for name, colour in colours.items()]
        return self.figure.add_glyph(source, glyph)

    def fill(self, source: ColumnDataSource, columns: dict[str, Any]) -> None:
        """Replace a source; a column of colour names ("fill", "line", "hatching") gets its colours beside it."""
        source.data = {**columns, **self._coloured(columns)}

    def fill_marks(self, columns: dict[str, Any]) -> None:
        """Replace the marks, filled up with empty ones: there never are fewer than before.

        A browser takes in outlines bit by bit. If it has to draw in between, it looks for as many as there were.
        """
        missing = max(0, len(self.marks.data["xs"]) - len(columns["xs"]))
        empty = {"xs": [np.nan], "ys": [np.nan], "fill": CLEAR, "opacity": 0.0, "line": CLEAR}
        self.fill(self.marks, {name: [*values, *[empty[name]] * missing] for name, values in columns.items()})

    def show_details(self, is_on: bool) -> None:
        """Show what hovering shows, or nothing: it would cover the cells that are edited."""
        touched = [self._touched] if is_on else []
        if self.hover.renderers != touched:
            self.hover.renderers = touched

    def mark_obstacles(self, centres: np.ndarray) -> None:
        """Mark the cells that make a world unusable, float64 [n, 2]: the marks are made when they are first needed."""
        if self._obstacles is None:
            if not len(centres):
                return
            self._obstacles = source_of("x", "y")
            look: dict[str, Any] = {
                "fill_color": None,
                "line_width": 3,
                "hatch_pattern": "x",
                "hatch_scale": 8,
                "hatch_alpha": 0.7,
            }
            glyph = Rect(x="x", y="y", **look, **{**BOX, "width": 0.9, "height": 0.9})
            self._draw(self._obstacles, glyph, line_color="error", hatch_color="error")
            glyph.update(line_color=self.colours["error"], hatch_color=self.colours["error"])
        self.fill(self._obstacles, {"x": centres[:, 0], "y": centres[:, 1]})

    def clear(self, source: ColumnDataSource) -> None:
        """Leave a source its columns without rows: a glyph without its columns is an error in the browser."""
        source.data = {name: [] for name in source.data}

    def _coloured(self, columns: Any) -> dict[str, list[str]]:
        names = [name for name in ("fill", "line", "hatching") if name in columns]
        return {f"{name}_colour": [self.colours.get(colour, colour) for colour in columns[name]] for name in names}

    def retheme(self, colours: dict[str, Any]) -> None:
        """Paint everything in the colours of a theme."""
        self.colours = colours
        self.mapper.palette = colours[self._palette]
        self.set_hover(self._actions)
        for glyph, name, colour in self._still:
            setattr(glyph, name, colours[colour])
        for source in (self.grounds, self.marks, self.agent):
            coloured = self._coloured(source.data)
            if coloured:
                source.data.update(coloured)

    def use_palette(self, name: str) -> None:
        """Colour the cells by another palette of the theme: "ramp" or "diverging"."""
        if name != self._palette:
            self._palette = name
            self.mapper.palette = self.colours[name]

    def set_hover(self, actions: tuple[str, ...]) -> None:
        """Show on hovering a cell its name, its value, that of each action, and its visits."""
        self._actions = actions
        quantities = {"value": "value"} | {f"q{i}": action for i, action in enumerate(actions)}
        rows = [(label, f"@{column}{{%.4g}}") for column, label in quantities.items()] + [("visits", "@visits{0,0}")]
        table = "".join(fill("<tr><td>{}</td><td>{}</td></tr>", *row) for row in rows)
        colours = {name: self.colours[name] for name in ("paper", "ink", "line")}
        formatters = {f"@{column}": "printf" for column in quantities}
        self.hover.update(tooltips=TOOLTIP.format(font=FONT, table=table, **colours), formatters=formatters)


def source_of(*columns: str) -> ColumnDataSource:
    """Return a source with these columns and no rows."""
    return ColumnDataSource({name: [] for name in columns})
