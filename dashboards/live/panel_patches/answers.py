"""What follows from what a browser sends leaves in its turn, with all that follows, as one message."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import panel as pn
from bokeh.document import Document
from panel.reactive import Syncable
from param.parameterized import iscoroutinefunction

from dashboards.live.panel_patches.messages import one_message
from dashboards.live.panel_patches.presence import takes, usable
from dashboards.live.served import served_page

ANSWERS = {"_change_event": ("doc",), "_process_bokeh_event": ("doc", "event")}
"""The methods of Panel in which a component learns what a person did, and their parameters."""


def answer_in_turn() -> None:
    """Let servers answer a browser in one message, in its turn.

    Panel writes to the sockets by itself: before what Bokeh has still to send, and, where a socket is busy, after what
    comes later. A browser drops a whole message that speaks of a model that it does not have yet, and shows what was
    true before if that comes last.
    """
    for name, parameters in ANSWERS.items():
        answer = getattr(Syncable, name, None)
        if usable(
            "an answer as one message", {f"Syncable.{name}({', '.join(parameters)})": takes(answer, *parameters)}
        ):
            setattr(Syncable, name, _in_one_message(answer))
    kind = type(pn.state)
    execute = getattr(kind, "execute", None)
    if usable("an answer in its turn", {"state.execute(callback, schedule)": takes(execute, "callback", "schedule")}):
        kind.execute = _under_the_lock(execute)


def _in_one_message(answer: Any) -> Callable[..., None]:
    @wraps(answer)
    def answer_at_once(self: Syncable, doc: Document, *event: Any) -> None:
        with one_message(doc):
            answer(self, doc, *event)

    return answer_at_once


def _under_the_lock(execute: Any) -> Callable[..., None]:
    """Let coroutines, which answer what comes while another answer is due, have the document's lock as all others."""

    @wraps(execute)
    def execute_in_turn(self: Any, callback: Any, schedule: Any = "auto") -> None:
        document = served_page()
        if document is not None and iscoroutinefunction(callback):
            document.add_next_tick_callback(callback)
        else:
            execute(self, callback, schedule)

    return execute_in_turn
