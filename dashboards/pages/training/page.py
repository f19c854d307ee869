"""The training page that an address asks for."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from dashboards.hub.autosave import autosave_of
from dashboards.hub.hub import Hub
from dashboards.pages.header import KeptAddress
from dashboards.pages.shell import asked, on_phone, when_ready
from dashboards.pages.training.address import from_query
from dashboards.pages.training.dashboard import TrainingDashboard


def training_page(hub: Hub) -> pmui.Page:
    """The page behind an address: of the run it names, or of a new one with the settings it gives."""
    query = asked()
    settings, problems = from_query(query)
    shared = hub.runs.get(query.get("run", ""))
    shared = shared if shared and shared.session else None  # not another page's run
    if query.get("run") and shared is None:
        problems.append(
            f"run-gone: run {query['run']} is no longer on this server. This is a new run with the same settings."
        )
    saved = autosave_of(query["run"]) if query.get("run") and shared is None else None
    phone = on_phone()
    dashboard = TrainingDashboard(settings, hub=hub, shared=shared, touch=phone)
    dashboard.offer_autosave(saved)
    page = dashboard.page(dark=query.get("theme") == "dark", drawer_open=not phone)

    def loaded() -> None:
        dashboard.address = KeptAddress(dashboard.share, query)
        for problem in problems:
            pn.state.notifications.warning(problem, duration=15_000)
        dashboard.refresher.start()

    when_ready(loaded)
    return page
