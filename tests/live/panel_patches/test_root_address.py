"""The root address of a server leads to the page that its parameters name; by plain requests."""

from __future__ import annotations

import pytest
from bokeh.server.server import Server
from panel.io.server import RootHandler
from tornado.httpclient import AsyncHTTPClient, HTTPClientError
from tornado.web import RequestHandler

from dashboards.live.panel_patches.root_address import keep_parameters


@pytest.fixture(autouse=True)
def patched(monkeypatch):
    """The patch, taken back after the test."""
    monkeypatch.setattr(RootHandler, "redirect", RequestHandler.redirect)
    keep_parameters()


async def led_to(address: str) -> str:
    """Return where a request is sent on to."""
    with pytest.raises(HTTPClientError) as sent_on:
        await AsyncHTTPClient().fetch(address, follow_redirects=False)
    assert sent_on.value.code == 302
    return sent_on.value.response.headers["Location"]


@pytest.mark.parametrize(
    ("prefix", "asked", "led"),
    [
        ("", "/", "./app"),
        ("", "/?page=tetris", "./app?page=tetris"),
        ("", "/?world=FrozenLake-v1%3Fmap_name%3D8x8&q=%0d%0a", "./app?world=FrozenLake-v1%3Fmap_name%3D8x8&q=%0d%0a"),
        ("lab", "/lab/?page=tetris", "./app?page=tetris"),
        ("lab", "/lab?page=tetris", "./lab/app?page=tetris"),
    ],
)
def test_the_root_address_keeps_what_was_asked_for(prefix, asked, led):
    server = Server({"/app": lambda document: None}, port=0, address="127.0.0.1", prefix=prefix)
    server.start()
    try:
        assert server.io_loop.run_sync(lambda: led_to(f"http://127.0.0.1:{server.port}{asked}")) == led
    finally:
        server.stop()
        server.unlisten()
