"""Where everything stands on the Tetris page."""

from __future__ import annotations

from typing import Any

from dashboards.style.widgets import PAGE_GRID

GRID: dict[str, Any] = {
    **PAGE_GRID,
    "gridTemplateAreas": {
        "xs": '"bar" "tiles" "board" "weights" "curves" "tabs"',
        "sm": '"bar bar" "tiles tiles" "board weights" "curves curves" "tabs tabs"',
        "lg": '"bar bar bar" "tiles tiles tiles" "board weights curves" "tabs tabs tabs"',
    },
    "gridTemplateColumns": {
        "xs": "minmax(0, 1fr)",
        "sm": "minmax(0, 1.25fr) minmax(0, 1fr)",
        "lg": "minmax(0, clamp(420px, 36vw, 620px)) minmax(200px, 250px) minmax(0, 1fr)",
    },
    "gridTemplateRows": {
        "xs": "auto 252px calc(130vw + 240px) 420px 520px 560px",
        "sm": "auto 76px 700px 380px 420px",
        "lg": "auto 76px minmax(620px, 1fr) 420px",
    },
}
NO_WEIGHTS = {
    "gridTemplateAreas": {
        "xs": '"bar" "tiles" "board" "curves" "tabs"',
        "sm": '"bar bar" "tiles tiles" "board board" "curves curves" "tabs tabs"',
        "lg": '"bar bar bar" "tiles tiles tiles" "board curves curves" "tabs tabs tabs"',
    },
    "gridTemplateRows": {**GRID["gridTemplateRows"], "xs": "auto 252px calc(130vw + 240px) 520px 560px"},
}


def grid(*, weights: bool) -> dict[str, Any]:
    """Return the page's grid, with or without a place for the weights."""
    return GRID if weights else {**GRID, **NO_WEIGHTS}
