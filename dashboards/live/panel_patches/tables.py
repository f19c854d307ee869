"""A table whose cells have no styles of their own."""

from __future__ import annotations

from typing import Any

import panel as pn


class PlainTable(pn.widgets.Tabulator):
    """A `Tabulator` that sends no styles of cells with its rows.

    Panel sends them with whatever rows are shown, also where there are none; a browser that has the table in a tab and
    has not drawn it yet answers each time with an error.
    """

    def _get_style_data(self, recompute: bool = True) -> dict[str, Any]:
        return {}
