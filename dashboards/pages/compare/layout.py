"""Where everything stands on the page of comparisons."""

from __future__ import annotations

from typing import Any

from dashboards.style.widgets import PAGE_GRID

GRID: dict[str, Any] = {
    **PAGE_GRID,
    "gridTemplateAreas": {"xs": '"bar" "figures" "tables"'},
    "gridTemplateColumns": {"xs": "minmax(0, 1fr)"},
    "gridTemplateRows": {"xs": "auto min-content 480px", "sm": "auto minmax(min-content, 1fr) minmax(120px, 300px)"},
}
FIGURES: dict[str, Any] = {"minHeight": {"xs": "480px", "sm": "360px"}, "p": "0 12px 8px"}
"""The figures; the boards of a race take the room that they need, and leave the tables what remains."""
