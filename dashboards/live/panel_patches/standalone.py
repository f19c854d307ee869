"""A page that holds everything it needs, with no more scripts than draw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.embed import bundle, elements, util
from bokeh.model import Model
from bokeh.resources import Resources

from dashboards.live.panel_patches.presence import has, require, takes

COMPONENTS = ["bokeh", "bokeh-widgets", "bokeh-tables"]  # Panel's part builds on all three
PANEL = Path(pn.__file__).parent / "dist" / "panel.min.js"


def page_of(models: Sequence[Model], title: str, template: str, variables: Mapping[str, Any]) -> str:
    """Return a page of Bokeh models as one HTML text, by a template in which `roots` are their places.

    Bokeh's `file_html` is no plain way where a name is gone: its page loads scripts of Panel from the network.

    Raises
    ------
    ValueError
        If the installed versions lack a name that this needs.
    """
    require("A page can't be written into one file", _names())
    documents, items = util.standalone_docs_json_and_render_items(models, suppress_callback_warning=True)
    return elements.html_page_for_render_items(libraries(), documents, items, title, template, dict(variables))


@cache
def libraries() -> Any:
    """Return the scripts of Bokeh and Panel, from the installed packages."""
    core = Resources(mode="inline", components=COMPONENTS).js_raw
    return bundle.Bundle(js_raw=[*core, PANEL.read_text(encoding="utf-8")])


def _names() -> dict[str, bool]:
    items = getattr(util, "standalone_docs_json_and_render_items", None)
    page = getattr(elements, "html_page_for_render_items", None)
    given = "bundle", "docs_json", "render_items", "title", "template", "template_variables"
    return {
        "bokeh.embed.util.standalone_docs_json_and_render_items": takes(items, "models", "suppress_callback_warning"),
        "bokeh.embed.elements.html_page_for_render_items": takes(page, *given),
        "bokeh.embed.bundle.Bundle": takes(getattr(bundle, "Bundle", None), "js_raw"),
        "bokeh.resources.Resources.js_raw": has(Resources, "js_raw"),
        "panel's file dist/panel.min.js": PANEL.is_file(),
    }
