"""What is asked of Panel's widgets beyond what they promise."""

from __future__ import annotations

from typing import Any

from bokeh.model import Model

from dashboards.live.panel_patches.presence import has, usable


def models_of(part: Any) -> list[Model]:
    """Return the Bokeh models that stand for a part of a page, one for each document that shows it."""
    if not usable("models of a part of a page", {"Renderable._models": has(part, "_models")}):
        return []
    return [model for model, _ in part._models.values()]
