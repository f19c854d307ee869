"""What this project uses of Panel, Bokeh and panel-material-ui without their promise: all there, all in one room."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import bokeh.document.events
import bokeh.embed.bundle
import bokeh.embed.elements
import bokeh.embed.util
import bokeh.io.doc
import bokeh.resources
import bokeh.server.urls
import panel as pn
import panel.io.document
import panel.io.resources
import panel.io.server
import panel.models.widgets
import panel_material_ui as pmui
import pytest
from bokeh.application import Application
from bokeh.core.property.bases import Property
from bokeh.core.property.descriptors import PropertyDescriptor
from bokeh.core.property.wrappers import PropertyValueContainer
from bokeh.core.serialization import Serializer
from bokeh.document import Document
from bokeh.models import ColumnDataSource, Div
from bokeh.protocol import Protocol
from bokeh.protocol.message import Message
from bokeh.server.connection import ServerConnection
from bokeh.server.contexts import ApplicationContext, BokehServerContext
from bokeh.server.session import ServerSession
from bokeh.server.views.ws import WSHandler
from panel.reactive import ReactiveCustomBase, Syncable
from panel.widgets.tables import Tabulator
from panel_material_ui.base import MaterialComponent
from tornado.websocket import WebSocketHandler

from dashboards.live.panel_patches.answers import ANSWERS
from dashboards.live.panel_patches.openings import PAUSES
from dashboards.live.panel_patches.presence import takes
from support.paths import ROOT

ROOM = ROOT / "dashboards" / "live" / "panel_patches"


class Used(NamedTuple):
    """A name: where it is found, what it is called, and the parameters that are given by name or by place."""

    owner: Callable[[], Any]
    name: str
    parameters: tuple[str, ...] | None = None


def session() -> ServerSession:
    return ServerSession("session", Document())


def material_model() -> Any:
    return pmui.Button().get_root()


NAMES = {
    "bokeh.server.session.ServerSession._pending_writes": Used(session, "_pending_writes"),
    "bokeh.server.session.ServerSession._subscribed_connections": Used(session, "_subscribed_connections"),
    "bokeh.server.connection.ServerConnection._socket": Used(
        lambda: ServerConnection(Protocol(), None, None, session()), "_socket"
    ),
    "bokeh.server.contexts.ApplicationContext.create_session_if_needed": Used(
        lambda: ApplicationContext, "create_session_if_needed", ("session_id", "request", "token")
    ),
    "panel.io.server.server_html_page_for_session": Used(
        lambda: panel.io.server,
        "server_html_page_for_session",
        ("session", "resources", "title", "token", "template", "template_variables"),
    ),
    "bokeh.server.contexts.ApplicationContext._pending_sessions": Used(
        lambda: ApplicationContext(Application()), "_pending_sessions"
    ),
    "bokeh.server.contexts.ApplicationContext.sessions": Used(lambda: ApplicationContext, "sessions"),
    "bokeh.server.session.ServerSession.pull": Used(lambda: ServerSession, "pull", ("message", "connection")),
    "bokeh.core.property.descriptors.PropertyDescriptor._get_default": Used(
        lambda: PropertyDescriptor, "_get_default", ("obj",)
    ),
    "bokeh.core.property.descriptors.PropertyDescriptor.has_unstable_default": Used(
        lambda: PropertyDescriptor, "has_unstable_default", ("obj",)
    ),
    "bokeh.core.has_props.HasProps._unstable_default_values": Used(Div, "_unstable_default_values"),
    "bokeh.core.has_props.HasProps._overridden_defaults": Used(lambda: Div, "_overridden_defaults", ()),
    "bokeh.core.property.bases.Property._default": Used(Property, "_default"),
    "bokeh.core.property.wrappers.PropertyValueContainer._register_owner": Used(
        lambda: PropertyValueContainer, "_register_owner", ("owner", "descriptor")
    ),
    "bokeh.server.contexts.BokehServerContext.application_context": Used(
        lambda: BokehServerContext, "application_context"
    ),
    "bokeh.io.doc._PATCHED_CURDOCS": Used(lambda: bokeh.io.doc, "_PATCHED_CURDOCS"),
    **{
        f"{owner.__name__}.{name}, where a page may pause": Used(partial(lambda owner: owner, owner), name)
        for owner, name in PAUSES
    },
    "bokeh.server.urls.per_app_patterns": Used(lambda: bokeh.server.urls, "per_app_patterns"),
    "bokeh.server.views.ws.WSHandler.on_message": Used(lambda: WSHandler, "on_message", ("fragment",)),
    "bokeh.server.views.ws.WSHandler._receive": Used(lambda: WSHandler, "_receive", ("fragment",)),
    "bokeh.server.views.ws.WSHandler.send_message": Used(lambda: WSHandler, "send_message", ("message",)),
    "bokeh.server.views.ws.WSHandler is a WebSocketHandler, whose write_message": Used(
        lambda: WSHandler if issubclass(WSHandler, WebSocketHandler) else None, "write_message", ("message",)
    ),
    "bokeh.document.Document.callbacks._held_events": Used(lambda: Document().callbacks, "_held_events"),
    "bokeh.document.Document.callbacks.trigger_on_change": Used(
        lambda: Document().callbacks, "trigger_on_change", ("event",)
    ),
    "bokeh.document.Document.models._new_models": Used(lambda: Document().models, "_new_models"),
    "bokeh.document.Document.models.flush_synced": Used(lambda: Document().models, "flush_synced", ("is_still_new",)),
    "bokeh.document.events.ColumnDataChangedEvent": Used(
        lambda: bokeh.document.events, "ColumnDataChangedEvent", ("document", "model", "attr", "data")
    ),
    "bokeh.document.events.ColumnsPatchedEvent": Used(
        lambda: bokeh.document.events, "ColumnsPatchedEvent", ("document", "model", "attr", "patches")
    ),
    "bokeh.core.serialization.Serializer.get_ref": Used(lambda: Serializer, "get_ref", ("obj",)),
    "bokeh.core.serialization.Serializer._encode_bytes": Used(lambda: Serializer, "_encode_bytes", ("obj",)),
    "bokeh.protocol.message.Message.send": Used(lambda: Message, "send", ("conn",)),
    "bokeh.protocol.message.Message.write_buffers": Used(lambda: Message, "write_buffers", ("conn", "locked")),
    "bokeh.model.Model._callbacks": Used(Div, "_callbacks"),
    "bokeh.models.ColumnDataSource.data is a dict, whose update": Used(
        lambda: ColumnDataSource().data if isinstance(ColumnDataSource().data, dict) else None, "update"
    ),
    "bokeh.embed.bundle.Bundle": Used(lambda: bokeh.embed.bundle, "Bundle", ("js_raw",)),
    "bokeh.embed.elements.html_page_for_render_items": Used(
        lambda: bokeh.embed.elements,
        "html_page_for_render_items",
        ("bundle", "docs_json", "render_items", "title", "template", "template_variables"),
    ),
    "bokeh.embed.util.standalone_docs_json_and_render_items": Used(
        lambda: bokeh.embed.util, "standalone_docs_json_and_render_items", ("models", "suppress_callback_warning")
    ),
    "bokeh.resources.Resources.js_raw": Used(lambda: bokeh.resources.Resources(mode="inline"), "js_raw"),
    "panel.io.server.RootHandler.redirect": Used(lambda: panel.io.server.RootHandler, "redirect", ("url",)),
    "panel.models.widgets.Player (without it nothing can be exported)": Used(lambda: panel.models.widgets, "Player"),
    "panel's file dist/panel.min.js": Used(lambda: Path(pn.__file__).parent / "dist" / "panel.min.js", "read_text"),
    "panel.extension._loaded": Used(lambda: pn.extension, "_loaded"),
    "panel.state._views": Used(lambda: pn.state, "_views"),
    "panel.state._stylesheets": Used(lambda: pn.state, "_stylesheets"),
    "panel.util.edit_readonly": Used(lambda: pn.util, "edit_readonly", ("parameterized",)),
    "panel.io.document._garbage_collect": Used(lambda: panel.io.document, "_garbage_collect", ()),
    "panel.io.resources.CDN_DIST": Used(lambda: panel.io.resources, "CDN_DIST"),
    "panel.io.resources.LOCAL_DIST": Used(lambda: panel.io.resources, "LOCAL_DIST"),
    "panel.io.resources.DIST_DIR": Used(lambda: panel.io.resources, "DIST_DIR"),
    "panel.reactive.ReactiveCustomBase._patch_datamodel_ref": Used(
        lambda: ReactiveCustomBase, "_patch_datamodel_ref", ("props", "ref")
    ),
    **{
        f"panel.reactive.Syncable.{name}": Used(lambda: Syncable, name, parameters)
        for name, parameters in ANSWERS.items()
    },
    "panel.reactive.Syncable._process_param_change": Used(lambda: Syncable, "_process_param_change", ("params",)),
    "panel.reactive.Syncable._process_property_change": Used(lambda: Syncable, "_process_property_change", ("props",)),
    "panel.widgets.Tabulator._get_style_data": Used(lambda: Tabulator, "_get_style_data", ("recompute",)),
    "panel.viewable.Renderable._models": Used(pn.Column, "_models"),
    "panel.viewable.MimeRenderMixin._on_msg": Used(lambda: pmui.Column, "_on_msg", ("ref", "manager", "msg")),
    "panel.viewable.MimeRenderMixin._render_mimebundle": Used(
        lambda: pmui.Column, "_render_mimebundle", ("model", "doc", "comm")
    ),
    "panel.widgets.Tabulator's model.source": Used(lambda: Tabulator().get_root(), "source"),
    "panel_material_ui.base.MaterialComponent._render_esm": Used(
        lambda: MaterialComponent, "_render_esm", ("compiled", "server")
    ),
    "panel_material_ui: a component's model.bundle": Used(material_model, "bundle"),
    "panel_material_ui: a component's model.esm": Used(material_model, "esm"),
    "panel_material_ui.FileInput._handle_msg": Used(lambda: pmui.FileInput, "_handle_msg", ("msg",)),
    "panel_material_ui.Page.busy": Used(lambda: pmui.Page.param, "busy"),
    "panel_material_ui.Page.contextbar_open": Used(lambda: pmui.Page.param, "contextbar_open"),
}


@pytest.mark.parametrize("path", NAMES)
def test_the_installed_versions_have(path):
    owner, name, parameters = NAMES[path]
    found = owner()
    assert hasattr(found, name), f"{path} is gone: see dashboards/live/panel_patches for what falls back without it"
    if parameters is not None:
        assert takes(getattr(found, name), *parameters), f"{path} has other parameters than {', '.join(parameters)}"


def private_names(tree: ast.AST) -> Iterator[str]:
    """The names with a leading underscore that are looked up on something else than `self` or the class itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr):
            owner = node.value
            is_own = isinstance(owner, ast.Name) and owner.id in ("self", "cls")
            is_inherited = isinstance(owner, ast.Call) and getattr(owner.func, "id", "") == "super"
            if not is_own or is_inherited:
                yield node.attr


def own_names(files: list[Path]) -> set[str]:
    """The private names that the files define themselves, and those that Python gives every named tuple."""
    found = {"_replace", "_fields", "_asdict"}
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found.add(node.id)
    return found


def test_no_private_name_of_a_library_is_used_outside_the_room():
    outside = [path for path in (ROOT / "dashboards").rglob("*.py") if ROOM not in path.parents]
    core = list((ROOT / "gridworld").rglob("*.py"))
    own = own_names(outside + core)
    foreign = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in outside
        for name in private_names(ast.parse(path.read_text()))
        if name not in own
    }
    assert foreign == set()


def test_each_private_name_that_the_room_uses_is_in_the_table():
    used = {name for path in ROOM.glob("*.py") for name in private_names(ast.parse(path.read_text()))}
    assert used - {path.rpartition(".")[2] for path in NAMES} - {"_encode_bytes"} == set()
