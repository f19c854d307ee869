"""The page of the library, without a browser."""

from dashboards.pages.library.page import LibraryPage
from gridworld.training.settings import Settings
from support.hubs import make_hub


def test_it_shows_how_much_the_server_keeps():
    hub = make_hub()
    page = LibraryPage(hub, {})
    for runs in range(2):
        page.refresh()
        used = round(hub.memory.used / (1 << 20))
        assert f"This server keeps {runs} of at most 64 runs, in {used} of 512 MB." in page.in_use.object
        hub.runs.create(Settings(world="open_200"))
    assert round(hub.memory.used / (1 << 20)) > used
