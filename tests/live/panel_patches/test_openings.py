"""Pages that are asked for together are made one by one, and the loop serves others between them."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from types import SimpleNamespace

import pytest
from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.server.contexts import ApplicationContext
from bokeh.util.token import generate_jwt_token
from tornado.ioloop import IOLoop

from dashboards.live.panel_patches.openings import make_pages_in_turn


def turns_of(monkeypatch) -> list[int]:
    """Return how many turns others had on the loop before each of four pages that are asked for at once was made."""
    monkeypatch.setattr(ApplicationContext, "create_session_if_needed", ApplicationContext.create_session_if_needed)
    make_pages_in_turn()
    made, turns = [], 0

    async def ask() -> None:
        nonlocal turns
        application = Application(FunctionHandler(lambda document: made.append(turns)))
        context = ApplicationContext(application, io_loop=IOLoop.current())
        asked = [asyncio.ensure_future(context.create_session_if_needed(str(page))) for page in (1, 2, 3, 4, 1)]
        while not all(page.done() for page in asked):
            turns += 1
            await asyncio.sleep(0)
        sessions = [page.result() for page in asked]
        assert sessions[0] is sessions[-1], "a page that is there is not made again"
        assert sessions[0] is await context.create_session_if_needed("1")

    asyncio.run(ask())
    return made


def test_the_loop_serves_others_between_two_pages(monkeypatch):
    made = turns_of(monkeypatch)
    assert len(made) == 4
    assert all(later > earlier for earlier, later in pairwise(made))


def test_a_loop_that_ended_during_a_rest_holds_up_no_other(monkeypatch):
    monkeypatch.setattr(ApplicationContext, "create_session_if_needed", ApplicationContext.create_session_if_needed)
    make_pages_in_turn(rest=1e9)

    async def ask() -> None:
        context = ApplicationContext(Application(FunctionHandler(lambda document: None)), io_loop=IOLoop.current())
        await context.create_session_if_needed("1")

    for _ in range(2):
        asyncio.run(ask())


@pytest.mark.parametrize("comes", ["with the request", "in the token"])
def test_what_a_page_will_find_in_its_address_is_handed_on_before_it_is_made(comes, monkeypatch):
    monkeypatch.setattr(ApplicationContext, "create_session_if_needed", ApplicationContext.create_session_if_needed)
    asked = []

    async def before(arguments: dict) -> None:
        asked.append(arguments)

    make_pages_in_turn(before=before)
    request, expected = SimpleNamespace(arguments={"world": [b"easy"]}), {"world": [b"easy"]}
    if comes == "in the token":
        expected = {"world": [b"hard"]}
    token = generate_jwt_token("1", extra_payload={"arguments": expected} if comes == "in the token" else None)

    async def ask() -> dict:
        context = ApplicationContext(Application(FunctionHandler(lambda document: None)), io_loop=IOLoop.current())
        session = await context.create_session_if_needed("1", request, token)
        return session.document.session_context.request.arguments

    assert asyncio.run(ask()) == asked[0] == expected


def test_another_version_makes_pages_its_own_way(monkeypatch):
    async def other(self, session_id):
        return None

    monkeypatch.setattr(ApplicationContext, "create_session_if_needed", other)
    make_pages_in_turn()
    assert ApplicationContext.create_session_if_needed is other
