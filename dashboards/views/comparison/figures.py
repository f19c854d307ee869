"""The figure that curves and studies are drawn in."""

from __future__ import annotations

from typing import Any

from bokeh.models import BasicTicker, BoxZoomTool, NumeralTickFormatter, PanTool, Range1d, ResetTool, SaveTool
from bokeh.plotting import figure
from markupsafe import Markup

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
TOOLBAR_CSS = """
:host { --button-width: 24px; --button-height: 24px; }
:host(.bk-inner) { background: transparent; opacity: 1; pointer-events: none; }
:host > * { pointer-events: auto; background: var(--mui-palette-background-paper); }
"""


def make_figure(*, touch: bool, x_axis_type: str = "auto", **options: Any) -> figure:
    """Return an empty figure with tools to zoom, to reset and to save a PNG; the axes belong to the program."""
    box = BoxZoomTool()
    made = figure(
        title=None,
        **{"x_range": Range1d(0.0, 1.0), "y_range": Range1d(0.0, 1.0), **options},
        x_axis_type=x_axis_type,
        tools=[box, PanTool(), ResetTool(), SaveTool(filename="comparison")],
        active_drag=None if touch else box,
        toolbar_location="above",
        toolbar_inner=True,
        sizing_mode="stretch_both",
        min_height=120,
        min_border=8,
        min_border_left=52,
        min_border_right=12,
        outline_line_color=None,
        background_fill_alpha=0,
        border_fill_alpha=0,
    )
    made.toolbar.update(logo=None, autohide=not touch, stylesheets=[TOOLBAR_CSS])
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
