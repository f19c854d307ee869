"""The rows of a table as a reader sees them."""

from __future__ import annotations

from dashboards.views.tables.tables import TableView


def shown_rows(view: TableView) -> list[list[str]]:
    """What its source on the page holds; what the widget holds while it is on none."""
    for model, _ in view.table._models.values():
        return [list(row) for row in zip(*(model.source.data[name] for name in view.headings), strict=True)]
    return view.table.value.values.tolist()
