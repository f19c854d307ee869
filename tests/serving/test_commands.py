"""`gridworld serve` and `gridworld export`, the commands that the dashboards add."""

import os
import socket
from pathlib import Path

import pytest

from dashboards.serving import commands
from support.command_line import call, program


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_export_hands_the_run_on(monkeypatch, registries):
    asked, bars = [], []

    def stand_in(module, arguments, environment, hear):
        asked.append((module, arguments, environment["GRIDWORLD_LOAD"]))
        hear("0.5")
        return 0

    monkeypatch.setattr(commands, "run_module", stand_in)
    monkeypatch.setattr(commands, "_show", lambda bar, share: bars.append(share))
    Path("own.py").write_text("")
    call("train easy --episodes 3 --save run.npz")
    assert "Written: page.html" in call("export run.npz page.html --load own.py").stderr
    assert asked == [("dashboards.export", ["run.npz", "page.html"], str(Path("own.py").resolve()))]
    assert bars == [0.5]


@pytest.mark.slow
def test_export_writes_a_page(tmp_path):
    call("train easy --episodes 3 --save run.npz")
    with program("export", "run.npz", "page.html") as exporting:
        told, complaints = exporting.communicate(timeout=120)
    assert (exporting.returncode, told) == (0, ""), complaints
    assert "Written: page.html" in complaints
    assert Path("page.html").read_text().startswith("<!DOCTYPE html>")


def test_serve_is_panel_serve_with_the_page(monkeypatch, registries):
    asked = []
    monkeypatch.setattr(commands, "run_module", lambda *arguments: asked.append(arguments) or 3)
    monkeypatch.setenv("GRIDWORLD_LOAD", "/there/before.py")
    for name in ("one.py", "two.py"):
        Path(name).write_text("")
    call("--load one.py serve --port 0 --no-show --address 127.0.0.1 --runs kept --load two.py", code=3)
    ((module, (command, script, *options), environment),) = asked
    assert (module, command, Path(script).name) == ("panel", "serve", "app.py")
    assert "page().servable" in Path(script).read_text()
    told = dict(zip(options[::2], options[1::2], strict=True))
    assert (told["--port"], told["--address"], told["--plugins"]) == ("0", "127.0.0.1", "dashboards.serving.plugin")
    assert told["--keep-alive"] == "25000"
    assert told["--websocket-max-message-size"] == str(commands.LARGEST_MESSAGE)
    assert environment["GRIDWORLD_LOAD"].split(os.pathsep) == [
        "/there/before.py",
        str(Path("one.py").resolve()),
        str(Path("two.py").resolve()),
    ]
    assert environment["GRIDWORLD_RUNS"] == str(Path("kept").absolute())


def test_serve_says_that_a_port_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = call(f"serve --address 127.0.0.1 --port {port} --no-show", code=2)
    assert outcome.stderr.startswith(f"Nothing can be served at port {port} of 127.0.0.1: address already in use.")
    assert len(outcome.stderr.splitlines()) == 1
