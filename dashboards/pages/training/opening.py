"""The page of a training that an address asks for."""

from __future__ import annotations

import panel_material_ui as pmui

from dashboards.hub.autosave import autosave_of
from dashboards.hub.hub import Hub
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.browser import on_phone
from dashboards.pages.run_page import run_gone
from dashboards.pages.shell import asked
from dashboards.pages.training.address import from_query
from dashboards.pages.training.page import TrainingPage
from gridworld.training.settings import Settings


def training_page(hub: Hub) -> pmui.Page:
    """Return the page behind an address: of the run it names, or of a new one with the settings it gives."""
    query = asked()
    settings, problems = from_query(query)
    wanted = query.get("run", "")
    shared = training(hub, wanted)
    saved = None
    if wanted and shared is None:
        problems.append(run_gone(wanted))
        saved = autosave_of(wanted)
    page = TrainingPage(hub, shared or new_run(hub, settings, problems), touch=on_phone())
    page.offer_autosave(saved)
    return page.served(query, problems)


def training(hub: Hub, run_id: str) -> SharedRun | None:
    """Return the training of that id, if it is on this server; None for a run of another page."""
    shared = hub.runs.get(run_id)
    return shared if shared is not None and isinstance(shared.settings, Settings) else None


def new_run(hub: Hub, settings: Settings, problems: list[str]) -> SharedRun:
    """Return a new run; where the settings can't begin one, with the default settings, and why is a further problem."""
    try:
        return hub.runs.create(settings)
    except ValueError as problem:
        problems.append(f"{problem} This is a run with the default settings.")
        return hub.runs.create(Settings())
