"""The colours that a browser prefers, known before a page is made: a client hint, which Chromium sends when asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bokeh.server.urls import per_app_patterns
from bokeh.server.views.doc_handler import DocHandler

from dashboards.live.panel_patches.presence import has, usable

HINT = "Sec-CH-Prefers-Color-Scheme"
BRAND = "Sec-CH-UA"  # is sent unasked, by the browsers and over the connections that send hints


def ask_for_colour_scheme() -> None:
    """Let servers that are made from now on ask for the colours that a page is to have.

    A page that learns them from its own script only has been drawn in light colours by then. A browser sends the hint
    over HTTPS and to this machine: with its first request for a page, which it then makes twice, and all further ones.
    """
    names = {
        "bokeh.server.urls.per_app_patterns": isinstance(per_app_patterns, list),
        "DocHandler.set_default_headers": has(DocHandler, "set_default_headers"),
    }
    if not usable("a page in the preferred colours at once", names):
        return
    for place, (address, handler, *_) in enumerate(per_app_patterns):
        if issubclass(handler, DocHandler):
            per_app_patterns[place] = address, _asking(handler)


def _asking(handler: Any) -> Any:
    class AskingPage(handler):
        """A page that asks its browser for the hint."""

        def set_default_headers(self) -> None:
            super().set_default_headers()
            self.set_header("Accept-CH", HINT)
            self.set_header("Critical-CH", HINT)
            self.set_header("Vary", HINT)

    return AskingPage


def asks_again(headers: Mapping[str, str]) -> bool:
    """Return whether a browser will ask for a page once more, with the hint: one that says who it is, but not that."""
    sent = {name.lower() for name in headers}
    return BRAND.lower() in sent and HINT.lower() not in sent


def hinted_dark(headers: Mapping[str, str] | None) -> bool:
    """Return whether the browser that asks for a page has sent, in its headers, that it prefers dark colours."""
    sent = {name.lower(): value for name, value in (headers or {}).items()}
    return sent.get(HINT.lower(), "").strip('"') == "dark"
