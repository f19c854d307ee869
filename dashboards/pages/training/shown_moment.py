"""What a page shows beside its run, as the parts of a link: written down, and shown again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import panel_material_ui as pmui

from dashboards.hub.shared_run import SharedRun
from dashboards.pages.address import link_to
from dashboards.pages.training.address import to_query
from dashboards.pages.training.layout import TABS
from dashboards.pages.training.moment_link import read_view, to_parts
from dashboards.pages.training.place import written_place
from dashboards.views.board.switches import ColourChoice


class ShownMoment:
    """The moment, cell, colours and tab of a page.

    Parameters
    ----------
    view, colour, tabs
        The views by their titles, the list of colours, and the tabs.
    open_tab
        `open_tab(title)` opens a tab.
    find
        Return the present run, or None when it is gone.
    """

    def __init__(
        self,
        view: Mapping[str, Any],
        colour: ColourChoice,
        tabs: pmui.Tabs,
        open_tab: Callable[[str], None],
        find: Callable[[], SharedRun | None],
    ) -> None:
        self._view, self._colour, self._tabs, self._open_tab, self._find = view, colour, tabs, open_tab, find

    def link(self) -> str:
        """Return a link to what is shown; "" when the run is gone."""
        shared, looking_at, inspect = self._find(), self._view["Rewind"].looking_at, self._view["Inspect"]
        if shared is None:
            return ""
        place = "" if inspect.state is None else written_place(inspect.problem, inspect.state)
        step = shared.frame.step if looking_at is None else looking_at.step
        parts = to_parts(step, place, self._view["Board"].colour, TABS[self._tabs.active])
        return link_to(shared, to_query, parts)

    def show(self, query: Mapping[str, str]) -> list[str]:
        """Show what an address asks for; return a sentence for each part that was refused."""
        shared = self._find()
        if shared is None:
            return []
        problem, colours = shared.settings.make_problem(), self._colour.panel.options.values()
        view, problems = read_view(query, problem, colours, TABS)
        if view.colour is not None:
            self._colour.panel.value = view.colour
        if view.tab is not None:
            self._open_tab(view.tab)
        if view.state is not None:
            self._view["Inspect"].pick(view.state)
        if view.step is not None:
            problems += self._view["Rewind"].open_at(view.step)
        return problems
