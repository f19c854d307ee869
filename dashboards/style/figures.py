"""What all figures of curves and bars look like; the axes, the tools and the colours are their own."""

from __future__ import annotations

from typing import Any

from bokeh.plotting import figure
from markupsafe import Markup

from dashboards.style.markup import fill

TOOLBAR_CSS = """
:host { --button-width: 24px; --button-height: 24px; }
:host(.bk-inner) { background: transparent; opacity: 1; pointer-events: none; }
:host > * { pointer-events: auto; background: var(--mui-palette-background-paper); }
"""
TIP_STYLE = (
    "margin: -5px; padding: 6px 10px; font-size: 12px; line-height: 18px; font-variant-numeric: tabular-nums; "
    "background: var(--mui-palette-background-paper); color: var(--mui-palette-text-primary); "
    "border: 1px solid var(--mui-palette-divider)"
)


def clear_figure(**options: Any) -> figure:
    """Return a figure that fills its place, through which the card below it is seen; without tools unless given."""
    made = figure(
        **{
            "title": None,
            "tools": "",
            "toolbar_location": None,
            "sizing_mode": "stretch_both",
            "min_height": 60,
            "min_border": 8,
            "min_border_left": 44,
            "outline_line_color": None,
            "background_fill_alpha": 0,
            "border_fill_alpha": 0,
            **options,
        }
    )
    made.yaxis.minor_tick_line_color = None
    return made


def place_toolbar(made: figure, *, touch: bool) -> None:
    """Put the tools into the figure, at its upper edge; without a finger they hide until the pointer comes."""
    made.update(toolbar_location="above", toolbar_inner=True)
    made.toolbar.update(logo=None, autohide=not touch, stylesheets=[TOOLBAR_CSS])


def tip(*numbers: tuple[str, str]) -> str:
    """Return a tooltip in the colours of the theme: names, and the columns that they show."""
    lines = Markup("").join(Markup("<div>{} <b>{}</b></div>").format(name, column) for name, column in numbers)
    return fill('<div style="{}">{}</div>', TIP_STYLE, lines)
