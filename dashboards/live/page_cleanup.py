"""Keeps the collector of garbage out of the way of pages, and has it run when pages were left."""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import gc

import panel as pn
import panel.io.document
from bokeh.document import Document

from dashboards.hub.open_pages import OpenPages

DELAY = 1.0  # seconds until nothing holds a page that was left


def settle() -> None:
    """What is loaded by now never becomes garbage; what comes later is mostly pages, which live long.

    A collection of the oldest generation takes tenths of a second while many pages are open, and Panel would have one
    whenever a page was left; `watch` waits until there is something to collect. As the server ends all pages are
    left where they are: to collect them takes a fifth of a second for each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    panel.io.document._garbage_collect = lambda: None
    atexit.register(gc.freeze)


def watch(document: Document, pages: OpenPages) -> None:
    """Count a page, and let go of it when its session ends; closed pages are rings of references until collected."""
    pages.opened()
    document.on_session_destroyed(lambda context: _end(document, pages))


def _end(document: Document, pages: OpenPages) -> None:
    _forget(document)
    if pages.closed():
        asyncio.get_running_loop().call_later(DELAY, gc.collect, context=contextvars.Context())


def _forget(document: Document) -> None:
    """Let go of what a page leaves in Panel's own table of views (1.9.4: its notifications) when its session ends."""
    views = pn.state._views
    for ref in [ref for ref, (_, _, of, _) in views.items() if of is document]:
        del views[ref]
