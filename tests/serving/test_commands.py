"""`gridworld serve` and `gridworld export`, the commands that the dashboards add."""

import os
import socket
from pathlib import Path

import pytest

from dashboards.serving import commands
from support.command_line import call


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("option", "scheme"), [("", "light dark"), (" --theme dark", "dark")])
@pytest.mark.slow
def test_export_writes_a_page_and_no_progress_without_a_terminal(option, scheme):
    call("train easy --episodes 3 --save run.npz")
    outcome = call(f"export run.npz page.html{option}")
    assert (outcome.stdout, outcome.stderr) == ("", "Written: page.html\n")
    page = Path("page.html").read_text()
    assert page.lstrip().startswith("<!DOCTYPE html>")
    assert f'content="{scheme}"' in page
    assert ("invert(.92)" in page) is (not option)


def test_serve_is_panel_serve_with_the_page(monkeypatch, registries):
    asked = []
    monkeypatch.setattr(commands, "run_module", lambda *arguments: asked.append(arguments) or 3)
    monkeypatch.setenv("GRIDWORLD_LOAD", "/there/before.py")
    for name in ("one.py", "two.py"):
        Path(name).write_text("")
    call("--load one.py serve --port 0 --no-show --address 127.0.0.1 --runs kept --memory 64 --load two.py", code=3)
    ((module, (command, script, *options), environment),) = asked
    assert (module, command, Path(script).name) == ("panel", "serve", "app.py")
    assert ".servable(" in Path(script).read_text()
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert (given["--port"], given["--address"], given["--plugins"]) == (
        "0",
        "127.0.0.1",
        "dashboards.serving.plugin",
    )
    assert given["--keep-alive"] == "25000"
    assert given["--websocket-max-message-size"] == str(commands.LARGEST_MESSAGE)
    assert environment["GRIDWORLD_LOAD"].split(os.pathsep) == [
        "/there/before.py",
        str(Path("one.py").resolve()),
        str(Path("two.py").resolve()),
    ]
    assert environment["GRIDWORLD_RUNS"] == str(Path("kept").absolute())
    assert environment["GRIDWORLD_MEMORY"] == "64"


def test_serve_refuses_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = call(f"serve --address 127.0.0.1 --port {port} --no-show", code=2)
    assert outcome.stderr.startswith(f"The page can't be served at port {port} of 127.0.0.1: address already in use.")
    assert len(outcome.stderr.splitlines()) == 1
