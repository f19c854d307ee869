"""The figure that curves and studies are drawn in."""

from __future__ import annotations

from typing import Any

from bokeh.models import BasicTicker, BoxZoomTool, NumeralTickFormatter, PanTool, Range1d, ResetTool, SaveTool, TapTool
from bokeh.plotting import figure
from markupsafe import Markup

from dashboards.style.figures import clear_figure, place_toolbar
from dashboards.style.markup import fill

HEAD_CSS = """
:host { color: var(--mui-palette-text-secondary); font: 12px/18px var(--bokeh-base-font); }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 16px; min-height: 36px;
  align-content: flex-start; }
.head b { font-size: 13px; color: var(--mui-palette-text-primary); }
.head i { flex-basis: 100%; height: 0; }
.head span { display: inline-flex; align-items: center; gap: 6px; font-variant-numeric: tabular-nums; }
.head span.name { color: var(--mui-palette-text-primary); }
"""


def make_figure(*, touch: bool, **options: Any) -> figure:
    """Return an empty figure with tools to zoom, to reset and to save a PNG; the axes belong to the program."""
    box = BoxZoomTool()
    made = clear_figure(
        **{"x_range": Range1d(0.0, 1.0), "y_range": Range1d(0.0, 1.0), **options},
        tools=[box, PanTool(), ResetTool(), SaveTool(filename="comparison")],
        active_drag=None if touch else box,
        min_height=120,
        min_border_left=52,
        min_border_right=30,  # half a number of steps
    )
    place_toolbar(made, touch=touch)
    made.toolbar_inner = not touch  # where it stays, it must not lie on the highest values
    for axis in made.axis:
        axis.minor_tick_line_color = None
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_standoff = 4
    if isinstance(made.y_range, Range1d):
        made.xgrid.visible = False
        made.yaxis.ticker = BasicTicker(desired_num_ticks=5)
        made.yaxis.formatter = NumeralTickFormatter(format="0,0.[000]")
    return made


def heading(title: str, note: str, entries: list[Markup]) -> str:
    """Return the line above a figure: what is drawn, and below it the legend."""
    return fill('<div class="head"><b>{}</b><span>{}</span><i></i>{}</div>', title, note, Markup("").join(entries))


def taps(renderer: Any) -> TapTool:
    """Return what selects the point that is clicked."""
    return TapTool(renderers=[renderer], visible=False)
