"""Pages that are asked for together are made one by one, in slices between which the loop serves others."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from itertools import count, pairwise
from types import SimpleNamespace

import pytest
from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.document import Document
from bokeh.io import curdoc
from bokeh.io.doc import patch_curdoc
from bokeh.models import Column, ColumnDataSource, Div
from bokeh.protocol import Protocol
from bokeh.server.contexts import ApplicationContext
from bokeh.server.session import ServerSession
from bokeh.util.token import generate_jwt_token
from tornado.ioloop import IOLoop

from dashboards.hub.slices import Slicer, pause_point
from dashboards.live.panel_patches.messages import structured_once
from dashboards.live.panel_patches.openings import PAUSES, change_in_slices, make_pages_in_slices
from support.second_document import episodes_of, served


@pytest.fixture(autouse=True)
def libraries(monkeypatch):
    """Take back what the changes change."""
    changed = [(ApplicationContext, "create_session_if_needed"), (ServerSession, "pull"), *PAUSES]
    for owner, name in changed:
        monkeypatch.setattr(owner, name, vars(owner)[name])


def overdue() -> Slicer:
    """Slicer that are too long whenever it is asked."""
    return Slicer(count().__next__)


def context_of(fill: Callable[[Document], object]) -> ApplicationContext:
    return ApplicationContext(Application(FunctionHandler(fill)), io_loop=IOLoop.current())


def test_the_loop_serves_others_between_two_pages():
    make_pages_in_slices(overdue())
    made, turns = [], 0

    def fill(document: Document) -> None:
        made.append(turns)
        pause_point()

    async def ask() -> None:
        nonlocal turns
        context = context_of(fill)
        asked = [asyncio.ensure_future(context.create_session_if_needed(str(page))) for page in (1, 2, 3, 4, 1)]
        while not all(page.done() for page in asked):
            turns += 1
            await asyncio.sleep(0)
        sessions = [page.result() for page in asked]
        assert sessions[0] is sessions[-1], "a page that is there is not made again"
        assert sessions[0] is await context.create_session_if_needed("1")

    asyncio.run(ask())
    assert len(made) == 4
    assert all(later > earlier for earlier, later in pairwise(made))


def test_a_page_that_can_not_be_made_is_made_anew_when_it_is_asked_for_again():
    make_pages_in_slices(overdue())
    problems = [RuntimeError("no page")]

    def fill(document: Document) -> None:
        if problems:
            raise problems.pop()

    async def ask() -> None:
        context = context_of(fill)
        with pytest.raises(RuntimeError, match="no page"):
            await context.create_session_if_needed("1")
        session = await asyncio.wait_for(context.create_session_if_needed("1"), 30)
        assert session.id == "1"

    asyncio.run(ask())


def test_two_documents_are_not_mixed_up_while_one_is_made():
    make_pages_in_slices(overdue())
    other, turns, made = Document(), 0, []

    def fill(document: Document) -> None:
        sys.argv = ["the page's"]
        with patch_curdoc(document):
            for _ in range(20):
                document.add_root(Column(children=[Div()]))
                made.append(curdoc() is document)

    async def ask() -> None:
        nonlocal turns
        with patch_curdoc(other):
            session = asyncio.ensure_future(context_of(fill).create_session_if_needed("1"))
            while not session.done():
                turns += 1
                assert curdoc() is other
                assert sys.argv != ["the page's"]
                await asyncio.sleep(0)
        assert len(session.result().document.roots) == 20

    asyncio.run(ask())
    assert made == [True] * 20
    assert turns > 20


def test_the_loop_serves_others_while_a_page_is_written():
    make_pages_in_slices(overdue())
    written = []

    async def ask() -> None:
        session = await context_of(lambda document: document.add_root(column())).create_session_if_needed("1")
        reply = asyncio.ensure_future(pulled(session))
        turns = 0
        while not reply.done():
            turns += 1
            await asyncio.sleep(0)
        assert turns > 20
        written.append(reply.result().content["doc"]["roots"])
        written.append(session.document.to_json().content["roots"])

    asyncio.run(ask())
    assert written[0] == written[1]


def column() -> Column:
    return Column(children=[Div(text=str(number)) for number in range(20)])


async def pulled(session: ServerSession):
    class Connection:
        protocol = Protocol()

    Connection.session = session
    return await ServerSession.pull(Protocol().create("PULL-DOC-REQ"), Connection)


@pytest.mark.parametrize("comes", ["with the request", "in the token"])
def test_what_a_page_will_find_in_its_address_is_handed_on_before_it_is_made(comes):
    asked = []

    async def before(arguments: dict) -> None:
        asked.append(arguments)

    make_pages_in_slices(overdue(), before)
    request, expected = SimpleNamespace(arguments={"world": [b"easy"]}), {"world": [b"easy"]}
    if comes == "in the token":
        expected = {"world": [b"hard"]}
    token = generate_jwt_token("1", extra_payload={"arguments": expected} if comes == "in the token" else None)

    async def ask() -> dict:
        context = context_of(lambda document: None)
        session = await context.create_session_if_needed("1", request, token)
        return session.document.session_context.request.arguments

    assert asyncio.run(ask()) == asked[0] == expected


def test_a_change_in_slices_is_one_message():
    one, other = ColumnDataSource({"episode": [0.0]}), ColumnDataSource({"episode": [0.0]})
    holder = Column(children=[Div()])
    with served(one, other, holder) as page:
        slices = overdue()

        def change() -> None:
            one.data = {"episode": [1.0]}
            pause_point()
            holder.children = [*holder.children, Div(text="new")]
            holder.children[1].text = "newer"
            other.data = {"episode": [2.0]}

        found = page.change(lambda: change_in_slices(slices, page.document, change))
        assert episodes_of(found, [one, other]) == [[1], [2]]
        assert found.get_model_by_id(holder.id).children[1].text == "newer"
        assert page.patches == 1


def test_an_error_in_a_change_leaves_the_document_as_usual():
    holder = Column(children=[Div()])
    document = Document()
    document.add_root(holder)
    with pytest.raises(KeyError), structured_once(document):
        raise KeyError
    holder.children = [Div(name="found")]
    assert document.get_model_by_name("found") is holder.children[0]


def test_a_loop_that_ended_while_a_page_was_made_holds_up_no_other():
    make_pages_in_slices(overdue())

    async def ask() -> None:
        await context_of(lambda document: None).create_session_if_needed("1")

    async def leave() -> None:
        left = asyncio.ensure_future(ask())
        await asyncio.sleep(0)
        assert not left.done()

    asyncio.run(leave())
    asyncio.run(ask())


def test_a_page_that_can_not_be_made_holds_up_no_other():
    make_pages_in_slices(overdue())

    def fail(document: Document) -> None:
        pause_point()
        raise SystemExit("no page")

    async def ask() -> None:
        with pytest.raises(SystemExit, match="no page"):
            await context_of(fail).create_session_if_needed("1")
        await context_of(lambda document: None).create_session_if_needed("2")

    asyncio.run(ask())


def test_another_version_makes_pages_its_own_way(monkeypatch):
    async def other(self, session_id):
        return None

    monkeypatch.setattr(ApplicationContext, "create_session_if_needed", other)
    make_pages_in_slices(overdue())
    assert ApplicationContext.create_session_if_needed is other


def test_another_version_writes_pages_its_own_way(monkeypatch):
    pull = staticmethod(lambda message: None)
    monkeypatch.setattr(ServerSession, "pull", pull)
    make_pages_in_slices(overdue())
    assert vars(ServerSession)["pull"] is pull
