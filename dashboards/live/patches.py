"""What differs between what a source holds and what it should hold, as the smallest patch that is worth sending."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource

from dashboards.live.panel_patches import sources

FEW = 4  # up to this many values travel one by one as JSON; more as one binary slice


def patch_changes(source: ColumnDataSource, columns: dict[str, Any]) -> bool:
    """Send what changed in some columns, each as long as it was; return whether anything did."""
    patches = {name: changes(source.data[name], new) for name, new in columns.items()}
    patches = {name: found for name, found in patches.items() if found}
    if patches:
        sources.patch(source, patches)
    return bool(patches)


def changes(old: Any, new: Any) -> list[tuple[Any, Any]]:
    """Return how two columns of equal length differ: (index, value) for a few, else one (slice, values) around them
    all."""
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
    """Return a word or a number for JSON; of a float32 only the digits it has."""
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
    sources.announce_patches(source, {name: [((item, band, slice(None)), new[band].ravel())]})
    return True
