"""What the tests of the pages share: a server, a browser, and pages that fail on what goes wrong in them."""

from __future__ import annotations

import pytest

from support.browser import DESKTOP, FLAGS, find_chromium, serving

LOCAL = ("127.0.0.1", "localhost")


@pytest.fixture(scope="session")
def server():
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    executable = find_chromium()
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser, server):
    """Opens the page with a query; what leaves the machine is blocked, and any such request or script error fails."""
    contexts, wrong = [], []

    def open_one(query: str = "", **device):
        context = browser.new_context(**({"viewport": DESKTOP} | device))
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(90_000)
        page.route("**/*", lambda route: route.continue_() if is_local(route.request.url) else route.abort())
        page.on("request", lambda request: is_local(request.url) or wrong.append(request.url))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{server}{query}")
        if "page=library" not in query:
            page.get_by_role("button", name="Reset", exact=True).wait_for()
            page.wait_for_url("**plan=**" if "page=compare" in query else "**run=**")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []


def is_local(url: str) -> bool:
    return url.startswith(("data:", "blob:")) or url.split("/")[2].split(":")[0] in LOCAL
