"""A live page of a training, in a browser, in a notebook cell, or in one file that needs no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dashboards.export import export_html as export_html
    from dashboards.pages.training.dashboard import TrainingDashboard as TrainingDashboard

__all__ = ["TrainingDashboard", "export_html"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: Panel takes seconds, and a command may need only one module."""
    if name == "TrainingDashboard":
        from dashboards.pages.training.dashboard import TrainingDashboard

        return TrainingDashboard
    if name == "export_html":
        from dashboards.export import export_html

        return export_html
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
