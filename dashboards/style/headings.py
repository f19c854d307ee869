"""The line above a board or a table, as CSS; apart from the widgets, whose library an exported page does not need."""

from __future__ import annotations

HEAD_CSS = """
:host { font-family: var(--bokeh-base-font); width: 100%; }
.head { display: flex; align-items: center; flex-wrap: wrap; gap: 2px 12px; font-size: 12px; line-height: 18px;
  color: var(--mui-palette-text-secondary); }
.head b { font-size: 13px; color: var(--mui-palette-text-primary); }
.head span { display: inline-flex; align-items: center; gap: 5px; white-space: nowrap; }
.head .about { flex-basis: 100%; white-space: normal; }
@media (max-width: 1199px) { .head b { flex-basis: 100%; } }
"""
