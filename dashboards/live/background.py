"""Work off the loop: files are packed, read and written in a thread, and what comes of it is shown when it is there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from contextlib import suppress
from functools import partial
from typing import Any

from bokeh.document import Document

from dashboards.hub.executors import EachApart
from dashboards.live.panel_patches.messages import one_message
from dashboards.live.served import served_page
from gridworld.training.own_thread import give_up, in_own_thread
from gridworld.worlds.problem_cache import PROBLEMS

AT_ONCE = 0.05  # seconds that a page may be held up by what it waits for
LOG = logging.getLogger(__name__)


def in_background(executor: Executor, work: Callable[[], Any], then: Callable[[Future], None]) -> None:
    """Let the executor do `work`, then call `then` with its future on the loop of the page that asked.

    Outside a server (a notebook, a test) the page waits.
    """
    document, future = served_page(), executor.submit(work)
    if document is None:
        wait([future])
        then(future)
    else:
        change_soon = from_threads(document)
        future.add_done_callback(lambda done: change_soon(partial(then, done)))


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
    """Make a change of a page when the loop has time, under the document's lock, in one message."""

    def make() -> None:
        with one_message(document):
            change()

    with suppress(RuntimeError):  # the page was closed meanwhile
        document.add_next_tick_callback(make)


def from_threads(document: Document) -> Callable[[Callable[[], Any]], None]:
    """Return what makes a change of a page soon and may be called in any thread; to be asked for on the page's loop.

    Bokeh sets the current document of the whole process while it takes a callback. From a thread that would mix up the
    documents of pages that are made or changed at that moment: changes are lost, and no page is served any more.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # no server
        return partial(soon, document)

    def change_soon(change: Callable[[], Any]) -> None:
        with suppress(RuntimeError):  # the server ended meanwhile
            loop.call_soon_threadsafe(soon, document, change)

    return change_soon


def sentence(problem: BaseException) -> str:
    """Return the message that a page shows of an error; its code, and an unexpected error itself, go to the log."""
    expected = isinstance(problem, ValueError)
    code = getattr(problem, "code", "refused" if expected else "internal")
    LOG.log(logging.INFO if expected else logging.ERROR, "%s: %s", code, problem)
    return str(problem) if expected else f"Something went wrong in the program: {problem}"
