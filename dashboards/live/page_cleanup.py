"""Keeps the collector of garbage out of the way of pages, and has it run when pages were left."""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import gc

import panel as pn
import panel.io.document
from bokeh.document import Document

FEWEST_LEFT = 4
DELAY = 1.0  # seconds until nothing holds a page that was left


def settle() -> None:
    """What is loaded by now never becomes garbage; what comes later is mostly pages, which live long.

    A collection of the oldest generation takes tenths of a second while many pages are open, and Panel would have one
    whenever a page was left; `LEFT_PAGES` waits until there is something to collect. As the server ends all pages are
    left where they are: to collect them takes a fifth of a second for each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    panel.io.document._garbage_collect = lambda: None
    atexit.register(gc.freeze)


class LeftPages:
    """Counts pages that were left. They are rings of references, and are collected when they are half as many as the
    open ones, so that the cost of looking at the open ones is shared."""

    def __init__(self) -> None:
        self._open = self._left = 0

    def watch(self, document: Document) -> None:
        """Count a page, and let go of it when its session ends."""
        self._open += 1
        document.on_session_destroyed(lambda context: self._end(document))

    def _end(self, document: Document) -> None:
        _forget(document)
        self._open, self._left = self._open - 1, self._left + 1
        if self._left >= max(FEWEST_LEFT, self._open // 2):
            self._left = 0
            asyncio.get_running_loop().call_later(DELAY, gc.collect, context=contextvars.Context())


def _forget(document: Document) -> None:
    """Let go of what a page leaves in Panel's own table of views (1.9.4: its notifications) when its session ends."""
    views = pn.state._views
    for ref in [ref for ref, (_, _, of, _) in views.items() if of is document]:
        del views[ref]


LEFT_PAGES = LeftPages()
