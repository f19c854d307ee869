"""The served page follows the width of the browser's window and its preference of a dark theme."""

from __future__ import annotations

import os
import urllib.request

import pytest

from support.browser import FLAGS, find_chromium, wait_for

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = pytest.mark.browser


NOTHING_YET = "rgba(0, 0, 0, 0)"
DARK = {NOTHING_YET, "rgb(14, 19, 25)", "rgb(18, 18, 18)"}  # before the page has its style, and after
BACKGROUND = "getComputedStyle(document.body ?? document.documentElement).backgroundColor"


def is_dark(page) -> bool:
    return page.locator(".mui-dark").count() > 0


@pytest.mark.slow
def test_the_drawer_is_open_beside_a_wide_page_and_closed_on_a_narrow_one(open_page):
    page = open_page(viewport={"width": 720, "height": 900})
    page.get_by_role("button", name="Open drawer").wait_for()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Close drawer").wait_for()


@pytest.mark.slow
def test_the_browsers_theme_is_followed_until_one_is_chosen(open_page):
    page = open_page(color_scheme="dark")
    wait_for(lambda: is_dark(page), what="the page is dark")
    assert "theme=" not in page.url
    page.emulate_media(color_scheme="light")
    wait_for(lambda: not is_dark(page), what="the page is light")
    page.get_by_role("button", name="Toggle theme").click()
    page.wait_for_url("**theme=dark**")
    wait_for(lambda: is_dark(page), what="the page is dark")


@pytest.mark.slow
def test_a_page_is_made_in_the_colours_that_its_browser_has_sent_that_it_prefers(server):
    def fetched(**sent: str) -> tuple[str, bool]:
        request = urllib.request.Request(server, headers={name.replace("_", "-"): sent[name] for name in sent})
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.headers["Accept-CH"], "background-color: #121212" in reply.read().decode()

    asked = "Sec-CH-Prefers-Color-Scheme"
    assert fetched() == (asked, False)
    assert fetched(Sec_CH_Prefers_Color_Scheme='"dark"') == (asked, True)


def backgrounds_until_drawn(page) -> set[str]:
    """Return the backgrounds that a page has had when its buttons are there."""
    seen = set()
    drawn = page.get_by_role("button", name="Start", exact=True)
    wait_for(lambda: seen.add(page.evaluate(BACKGROUND)) or drawn.count(), what="the page is drawn")
    return seen


@pytest.mark.slow
def test_a_reloaded_page_is_dark_before_it_is_drawn(open_page):
    page = open_page(color_scheme="dark")
    wait_for(lambda: is_dark(page), what="the page is dark")
    page.reload(wait_until="commit")
    assert backgrounds_until_drawn(page) <= DARK


@pytest.mark.slow
def test_the_first_page_that_a_browser_sees_is_dark_before_it_is_drawn(browser, server):
    prefers_dark = [
        *FLAGS,
        "--force-dark-mode",
        "--blink-settings=preferredColorScheme=0",
    ]  # an emulated preference is not sent at once
    own = browser.browser_type.launch(executable_path=find_chromium(), args=prefers_dark)
    try:
        page = own.new_context(color_scheme="null").new_page()
        page.set_default_timeout(90_000)
        page.goto(server, wait_until="commit")
        assert backgrounds_until_drawn(page) <= DARK
    finally:
        own.close()


@pytest.mark.slow
@pytest.mark.parametrize(("query", "ground"), [("", "rgb(14, 19, 25)"), ("?theme=light", "rgb(243, 245, 248)")])
def test_a_browser_that_has_not_sent_what_it_prefers_draws_a_page_so_from_the_beginning(browser, server, query, ground):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.set_default_timeout(90_000)

    def send_without_hint(route) -> None:
        hint = "sec-ch-prefers-color-scheme"
        route.continue_(headers={name: value for name, value in route.request.headers.items() if name != hint})

    try:
        page.route("**/app*", send_without_hint)
        page.goto(f"{server}{query}", wait_until="commit")
        drawn, seen = page.locator(".MuiAppBar-root"), []
        wait_for(lambda: seen.append(page.evaluate(BACKGROUND)) or drawn.count(), what="the page is drawn")
        assert is_dark(page) == (not query)
        assert {ground} <= set(seen[:-1]) <= {NOTHING_YET, ground}
    finally:
        context.close()


@pytest.mark.slow
def test_a_theme_in_the_address_comes_before_the_browsers(open_page):
    page = open_page("?theme=light", color_scheme="dark")
    page.get_by_role("button", name="Toggle theme").click()
    page.wait_for_url("**theme=dark**")


WIDTHS = (390, 720, 1024, 1440, 1920)
OUTSIDE = """() => {
  const found = [], walk = (root) => {
    for (const part of root.querySelectorAll("*")) {
      if (part.shadowRoot) walk(part.shadowRoot)
      const box = part.getBoundingClientRect()
      const is_control = ["BUTTON", "SELECT"].includes(part.tagName) && part.getAttribute("role") != "tab"
      if (is_control && box.width > 2 && box.height > 2 && (box.left < 0 || box.right > innerWidth))
        found.push(part.innerText)
    }
  }
  walk(document)
  return found
}"""
"""Reads the controls that lie beside the window; tabs have buttons that scroll to them."""
COVERED = """(button) => {
  const box = button.getBoundingClientRect()
  let part = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
  while (part?.shadowRoot) {
    const inner = part.shadowRoot.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
    if (!inner || inner == part) break
    part = inner
  }
  return !button.contains(part)
}"""


@pytest.mark.slow
@pytest.mark.parametrize("query", ["?world=cliff", "?page=tetris", "?page=compare"])
def test_no_control_is_cut_off_and_start_not_covered_at_any_width(open_page, query):
    page = open_page(query)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        drawer = page.get_by_role("button", name="Open drawer" if width < 900 else "Close drawer")
        wait_for(drawer.count, what=f"the drawer suits {width} px")
        wait_for(lambda: page.evaluate(OUTSIDE) == [], what=f"nothing is cut off at {width} px")
        wait_for(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"), what="nothing is wider")
        start = page.get_by_role("button", name="Start", exact=True)
        wait_for(lambda start=start: not start.evaluate(COVERED), what=f"Start can be pressed at {width} px")


@pytest.mark.slow
def test_nothing_is_announced_as_progress_while_nothing_is_waited_for(open_page):
    assert open_page().get_by_role("progressbar").count() == 0
