"""A served page in a real browser: what the browser tests stand on."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.paths import ROOT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}


def find_chromium() -> str:
    """The path of Chromium; without one the test is skipped, or fails where it must run."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        reason = "no Chromium on the path: install the package 'chromium' to run the browser tests"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(*arguments: str, app: str = "app.py", environment: dict[str, str] | None = None) -> Iterator[str]:
    """`panel serve` of our app with its plugin, or of another, on a free port; gives its address, and ends it."""
    port = free_port()
    options = ["--port", str(port), "--keep-alive", "25000"]
    options += ["--plugins", "dashboards.serving.plugin"] if app == "app.py" else []
    command = [sys.executable, "-m", "panel", "serve", app, *options, *arguments]
    folder = tempfile.mkdtemp(prefix="gridworld-")
    own = {
        "GRIDWORLD_RUNS": f"{folder}/runs",
        "GRIDWORLD_TETRIS": f"{folder}/tetris",
        "GRIDWORLD_WORLDS": f"{folder}/worlds",
    }
    server = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **own, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/{Path(app).stem}"
    try:
        wait_for(lambda: answers(address) or server.poll() is not None, what="the server answers")
        assert server.poll() is None, f"the server ended at once with code {server.poll()}: {' '.join(command)}"
        yield address
    finally:
        server.terminate()
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=30) as reply:
            return reply.status == 200
    except OSError:
        return False


def status_of(address: str) -> dict:
    """Return the server's report on the run that a page's address names."""
    parts = urllib.parse.urlsplit(address)
    run_id = urllib.parse.parse_qs(parts.query)["run"][0]
    with urllib.request.urlopen(f"{parts.scheme}://{parts.netloc}/runs/{run_id}", timeout=10) as reply:
        return json.load(reply)


def wait_for(condition: Callable[[], object], seconds: float = 120, what: str = "") -> object:
    """Wait until a condition is true, and give what it gave."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"after {seconds} s still not so: {what or condition}")
        time.sleep(0.05)


def has_focus(shown: Any) -> bool:
    """Return whether the keyboard's focus is on what a locator finds."""
    return shown.evaluate("shown => shown.getRootNode().activeElement === shown")


def place_of_the_board(page: Any) -> dict[str, float]:
    """Return where the board is, once what opens beside it has stopped moving it."""
    board, seen = page.locator(".bk-Canvas").first, []

    def rests() -> bool:
        page.wait_for_timeout(200)
        seen.append(board.bounding_box())
        return len(seen) > 3 and all(place == seen[-1] for place in seen[-4:])

    wait_for(rests, what="the board stays where it is")
    return seen[-1]


def is_rising(parts: list[Any]) -> bool:
    """Return whether each part of a page begins below the one before it."""
    tops = [part.bounding_box()["y"] for part in parts]
    return tops == sorted(set(tops))


def number(text: str) -> float:
    """The number in a text on the page, such as '1,234' or '−0.52'."""
    match = re.search(r"[-−]?[\d,.]*\d", text)
    assert match, f"no number in {text!r}"
    return float(match[0].replace(",", "").replace("−", "-"))
