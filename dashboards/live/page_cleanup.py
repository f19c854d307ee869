"""Keeps the collector of garbage out of the way of pages, and has it run when pages were left."""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import gc

from bokeh.document import Document

from dashboards.hub.open_pages import OpenPages
from dashboards.live.panel_patches.defaults import remember_defaults
from dashboards.live.panel_patches.pages import collect_no_garbage, forget_views, mark_own_models_only

DELAY = 1.0  # seconds until nothing holds a page that was left


def settle() -> None:
    """Keep the garbage collector off what is loaded now, and let it run more rarely: pages live long.

    A collection of the oldest generation takes tenths of a second while many pages are open, and Panel would have one
    whenever a page was left; `watch` waits until there is something to collect. As the server ends all pages are
    left where they are: to collect them takes a fifth of a second for each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    collect_no_garbage()
    mark_own_models_only()
    remember_defaults()
    atexit.register(gc.freeze)


def watch(document: Document, pages: OpenPages) -> None:
    """Count a page, and release it when its session ends; closed pages are rings of references until collected."""
    pages.opened()
    document.on_session_destroyed(lambda context: _end(document, pages))


def _end(document: Document, pages: OpenPages) -> None:
    forget_views(document)
    if pages.closed():
        asyncio.get_running_loop().call_later(DELAY, gc.collect, context=contextvars.Context())
