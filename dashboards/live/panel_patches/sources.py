"""Changes of a source's data that travel as they were when they were made.

Bokeh's own event for new data carries what the source holds when the message is put together. Rows streamed before that
are then sent twice: with the data and by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from bokeh.document import events
from bokeh.models import ColumnDataSource

from dashboards.live.panel_patches.presence import takes, usable

Patches = dict[str, list[tuple[Any, Any]]]
NEW_DATA = "ColumnDataChangedEvent", "document", "model", "attr", "data"
PATCHED = "ColumnsPatchedEvent", "document", "model", "attr", "patches"
"""The events that are used, each with its parameters."""


class Overwriting(Patches):
    """A patch of whole columns, few and short, for many sources that are alike; `encoded` keeps how it travels."""

    def __init__(self, columns: dict[str, np.ndarray]) -> None:
        super().__init__({name: [(slice(0, len(new)), new)] for name, new in columns.items()})
        self.encoded: Any = None


def replace(source: ColumnDataSource, columns: Mapping[str, np.ndarray]) -> None:
    """Give a source other rows, in the columns that it has.

    Parameters
    ----------
    source
        Changed in place; the browser is sent the rows as they are now, whatever is streamed after them.
    columns
        Every column of the source, each of shape [n].
    """
    if source.document is None or not _can_announce(source, *NEW_DATA):
        source.data = dict(columns)
        return
    dict.update(source.data, columns)  # the source's own dictionary would announce what it holds later
    sent = {name: column.copy() for name, column in columns.items()}
    _announce(source, events.ColumnDataChangedEvent(source.document, source, "data", sent))


def append(source: ColumnDataSource, rows: Mapping[str, np.ndarray]) -> None:
    """Append rows to a source: every column, each of shape [n]."""
    if source.document is None or _can_announce(source, *NEW_DATA):
        source.stream(dict(rows))
    else:  # new data are sent as they are when the message is put together, so rows can't be sent beside them
        source.data = {name: np.append(source.data[name], new) for name, new in rows.items()}


def patch(source: ColumnDataSource, patches: Patches) -> None:
    """Change parts of columns in place: `source.patch` without its checks, which cost more than the change."""
    if source.document is not None and not _can_announce(source, *PATCHED):
        source.patch(patches)
        return
    for name, changed in patches.items():
        column = source.data[name]
        for index, value in changed:
            column[index] = value
    announce_patches(source, patches)


def announce_patches(source: ColumnDataSource, patches: Patches) -> None:
    """Send patches that were applied already, where the source is part of a document."""
    if source.document is None:
        return
    if _can_announce(source, *PATCHED):
        _announce(source, events.ColumnsPatchedEvent(source.document, source, "data", patches))
    else:
        source.patch(patches)


def _announce(source: ColumnDataSource, event: Any) -> None:
    source.document.callbacks.trigger_on_change(event)


def _can_announce(source: ColumnDataSource, event: str, *parameters: str) -> bool:
    """Return whether an event of this name and with these parameters can be handed to the source's document."""
    callbacks = getattr(source.document, "callbacks", None)
    return usable(
        "changes of a source's data",
        {
            f"bokeh.document.events.{event}({', '.join(parameters)})": takes(getattr(events, event, None), *parameters),
            "bokeh.document.Document.callbacks.trigger_on_change": hasattr(callbacks, "trigger_on_change"),
        },
    )
