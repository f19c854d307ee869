"""`gridworld picture`: a saved run as a picture, and what is refused, each in one sentence."""

from __future__ import annotations

import importlib.util
import tomllib
import xml.etree.ElementTree as ET
from importlib.metadata import EntryPoint

import click
import pytest
from click.testing import CliRunner

from dashboards.serving.commands import picture
from gridworld.storage import run_file
from gridworld.training.session import TrainingSession
from support.paths import ROOT

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # of pandas, by Bokeh


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for world in ("easy", "GridWorld/MaximizationBias-v0"):
        session = TrainingSession(world=world, episodes=3, seed=1)
        session.advance_episodes(3)
        run_file.save(session, tmp_path / f"{world.rpartition('/')[2]}.npz")
    return tmp_path


def call(line: str) -> str:
    outcome = CliRunner().invoke(picture, line.split(), standalone_mode=False)
    if outcome.exception:
        raise outcome.exception
    return outcome.stderr


def test_the_board_and_the_curves_are_drawn(folder):
    assert "Written: board.svg" in call("easy.npz board.svg")
    call("easy.npz curves.svg --of curves --theme dark --size 320")
    board, curves = (ET.parse(folder / f"{name}.svg").getroot() for name in ("board", "curves"))
    assert (board.get("height"), curves.get("height")) == ("640", "320")
    assert "#161D25" in (folder / "curves.svg").read_text(), "it is dark"
    call("MaximizationBias-v0.npz cards.svg --of curves")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("easy.npz board.pdf", "board.pdf is not the name of a picture; it must end in .svg or .png."),
        ("missing.npz board.svg", "missing.npz"),
        ("MaximizationBias-v0.npz board.svg", "has no map"),
        ("easy.npz board.svg --size 9999", "9999"),
        ("easy.npz board.svg --of cake", "'cake' is not one of"),
        ("easy.npz nowhere/board.svg", "nowhere/board.svg: there is no such folder"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(folder, line, says):
    with pytest.raises((ValueError, click.UsageError)) as refused:
        call(line)
    text = refused.value.format_message() if isinstance(refused.value, click.UsageError) else str(refused.value)
    assert says in text
    assert not list(folder.glob("board*"))


def test_a_png_is_drawn_where_cairo_is_and_else_refused(folder):
    if importlib.util.find_spec("cairosvg") is None:
        with pytest.raises(ValueError, match=r"pip install 'gridworld-lab\[pictures\]'"):
            call("easy.npz board.png")
        assert not (folder / "board.png").exists()
    else:
        call("easy.npz board.png --size 200")
        assert (folder / "board.png").read_bytes().startswith(b"\x89PNG")


def test_it_joins_the_command_line():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["gridworld.commands"]
    assert EntryPoint("picture", declared["picture"], "gridworld.commands").load() is picture
