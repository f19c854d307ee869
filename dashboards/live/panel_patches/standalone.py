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
from panel.io.resources import Resources as PanelResources
from panel.io.resources import set_resource_mode
from panel.io.save import file_html

from dashboards.live.panel_patches.presence import has, takes, usable

COMPONENTS = ["bokeh", "bokeh-widgets", "bokeh-tables"]  # Panel's part builds on all three
PANEL = Path(pn.__file__).parent / "dist" / "panel.min.js"


def page_of(models: Sequence[Model], title: str, template: str, variables: Mapping[str, Any]) -> str:
    """Return a page of Bokeh models as one HTML text, by a template in which `roots` are their places.

    Where a name is gone Panel writes it: with more scripts, and with a setting of the whole process changed meanwhile.
    """
    if not usable("a page in one file", _names()):
        with set_resource_mode("inline"):
            return file_html(list(models), PanelResources(mode="inline"), title, template, dict(variables))
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
