"""What a notebook's front end sends back, and what is sent to it, of the cells of this project only."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Any

import panel_material_ui as pmui
from bokeh.models import ColumnarDataSource

from dashboards.live.panel_patches.presence import usable
from dashboards.live.panel_patches.widgets import models_of

DATA_CHANGES = frozenset({"ColumnDataChanged", "ColumnsStreamed", "ColumnsPatched"})


class NotebookColumn(pmui.Column):
    """A column that is the output of a cell.

    What the browser sends is handled on the kernel's own loop, on which the cell is refreshed as well: JupyterLab hands
    messages to a thread beside that loop (a subshell), where two at once would send torn messages. The front end of
    Panel repeats every change that the kernel made; of data, which only the kernel changes, nothing is taken back.
    """

    _loop: asyncio.AbstractEventLoop | None = None

    def _render_mimebundle(self, *arguments: Any, **options: Any) -> Any:
        self._loop = asyncio.get_running_loop()
        return super()._render_mimebundle(*arguments, **options)

    def _on_msg(self, ref: str, manager: Any, msg: Any) -> None:
        handle = partial(super()._on_msg, ref, manager, self._without_data(msg))
        if self._loop is None:
            handle()
        else:
            self._loop.call_soon_threadsafe(handle)

    def _without_data(self, msg: Any) -> Any:
        """Return a message from the browser without the changes of sources' data in it."""
        events: Any = msg.get("content", {}).get("events") if isinstance(msg, dict) else None
        if not usable("data that a browser sends back", {"msg['content']['events']": isinstance(events, list)}):
            return msg
        documents = [model.document for model in models_of(self)]
        kept = [event for event in events if not _is_of_data(event, documents)]
        return {**msg, "content": {**msg["content"], "events": kept}}


def _is_of_data(event: dict[str, Any], documents: Iterable[Any]) -> bool:
    if event["kind"] in DATA_CHANGES:
        return True
    if event["kind"] != "ModelChanged" or event["attr"] != "data":
        return False
    return any(isinstance(document.get_model_by_id(event["model"]["id"]), ColumnarDataSource) for document in documents)
