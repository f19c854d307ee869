"""What a notebook's front end sends is handled where the cell is refreshed, and data are not taken back from it."""

from __future__ import annotations

import asyncio
from threading import get_ident

import panel as pn

from dashboards.live.panel_patches.notebook import NotebookColumn


def test_messages_from_a_thread_beside_the_kernels_loop_are_handled_on_the_loop(monkeypatch):
    handled = []
    monkeypatch.setattr(pn.viewable.MimeRenderMixin, "_on_msg", lambda self, *message: handled.append(get_ident()))
    monkeypatch.setattr(pn.viewable.MimeRenderMixin, "_render_mimebundle", lambda self, *arguments: None)

    async def kernel():
        shown = NotebookColumn()
        shown._render_mimebundle()
        await asyncio.to_thread(shown._on_msg, "root", "manager", {"content": {"events": []}})
        await asyncio.sleep(0)

    asyncio.run(kernel())
    assert handled == [get_ident()]
