"""The HTML of a page does not wait for the page: it is the frame's, and the page is made when its browser connects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.document import Document
from bokeh.server.contexts import ApplicationContext
from bokeh.util.token import generate_jwt_token
from tornado.ioloop import IOLoop

from dashboards.live.panel_patches.promised_pages import MOST_BEGUN, PromisedPage, frame_pages, promise_pages

FRAME = Document()
ASKS = SimpleNamespace(headers={}, arguments={})
CONNECTS = SimpleNamespace(headers={"Upgrade": "websocket"}, arguments={})


@pytest.fixture(autouse=True)
def libraries(monkeypatch):
    """Take back what the changes change."""
    name = "create_session_if_needed"
    monkeypatch.setattr(ApplicationContext, name, vars(ApplicationContext)[name])


class Pages:
    """An application, and the pages that were made of it."""

    def __init__(self, fill: Callable[[Document], object]) -> None:
        self.made: list[Document] = []

        def make(document: Document) -> None:
            self.made.append(document)
            fill(document)

        self.context = ApplicationContext(Application(FunctionHandler(make)), io_loop=IOLoop.current())

    async def ask(self, name: str, request: Any = ASKS) -> Any:
        return await self.context.create_session_if_needed(name, request, generate_jwt_token(name))


def framed(document: Document) -> None:
    frame_pages(document, lambda request: FRAME)


def test_a_page_is_promised_at_once_and_made_once():
    promise_pages()

    async def ask() -> None:
        pages = Pages(framed)
        first = await pages.ask("first")
        assert first.document is pages.made[0], "the first page shows that the application has a frame"
        promised = await pages.ask("second")
        assert promised == PromisedPage(promised.token, FRAME)
        assert len(pages.made) == 1, "the HTML does not wait for the page"
        session = await pages.ask("second", CONNECTS)
        assert session.document is pages.made[1]
        await asyncio.sleep(0)
        assert len(pages.made) == 2

    asyncio.run(ask())


def test_a_page_is_begun_before_its_browser_connects():
    promise_pages()

    async def ask() -> None:
        pages = Pages(framed)
        await pages.ask("first")
        await pages.ask("second")
        while len(pages.made) < 2:
            await asyncio.sleep(0)
        assert (await pages.ask("second", CONNECTS)).document is pages.made[1]

    asyncio.run(ask())


def test_who_asks_for_many_pages_and_never_connects_has_few_made():
    promise_pages()

    async def ask() -> None:
        pages = Pages(framed)
        await pages.ask("first")
        for number in range(10):
            await pages.ask(f"asked {number}")
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(pages.made) == 1 + MOST_BEGUN
        await pages.ask("asked 9", CONNECTS)
        assert len(pages.made) == 2 + MOST_BEGUN

    asyncio.run(ask())


def test_a_page_that_a_browser_asks_for_again_with_the_colours_it_prefers_is_made_once():
    promise_pages()
    first = SimpleNamespace(headers={"Sec-Ch-Ua": "a brand"}, arguments={})
    again = SimpleNamespace(headers={**first.headers, "Sec-Ch-Prefers-Color-Scheme": "dark"}, arguments={})

    async def ask() -> None:
        pages = Pages(framed)
        await pages.ask("first")
        for name, request in (("thrown away", first), ("shown", again)):
            await pages.ask(name, request)
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(pages.made) == 2
        assert (await pages.ask("shown", CONNECTS)).document is pages.made[1]

    asyncio.run(ask())


def test_a_page_that_can_not_be_made_leaves_room_for_others():
    promise_pages()
    problem = RuntimeError("no page")

    def fail(document: Document) -> None:
        framed(document)
        if document is not pages.made[0]:
            raise problem

    async def ask() -> None:
        nonlocal pages
        pages = Pages(fail)
        await pages.ask("first")
        for number in range(2 * MOST_BEGUN):
            await pages.ask(f"asked {number}")
            for _ in range(10):
                await asyncio.sleep(0)
        assert len(pages.made) == 1 + 2 * MOST_BEGUN

    pages: Any = None
    asyncio.run(ask())


def test_a_request_has_the_frame_that_it_asks_for():
    promise_pages()
    frames = {"dark": Document(), "light": Document()}

    async def ask() -> None:
        pages = Pages(lambda document: frame_pages(document, lambda request: frames[request.arguments["theme"]]))
        for theme in ("light", "dark", "light"):
            request = SimpleNamespace(headers={}, arguments={"theme": theme})
            promised = await pages.ask(f"{theme} after {len(pages.made)}", request)
            assert promised.document is (frames[theme] if len(pages.made) > 1 else pages.made[0])
            await pages.ask("another", CONNECTS)

    asyncio.run(ask())


def test_an_application_without_a_frame_makes_its_pages_before_their_html():
    promise_pages()

    async def ask() -> None:
        pages = Pages(lambda document: None)
        for name in ("first", "second"):
            assert (await pages.ask(name)).document is pages.made[-1]

    asyncio.run(ask())


def test_another_version_makes_pages_its_own_way(monkeypatch):
    async def other(self, session_id):
        return None

    monkeypatch.setattr(ApplicationContext, "create_session_if_needed", other)
    promise_pages()
    assert ApplicationContext.create_session_if_needed is other
