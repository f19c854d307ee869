"""Parts of a page that follow its first message one by one, so that no page holds the server's loop for long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
from panel_material_ui.base import MaterialComponent

from dashboards.live.served import served_page
from dashboards.style.widgets import FILL


class Arrival:
    """The parts that are still to come; where no server sends them, each is in its place at once."""

    def __init__(self, is_served: bool) -> None:
        self._coming: list[tuple[pn.Column, Any]] = []
        self._is_served = is_served

    def later(self, part: Any) -> Any:
        """Return a place in which a part appears after the page has connected; it fills what is around it.

        It is for what is read: a widget that changes while the browser sets it up may miss that change.
        """
        if not self._is_served:
            return part
        place = pn.Column(**FILL)
        self._coming.append((place, part))
        return place

    def begin(self, soon: Callable[[Callable[[], None]], None]) -> None:
        """Put the parts in their places, each by a call of `soon`, which makes a change of Bokeh models."""
        if self._coming:
            soon(lambda: self._bring_next(soon))

    def _bring_next(self, soon: Callable[[Callable[[], None]], None]) -> None:
        place, part = self._coming.pop(0)
        place.append(in_theme(part))
        self.begin(soon)


def in_theme(part: Any) -> Any:
    """Return a part that was made with the page and comes later, in the theme that the page has by now.

    A browser draws it as it was made, and would change it a moment later. A notebook has a theme of its own.
    """
    if served_page() is None:
        return part
    dark = pn.config.theme == "dark"
    for one in part.select(MaterialComponent):
        one.dark_theme = dark
    return part
