"""What a page takes from the browser that shows it: how wide it is, and whether it prefers a dark theme."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.events import Event
from bokeh.model import Model

from dashboards.live.panel_patches.messages import one_message, structured_once
from dashboards.live.panel_patches.widgets import models_of

WAITING = "waiting_for_the_browser"
"""The attribute of a document with what is called once its browser has connected."""


def on_phone() -> bool:
    """Return whether the browser reports that it is a phone's."""
    return "Mobi" in (pn.state.headers or {}).get("User-Agent", "")


def when_ready(callback: Callable[[], None]) -> None:
    """Call back once the page has connected; what all of its callbacks change travels in one message.

    `pn.state.onload` would keep the document of a page that is fetched and never connects: its table of callbacks is
    weak in the document, and the callback holds the document. So the document itself has them.
    """
    document: Any = pn.state.curdoc
    waiting: list[Callable[[], None]] | None = getattr(document, WAITING, None)
    if waiting is not None:
        waiting.append(callback)
        return
    setattr(document, WAITING, waiting := [callback])

    def connected(event: Event) -> None:
        with one_message(document), structured_once(document), ExitStack() as all_of_them:
            for waits in reversed(waiting):
                all_of_them.callback(waits)  # also if another one raises

    document.on_event("document_ready", connected)


def width_watch(width: str, changed: Callable[[bool], None]) -> pmui.BreakpointSwitcher:
    """Return an invisible part that calls `changed(is_wide)` as the page is drawn, and when it passes a width.

    Parameters
    ----------
    width
        The width by its name in the Material theme: "md" is 900 px, "xl" 1536 px.
    changed
        Changes models; it is called once the page has connected, because nothing changed before would reach it.
    """
    document = pn.state.curdoc
    assert document is not None
    watch = pmui.BreakpointSwitcher(
        small=pn.Spacer(),
        large=pn.Spacer(),
        breakpoint=width,
        styles={"display": "none"},
        margin=0,
        width=0,
        height=0,
    )

    def report() -> None:
        if watch.current is not None:
            changed(watch.current is watch.large)

    def connected() -> None:
        report()  # a report comes without the document's lock
        watch.param.watch(lambda event: document.add_next_tick_callback(report), "current")

    when_ready(connected)
    return watch


def prefers_dark() -> bool:
    """Return whether the browser of the present document prefers a dark theme; False until it has reported."""
    info = _info()
    return bool(info is not None and info.dark_mode)


def draw_as_preferred(page: pmui.Page) -> None:
    """Let a browser draw a page in the colours that it prefers from the beginning, before the server hears of them."""
    info = _info()
    for model in models_of(page) if info is not None else ():
        info.js_link("dark_mode", model.data, "dark_theme")


def follow_preference(page: pmui.Page) -> None:
    """Give a page the theme that its browser prefers, also when that changes, until another one is chosen on it."""
    info = _info()
    if info is None:
        return
    info.js_property_callbacks = {}  # from now on a theme that is chosen on the page counts

    def changed(attribute: str, old: bool | None, new: bool | None) -> None:
        if page.dark_theme == bool(old):
            page.dark_theme = bool(new)

    info.on_change("dark_mode", changed)
    changed("dark_mode", None, info.dark_mode)


def _info() -> Any:
    """Return the model in which Panel receives what the browser reports; None where there is none."""
    document = pn.state.curdoc
    model: Model | None = None if document is None else document.get_model_by_name("browser_info")
    return model
