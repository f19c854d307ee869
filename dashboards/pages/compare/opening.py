"""What an address of the page of comparisons asks for: a plan, a ready comparison, or the twin of a run."""

from __future__ import annotations

from collections.abc import Mapping

import panel_material_ui as pmui

from dashboards.hub.hub import Hub
from dashboards.pages.browser import when_ready
from dashboards.pages.compare.page import KINDS, ComparePage
from dashboards.pages.compare.ready import READY
from dashboards.pages.compare.twin_form import Origin
from dashboards.pages.header import Navigation
from dashboards.pages.plan_address import plan_of
from dashboards.pages.shell import asked, shell
from dashboards.style.widgets import row


def compare_page(hub: Hub) -> pmui.Page:
    """Return the page behind an address: of its plan, of a ready comparison that begins at once, or of the first."""
    query, problems = asked(), list[str]()
    ready = READY.get(query.get("ready", ""))
    plan, kind = READY["cliff"].plan, READY["cliff"].curve
    if ready is not None:
        try:
            plan, kind = ready.plan, ready.curve
        except ValueError as problem:
            problems.append(f"“{ready.title}”: {problem}")
            ready = None
    elif "ready" in query:
        problems.append(f"There is no ready comparison {query['ready']!r:.40}; choose one from the list.")
    if "plan" in query and ready is None:
        try:
            plan = plan_of(query["plan"])
        except ValueError as problem:
            problems.append(f"In the address: {problem}")
    if query.get("curve") in KINDS.values():
        kind = "lengths" if query["curve"] == "lengths" else "returns"
    if ready is not None:
        try:
            hub.experiments.start(hub.experiments.of(plan))
        except ValueError as problem:
            problems.append(str(problem))
    kept: dict[str, str] = {name: query[name] for name in ("theme", "twin") if name in query}
    shown = ComparePage(hub, plan, kind, kept, _origin(hub, query, problems))

    def loaded() -> None:
        shown.start()
        for problem in problems:
            shown.report(problem)
        if ready is None and "plan" not in query:
            shown.lower.show_ready()

    when_ready(loaded)
    return _framed(hub, shown, query.get("theme"))


def _framed(hub: Hub, shown: ComparePage, theme: str | None) -> pmui.Page:
    """Return the page in its frame, with the form in the drawer."""
    links = Navigation("compare")
    page = shell(
        hub,
        row(shown.progress.commands.skip_button(), shown.chip.panel, links.wide),
        [links.narrow, shown.form.panel],
        shown.body(),
        theme=theme,
        drawer_open=True,
        retheme=shown.retheme,
    )
    shown.is_form_drawn = lambda: page.sidebar_open
    return page


def _origin(hub: Hub, query: Mapping[str, str], problems: list[str]) -> Origin | None:
    """Return the run that the address names to race against its twin; what is wrong with it joins the problems."""
    if "twin" not in query:
        return None
    shared = hub.runs.get(query["twin"])
    session = shared.session if shared else None
    if session is None:
        problems.append(
            f"Run {query['twin']:.40} is not on this server, or its environment has not answered yet; choose the run "
            "for a twin under Race."
        )
        return None
    if session.departures:
        problems.append(f"That run can't be repeated for a twin: {session.departures[0]}")
        return None
    return Origin(session.settings, tuple(session.interventions), session.step)
