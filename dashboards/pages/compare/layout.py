"""Where everything stands on the page of comparisons."""

from __future__ import annotations

from typing import Any

from dashboards.style.widgets import PAGE_GRID

GRID: dict[str, Any] = {
    **PAGE_GRID,
    "gridTemplateAreas": {"xs": '"bar" "figures" "tables"'},
    "gridTemplateColumns": {"xs": "minmax(0, 1fr)"},
    "gridTemplateRows": {"xs": "auto 480px 480px", "sm": "auto minmax(360px, 1fr) 300px"},
}
