"""What differs between what a source holds and what it should hold, as the smallest patch that is worth sending."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.document.events import ColumnsPatchedEvent
from bokeh.models import ColumnDataSource

FEW = 4  # up to so many values travel one by one as JSON; more as one binary slice


def patch_changes(source: ColumnDataSource, columns: dict[str, Any]) -> bool:
    """Send what changed in some columns, each as long as it was; gives whether anything did."""
    patches = {name: changes(source.data[name], new) for name, new in columns.items()}
    patches = {name: found for name, found in patches.items() if found}
    if patches:
        send(source, patches)
    return bool(patches)


class Overwriting(dict[str, list[tuple[Any, Any]]]):
    """A patch of whole columns, few and short, for many sources that are alike; `encoded` keeps how it travels."""

    def __init__(self, columns: dict[str, np.ndarray]) -> None:
        super().__init__({name: [(slice(0, len(new)), new)] for name, new in columns.items()})
        self.encoded: Any = None


def send(source: ColumnDataSource, patches: dict[str, list[tuple[Any, Any]]]) -> None:
    """Change a source in place and tell the browser: `source.patch` without its checks, which cost more than that."""
    for name, changed in patches.items():
        column = source.data[name]
        for index, value in changed:
            column[index] = value
    _tell(source, patches)


def _tell(source: ColumnDataSource, patches: dict[str, list[tuple[Any, Any]]]) -> None:
    if source.document is not None:
        event = ColumnsPatchedEvent(source.document, source, "data", patches)
        source.document.callbacks.trigger_on_change(event)


def changes(old: Any, new: Any) -> list[tuple[Any, Any]]:
    """Where two columns of equal length differ: (index, value) for a few, else one (slice, values) around them all."""
    if not isinstance(old, np.ndarray):
        return [(i, value) for i, (value, before) in enumerate(zip(new, old, strict=True)) if value != before]
    new = np.asarray(new, old.dtype)
    differs = new != old
    if old.dtype.kind == "f":
        differs &= ~(np.isnan(new) & np.isnan(old))
    found = np.flatnonzero(differs)
    if len(found) <= FEW:
        return [(int(i), _plain(new[i])) for i in found]
    first, last = int(found[0]), int(found[-1]) + 1
    return [(slice(first, last), new[first:last].copy())]


def _plain(value: Any) -> int | float | str:
    """A word or a number for JSON; of a float32 only the digits it has."""
    if isinstance(value, str):
        return value
    return float(str(value)) if isinstance(value, np.floating) else int(value)


def patch_rows(source: ColumnDataSource, name: str, item: int, new: np.ndarray) -> bool:
    """Send the rows that changed in one of a column's pictures [rows, columns], as one band."""
    old = source.data[name][item]
    new = np.asarray(new, old.dtype)
    rows = np.flatnonzero(((new != old) & ~((new != new) & (old != old))).any(1))
    if not len(rows):
        return False
    band = slice(int(rows[0]), int(rows[-1]) + 1)
    old[band] = new[band]
    _tell(source, {name: [((item, band, slice(None)), new[band].ravel())]})
    return True
