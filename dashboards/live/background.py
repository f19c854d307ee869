"""Work off the loop: files are packed, read and written in a thread, and what comes of it is shown when it is there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from functools import partial
from typing import Any

import panel as pn
from bokeh.document import Document

from dashboards.hub.executors import EachApart
from dashboards.live.panel_patches.messages import one_message
from gridworld.training.own_thread import give_up, in_own_thread
from gridworld.worlds.problem_cache import PROBLEMS

AT_ONCE = 0.05  # seconds that a page may be held up by what it waits for
LOG = logging.getLogger(__name__)


def in_background(executor: Executor, work: Callable[[], Any], then: Callable[[Future], None]) -> None:
    """Let the executor do `work`, then call `then` with its future on the loop of the page that asked.

    Outside a server (a notebook, a test) the page waits.
    """
    document, future = pn.state.curdoc, executor.submit(work)
    if document is None or document.session_context is None:
        wait([future])
        then(future)
    else:
        future.add_done_callback(lambda done: soon(document, partial(then, done)))


def load_first(work: Callable[[], Any], then: Callable[[], None]) -> None:
    """Do work that loads a world, then call `then`: at once if it takes a moment, else on the loop of the page.

    What the work raises is left to `then`, which needs the same world; so is an environment that never answers, which
    is given up.
    """
    loading = in_own_thread(work)
    if wait([loading], AT_ONCE).done:
        then()
    else:
        in_background(EachApart(), partial(_wait, loading), lambda done: then())


def _wait(loading: Future) -> None:
    """Wait for a world for as long as there is patience."""
    wait([loading], PROBLEMS.patience)
    give_up(loading)


def soon(document: Document, change: Callable[[], Any]) -> None:
    """Make a change of a page from a thread: on the loop, under the document's lock, in one message."""

    def make() -> None:
        with one_message(document):
            change()

    with suppress(RuntimeError):  # the page was closed meanwhile
        document.add_next_tick_callback(make)


def sentence(problem: BaseException) -> str:
    """Return the message that a page shows of an error; its code, and an unexpected error itself, go to the log."""
    expected = isinstance(problem, ValueError)
    code = getattr(problem, "code", "refused" if expected else "internal")
    LOG.log(logging.INFO if expected else logging.ERROR, "%s: %s", code, problem)
    return str(problem) if expected else f"Something went wrong in the program: {problem}"
