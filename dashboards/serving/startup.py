"""What a server does once, before its first page.

It loads the files that GRIDWORLD_LOAD names, compiles the loops, and keeps the collector of garbage out of the way.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import cache
from typing import Any

import panel as pn
from bokeh.document import Document
from bokeh.models import Spacer
from bokeh.settings import settings
from panel.io.resources import LOCAL_DIST
from panel.io.state import set_curdoc

from dashboards.hub.hub import process_hub
from dashboards.live.page_cleanup import settle
from dashboards.live.panel_patches.answers import answer_in_turn
from dashboards.live.panel_patches.echoes import keep_looks
from dashboards.live.panel_patches.openings import make_pages_in_slices
from dashboards.live.panel_patches.promised_pages import frame_pages, promise_pages
from dashboards.live.panel_patches.root_address import keep_parameters
from dashboards.live.panel_patches.written_pages import write_frames_once
from dashboards.pages.loading import load_asked
from dashboards.pages.shell import TITLE, frame, is_dark, known_theme
from gridworld.compiled import CAN_COMPILE
from gridworld.extensions import load_named
from gridworld.training.own_thread import HAS_THREADS
from gridworld.training.session import TrainingSession

# Bokeh 3.9's own reconnection fetches the document again and drops its arrays; a page is mended by a reload.
DISCONNECTED = "The server can't be reached. The run is kept there; reload the page to see it again."


def prepare() -> None:
    """Load Panel's parts for a page, and warm up if the server has not yet."""
    load_parts()
    warm_up()
    if pn.state.curdoc is not None:
        frame_pages(pn.state.curdoc, frame_of)


def load_parts() -> None:
    """Load Panel's parts for the document that is being made, whose stylesheets are on this server."""
    pn.extension("tabulator", notifications=True, disconnect_notification=DISCONNECTED)
    if pn.state.curdoc is not None:  # Panel sets it as it writes the HTML of a document
        pn.state.curdoc.template_variables["dist_url"] = LOCAL_DIST


def frame_of(request: Any) -> Document:
    """Return the document of an empty page, in the colours that a request for a page asks for."""
    theme = known_theme(request.arguments.get("theme", [b""])[0].decode(errors="replace"))
    return empty_page(theme, is_dark(theme, request.headers))


@cache
def empty_page(theme: str, dark: bool) -> Document:
    """Return the document of a page that holds nothing; its HTML is that of any page in these colours."""
    document = Document()
    with set_curdoc(document):
        load_parts()
        frame(theme, dark_theme=dark).server_doc(document, TITLE)
    document.add_root(Spacer(name="notifications"))  # the place of Panel's, which it makes for a session only
    return document


@cache
def warm_up() -> None:
    """Load the user's own files once; compile the default agent's loop here, the others' in a low-priority process.

    What is compiled stays on disk, so all but a machine's first start find it there.
    """
    settings.perform_document_validation = False
    settings.perform_error_diagnostics = False
    load_named()
    TrainingSession().compile()
    settle()
    make_pages_in_slices(process_hub().slices, before=load_asked)
    promise_pages()
    write_frames_once()
    answer_in_turn()
    keep_parameters()
    keep_looks()
    if CAN_COMPILE and HAS_THREADS:
        command = [sys.executable, "-m", "gridworld.cli.precompile", "--until-input-closes"]
        others = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        threading.Thread(target=_see_off, args=(others,), daemon=True).start()


def _see_off(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process, then close its end of the pipe."""
    with process:
        process.wait()
