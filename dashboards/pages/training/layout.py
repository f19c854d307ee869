"""Where the parts of the training page stand: on a phone, on a small screen, on a large one."""

from __future__ import annotations

from typing import Any

from dashboards.style.widgets import PAGE_GRID

GRID: dict[str, Any] = {
    **PAGE_GRID,
    "gridTemplateAreas": {
        "xs": '"bar" "tiles" "board" "curves" "tabs"',
        "sm": '"bar bar" "tiles tiles" "board curves" "tabs tabs"',
    },
    "gridTemplateColumns": {
        "xs": "minmax(0, 1fr)",
        "sm": "402px minmax(0, 1fr)",
        "lg": "minmax(0, clamp(440px, 100vh - 338px, 60%)) minmax(0, 1fr)",
    },
    "gridTemplateRows": {
        "xs": "auto 116px calc(100vw + 12px) 520px 300px",
        "sm": "auto 60px minmax(396px, 1fr) 200px",
        "lg": "auto 60px minmax(400px, 1fr) 160px",
    },
}
