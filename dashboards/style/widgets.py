"""The widgets of one hand: rows, sections and cards, made from params."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui

from dashboards.style.markup import fill

WIDE: dict[str, Any] = {"margin": 0, "sizing_mode": "stretch_width"}
LABELLED: dict[str, Any] = {"margin": (7, 0, 3, 0), "sizing_mode": "stretch_width"}
FILL: dict[str, Any] = {"margin": 0, "sizing_mode": "stretch_both"}
PAGE_GRID: dict[str, Any] = {
    "display": "grid",
    "gap": "12px",
    "p": {"xs": "12px", "sm": "12px 16px 16px"},
    "boxSizing": "border-box",
    "bgcolor": "background.default",
    "overflow": "hidden auto",
}
"""Styles that the grids of all pages share; each adds its areas, columns and rows."""
PART_CSS = """
:host { font-family: var(--bokeh-base-font); color: var(--mui-palette-text-primary); }
.section { display: flex; justify-content: space-between; align-items: center; font-size: 11px; font-weight: 700;
  letter-spacing: .06em; line-height: 16px; text-transform: uppercase; color: var(--mui-palette-text-secondary); }
.section em { font: 400 12px/16px var(--bokeh-base-font); letter-spacing: 0; text-transform: none; display: inline-flex;
  gap: 4px; align-items: center; }
.label { font-size: 12px; line-height: 18px; color: var(--mui-palette-text-secondary); white-space: nowrap; }
.hint { font-size: 12px; line-height: 16px; color: var(--mui-palette-text-secondary); }
.chip { display: inline-flex; align-items: center; gap: 4px; height: 24px; padding: 0 10px 0 6px; border: 1px solid;
  border-radius: 12px; font-size: 12px; box-sizing: border-box; white-space: nowrap; }
"""
CENTRED_CSS = ":host > * { align-self: center; }"
WRAPPED_CSS = ":host { min-width: 0 !important; }"  # Panel sets it to the width of all parts side by side
WHOLE = {"min-width": "0", "min-height": "min-content"}  # fills its place, and is never less high than what is in it
WHOLE_CSS = ":host { min-height: min-content !important; }"  # Panel sets it to that of the figures
NAMED_NOT_SHOWN = """
label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
legend { display: none; }
"""
SLIDER_SX = {
    "&.MuiFormControl-root": {
        "flexDirection": "row",
        "alignItems": "center",
        "minHeight": 36,
        "& > .MuiBox-root": {"height": "auto"},
        "& .MuiFormLabel-root": {"flex": "0 0 104px", "fontSize": ".8125rem", "color": "text.primary"},
    }
}
HIDDEN_LABEL = {"position": "absolute", "width": "1px", "height": "1px", "overflow": "hidden", "clipPath": "inset(50%)"}
FIELD_SX = {
    "& .MuiInputAdornment-root, & legend": {"display": "none"},
    "& fieldset": {"top": 0},
    "& .MuiInputLabel-root": HIDDEN_LABEL,
    "& .MuiInputBase-input": {
        "fontSize": ".8125rem",
        "p": "5px 8px",
        "textAlign": "right",
        "fontVariantNumeric": "tabular-nums",
    },
}
STEPPER_SX = {"minWidth": 0, "p": 0, "fontSize": "1rem", "color": "text.primary", "borderColor": "divider"}
UNLABELLED_SX = {
    "& .MuiInputLabel-root, & > .MuiFormLabel-root": HIDDEN_LABEL,
    "& legend": {"display": "none"},
    "& fieldset": {"top": 0},
}
SEGMENT_SX = {
    **UNLABELLED_SX,
    "bgcolor": "background.paper",
    "& .MuiToggleButton-root": {"height": 36, "color": "text.primary", "borderColor": "divider"},
}
ONE_LINE_SX = {"px": {"xs": "4px", "sm": "10px"}, "whiteSpace": "nowrap", "minWidth": 0}
OUTLINE_SX = {
    **ONE_LINE_SX,
    "borderColor": "divider",
    "color": "text.primary",
    "bgcolor": "background.paper",
    "&:hover": {"borderColor": "primary.main", "color": "text.primary", "bgcolor": "background.paper"},
    "& .MuiButton-startIcon": {"display": {"xs": "none", "sm": "inherit"}},
}


def html(body: str, **layout: Any) -> pn.pane.HTML:
    """Return a small part in HTML whose colours are CSS variables, so that it follows the theme by itself."""
    return pn.pane.HTML(body, **({"stylesheets": [PART_CSS], "margin": 0} | layout))


def at(area: str, **css: str) -> dict[str, Any]:
    """Return a widget's place in a grid."""
    return {"margin": 0, "styles": {"grid-area": area, "align-self": "center", **css}}


def problem_html(sentence: str) -> str:
    """Return the reason why an edit was refused, as HTML that is read out when it appears; "" for none."""
    if not sentence:
        return ""
    return fill('<div class="hint" role="alert" style="color:var(--mui-palette-error-main)">{}</div>', sentence)


def section(title: str, note: str = "") -> pn.pane.HTML:
    """Return the heading of a part of the drawer."""
    return html(section_text(title, note), sizing_mode="stretch_width")


def section_text(title: str, note: str = "") -> str:
    """Return the HTML of such a heading."""
    return f'<div class="section" role="heading" aria-level="2">{title}<em>{note}</em></div>'


def stack(*parts: Any, **css: str) -> pn.Column:
    """Return parts below one another; `css` are properties with underscores, such as `flex_wrap`."""
    return pn.Column(*parts, styles=_styles({"gap": "8px", **css}), **WIDE)


def row(*parts: Any, **css: str) -> pn.Row:
    """Return parts beside one another; `css` as for `stack`."""
    sheets = [CENTRED_CSS, WRAPPED_CSS] if "flex_wrap" in css else [CENTRED_CSS]
    return pn.Row(*parts, styles=_styles({"gap": "10px", **css}), stylesheets=sheets, **WIDE)


def _styles(css: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in css.items()}


def form_beside(form: Any, table: Any, width: str) -> pmui.Column:
    """Return a form of some width with its table to the right of it, or below it where there is no room."""
    return pmui.Column(
        form,
        table,
        sx={
            "display": "grid",
            "gridTemplateColumns": "minmax(0, 1fr)",
            "@media (min-width: 1320px)": {"gridTemplateColumns": f"{width} minmax(0, 1fr)"},
            "gap": "12px 20px",
            "p": "12px",
            "overflow": "auto",
            "alignContent": "start",
            "height": "100%",
            "boxSizing": "border-box",
        },
        **FILL,
    )


def tiles_css(width: int) -> str:
    """Return what lays parts out side by side, each at least this many pixels wide, else below one another."""
    columns = f"repeat(auto-fit, minmax(min({width}px, 100%), 1fr))"
    return (
        ":host { display: grid !important; min-width: 0 !important; grid-auto-rows: 1fr; "
        f"grid-template-columns: {columns}; }}"
    )


def card(*parts: Any, area: str, **sx: Any) -> pmui.Paper:
    """Return a bordered box in the page's grid."""
    return pmui.Paper(
        *parts,
        elevation=0,
        styles={"grid-area": area, "min-width": "0", "min-height": "0"},
        sx={"border": "1px solid", "borderColor": "divider", "borderRadius": "8px", "overflow": "hidden", **sx},
        **FILL,
    )
