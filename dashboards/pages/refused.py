"""What is shown in place of a page that can't be made."""

from __future__ import annotations

import logging

import panel_material_ui as pmui

from dashboards.hub.hub import Hub
from dashboards.live.background import sentence
from dashboards.pages.header import Navigation
from dashboards.pages.shell import asked, shell
from dashboards.style.markup import plain
from dashboards.style.widgets import WIDE, row

LOG = logging.getLogger(__name__)


def refused_page(hub: Hub, problem: Exception) -> pmui.Page:
    """Return a page with the reason and the links to all pages; the log has the traceback."""
    LOG.error("A page can't be made.", exc_info=problem)
    links = Navigation("refused")
    text = f"This page can't be shown. {sentence(problem)} The links above lead to pages with default settings."
    reason = pmui.Alert(object=plain(text), severity="error", **WIDE)
    return shell(
        hub,
        row(links.wide),
        [links.narrow],
        reason,
        theme=asked().get("theme"),
        drawer_open=False,
        retheme=lambda dark: None,
    )
