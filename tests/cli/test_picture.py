"""`gridworld picture` and `record`: a saved run as a picture or a film, and what is refused, each in one sentence."""

from __future__ import annotations

import signal
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PIL import Image

from gridworld.pictures.recipe import read_recipe
from gridworld.storage import run_file
from gridworld.training.session import TrainingSession
from support.command_line import call, mistake, program


@pytest.fixture(autouse=True)
def _saved_runs():
    for world in ("easy", "GridWorld/MaximizationBias-v0"):
        session = TrainingSession(world=world, episodes=3, seed=1)
        session.advance_episodes(3)
        run_file.save(session, f"{world.rpartition('/')[2]}.npz")


def test_the_board_and_the_curves_are_drawn():
    assert "Written: board.svg" in call("picture easy.npz board.svg").stderr
    call("picture easy.npz curves.svg --of curves --theme dark --size 320")
    assert float(ET.parse("curves.svg").getroot().get("height")) == 320
    assert "#161D25" in Path("curves.svg").read_text(), "it is dark"
    call("picture MaximizationBias-v0.npz cards.svg --of curves")
    call("picture easy.npz board.png --size 200 --colour visits")
    assert read_recipe("board.png")["picture"]["colour"] == "visits"


def test_a_film_is_made():
    assert "Written: run.gif" in call("record easy.npz run.gif --what training --seconds 1 --width 160").stderr
    with Image.open("run.gif") as film:
        assert film.width == 160
        assert film.n_frames > 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("picture easy.npz board.pdf", "board.pdf is not the name of a picture; it must end in .svg or .png."),
        ("picture missing.npz board.svg", "missing.npz"),
        ("picture MaximizationBias-v0.npz board.svg", "has no map"),
        ("picture easy.npz board.svg --size 9999", "9999"),
        ("picture easy.npz board.svg --of cake", "'cake' is not one of"),
        ("picture easy.npz board.svg --colour taste", "The colour 'taste' is not known; choose one of state value,"),
        ("picture easy.npz nowhere/board.svg", "nowhere/board.svg: there is no such folder"),
        ("record easy.npz board.png", "board.png is not the name of a film; it must end in .gif or .mp4."),
        ("record easy.npz board.gif --seconds 0.5", "0.5' is not allowed; give a number from 1 to 120."),
        ("record easy.npz board.gif --width 99", "give a whole number from 120 to 1,920"),
        ("record easy.npz board.gif --width 121", "The width is 121; it must be even."),
        ("record MaximizationBias-v0.npz board.gif", "has no map"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(line, says):
    assert says in mistake(line)
    assert not list(Path().glob("board*"))


@pytest.mark.slow
def test_an_interrupted_film_leaves_nothing(tmp_path):
    session = TrainingSession(world="open_30", episodes=300, seed=1)
    session.advance_episodes(300)
    run_file.save(session, "large.npz")
    before = set(tmp_path.iterdir())
    running = program("record", "large.npz", "run.gif", "--what", "training", "--seconds", "60", cwd=tmp_path)
    while set(tmp_path.iterdir()) == before and running.poll() is None:
        pass
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 130
    assert errors.strip() == "Interrupted."
    assert set(tmp_path.iterdir()) == before
