"""A server goes on serving whatever strangers do to it."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest

from gridworld.storage.library import Library
from gridworld.training.session import TrainingSession
from support.browser import serving, status_of, wait_for
from support.chaos import attack, write_faulty_environments

if not os.environ.get("CI"):
    pytest.importorskip("playwright", reason="install the extra 'test' to run the browser tests")
pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECONDS = 60.0
FILES = [
    b"",
    b"PK\x03\x04 no zip",
    b"\x89PNG\r\n\x1a\n\xff",
    b"\x93NUMPY" + b"9" * 200,
    b"1;2\n" * 100_000,
    bytes(1_000_000),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return Library(tmp_path_factory.mktemp("library"))


@pytest.fixture(scope="module")
def server(library, tmp_path_factory):
    faulty = write_faulty_environments(tmp_path_factory.mktemp("environments"))
    with serving(environment={"GRIDWORLD_RUNS": str(library.folder), "GRIDWORLD_LOAD": str(faulty)}) as address:
        yield address


def press(page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def autosave(run_id: str) -> str:
    return f"run {run_id}.autosave"


def newest_step(library: Library, run_id: str) -> int | None:
    """Return the step of a run's newest autosave; None while there is none."""
    rows = {row.name: row for row in library.rows()}
    return rows[autosave(run_id)].step if autosave(run_id) in rows else None


def test_one_run_goes_on_bit_for_bit_while_all_else_is_attacked(open_page, server, library, assert_same):
    quiet = open_page("?world=hard&episodes=0&seed=3")
    press(quiet, "Start")
    wait_for(lambda: status_of(quiet.url)["step"] > 0, what="the run goes on")
    files = open_page("?world=easy")
    files.get_by_role("tab", name="Files", exact=True).click()
    before = status_of(quiet.url)
    hostile = cycle(FILES)
    with ThreadPoolExecutor(1) as threads:
        attacked = threads.submit(lambda: asyncio.run(attack(server, SECONDS)))
        while not attacked.done():
            file = {"name": "run.npz", "mimeType": "application/octet-stream", "buffer": next(hostile)}
            files.locator("input[type=file]").set_input_files(file)
            files.wait_for_timeout(500)
    report = attacked.result()
    assert report.opened
    assert report.blank == []
    after = status_of(quiet.url)
    assert (after["status"], after["epoch"]) == ("running", before["epoch"])
    assert after["step"] > before["step"]
    press(quiet, "Pause")
    quiet.get_by_role("button", name="Resume", exact=True).wait_for()
    paused = status_of(quiet.url)
    assert paused["status"] == "paused"
    wait_for(lambda: newest_step(library, paused["id"]) == paused["step"], what="the run is saved where it is paused")
    straight = TrainingSession(world="hard", episodes=0, seed=3)
    straight.advance(paused["step"])
    assert_same(library.open(autosave(paused["id"])), straight)
