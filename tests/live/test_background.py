"""Work off the loop, and what a page shows of it."""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from bokeh.document import Document
from bokeh.io.doc import patch_curdoc
from bokeh.models import Div

from dashboards.hub.executors import AtOnce
from dashboards.live.background import in_background, sentence, soon
from gridworld.errors import CheckpointError


def test_a_change_from_a_thread_is_made_in_the_documents_next_turn():
    document, words = Document(), Div(text="before")
    document.add_root(words)
    soon(document, lambda: words.update(text="after"))
    assert words.text == "before"
    (callback,) = document.session_callbacks
    callback.callback()
    assert words.text == "after"


def test_only_the_thread_of_the_loop_sets_the_current_document_for_what_a_thread_has_done():
    """Bokeh's list of current documents is one for all threads: a second one would take another page's off it."""
    document, threads, is_asked = Document(), [], threading.Event()
    document._session_context = lambda: SimpleNamespace(session=None)
    document.on_change(lambda event: threads.append(threading.get_ident()))

    async def page() -> None:
        with ThreadPoolExecutor() as executor, patch_curdoc(document):
            in_background(executor, is_asked.wait, lambda future: None)
            is_asked.set()
        while not threads:
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(page(), 30))
    assert threads == [threading.get_ident()]


def test_outside_a_server_the_result_is_there_at_once():
    results = []
    in_background(AtOnce(), lambda: 6 * 7, lambda future: results.append(future.result()))
    assert results == [42]


def test_what_is_wrong_with_an_input_is_shown_as_it_is_and_a_fault_of_the_program_as_such(caplog):
    with caplog.at_level(logging.INFO):
        assert sentence(ValueError("Give a number.")) == "Give a number."
        assert sentence(CheckpointError("damaged", "It was cut.")) == "It was cut."
        assert sentence(KeyError("q")) == "Something went wrong in the program: 'q'"
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO", "ERROR"]
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["refused", "damaged", "internal"]
