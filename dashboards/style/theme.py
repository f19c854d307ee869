"""Type and sizes, and the colours as the components of a page take them."""

from __future__ import annotations

from typing import Any

from gridworld.drawing.palette import CLEAR, DARK, EDGE, LIGHT, tokens

__all__ = ["CLEAR", "DARK", "EDGE", "FONT", "LIGHT", "THEME_CONFIG", "material", "tokens"]

FONT = "Roboto, 'Helvetica Neue', Arial, sans-serif"
BOARD_KEYS = ("mark", "ring", "agent", "goal", "pit", "pitx", "wall", "hatch", "unknown")


def material(t: dict[str, Any]) -> dict[str, Any]:
    """Return the Material theme of a set of colours; each palette entry becomes a CSS variable --mui-palette-*."""
    palette: dict[str, Any] = {
        key: {"main": t[key], "contrastText": t["on"]} for key in ("primary", "success", "warning", "error", "info")
    }
    palette |= {
        "background": {"default": t["bg"], "paper": t["paper"]},
        "divider": t["line"],
        "text": {"primary": t["ink"], "secondary": t["muted"], "disabled": t["muted"]},
        "board": {key: t[key] for key in BOARD_KEYS}
        | {f"r{i}": t["ramp"][j] for i, j in enumerate((0, 16, 32, 48, 63))}
        | {f"d{i}": t["diverging"][j] for i, j in enumerate((0, 16, 32, 48, 63))},
        "contestant": {f"c{i}": colour for i, colour in enumerate(t["contestants"])},
    }
    return {
        "palette": palette,
        "shape": {"borderRadius": 8},
        "typography": {"fontFamily": FONT, "fontSize": 13, "h3": {"fontSize": "1.0625rem", "fontWeight": 700}},
        "components": {
            "MuiToggleButton": _root(textTransform="none", padding="3px 0", fontSize=".8125rem", lineHeight=1.5),
            "MuiTab": _root(textTransform="none", minHeight=36, padding="6px 16px"),
            "MuiTabs": _root(minHeight=36),
            "MuiPaper": _root(backgroundImage="none"),
            "MuiFormControlLabel": {"styleOverrides": {"label": {"fontSize": ".8125rem"}}},
        },
    }


def _root(**css: Any) -> dict[str, Any]:
    return {"styleOverrides": {"root": css}}


THEME_CONFIG = {"light": material(LIGHT), "dark": material(DARK)}
