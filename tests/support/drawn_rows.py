"""The rows of curves as a browser holds them."""

from __future__ import annotations

from typing import Any

STREAMS = """() => {
  const found = []
  for (const document of Bokeh.documents)
    for (const model of document._all_models.values())
      if (model.type == "ColumnDataSource") {
        const data = model.data instanceof Map ? Object.fromEntries(model.data) : model.data
        const drawn = ["return", "greedy_return", "td_error", "value_error", "lines", "best"]
        if (data.episode && drawn.some(name => data[name]))
          found.push(Array.from(data.episode))
      }
  return found
}"""
"""Reads the episodes of every source that a curve is drawn from."""


def drawn_rows(page: Any) -> list[list[float]]:
    """Return the episodes of each curve's source, leaving out those without rows."""
    return [rows for rows in page.evaluate(STREAMS) if rows]


def are_drawn_once(rows: list[list[float]]) -> bool:
    """Return whether there are curves, and each goes from left to right."""
    return bool(rows) and all(sorted(set(column)) == column for column in rows)
