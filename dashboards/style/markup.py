"""HTML in which what a user names is text."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup


def fill(template: str, *values: Any, **named: Any) -> str:
    """Return HTML with values as plain text: what a user names can't be markup. `Markup` values are kept."""
    return str(Markup(template).format(*values, **named))  # Panel and Bokeh escape a Markup once more


def plain(sentence: str) -> str:
    """Return a sentence for what renders Markdown and HTML, such as `pmui.Alert`, which shows it as it is written."""
    return fill("<div>{}</div>", " ".join(sentence.split())) if sentence else ""
