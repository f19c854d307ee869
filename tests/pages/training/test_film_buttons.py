"""The buttons that make films: what they hand over, and how a film is stopped."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from dashboards.export.subprocess import film_bytes
from dashboards.hub.executors import AtOnce
from dashboards.pages.downloads import Downloads
from dashboards.pages.training.film_buttons import FilmButtons
from gridworld.pictures.film import FilmStoppedError
from gridworld.storage.checkpoint import freeze
from gridworld.training.session import TrainingSession

pytestmark = pytest.mark.slow  # a process of its own for each film


def trained(world: str = "easy") -> TrainingSession:
    session = TrainingSession(world=world, episodes=20, seed=3)
    session.advance_episodes(20)
    return session


def test_a_film_is_made_in_a_process_of_its_own():
    shares: list[float] = []
    content = film_bytes(freeze(trained()), "episode", theme="dark", progress=shares.append, stopped=lambda: False)
    assert Image.open(BytesIO(content)).n_frames > 2
    assert shares == sorted(shares)


def test_a_stopped_film_is_given_up():
    with pytest.raises(FilmStoppedError):
        film_bytes(freeze(trained()), "training", theme="light", progress=print, stopped=lambda: True)


@pytest.mark.parametrize(
    ("world", "said"), [("easy", "gridworld-easy-q_learning-seed3-episode.gif was saved"), ("Blackjack", "")]
)
def test_a_button_hands_a_film_over_or_gives_the_reason(world, said):
    session = trained(world) if said else TrainingSession(world="GridWorld/MaximizationBias-v0", episodes=3)
    reports: list[tuple[str, str]] = []
    downloads = Downloads(AtOnce())
    buttons = FilmButtons(lambda: session, downloads, lambda *both: reports.append(both), lambda: "light", AtOnce())
    buttons.panel[0].clicks += 1
    text, error = reports[-1]
    assert said in text
    assert bool(error) == (not said)
    assert said or "has no map" in error
    assert not buttons.stop.visible
    assert not buttons.panel[0].disabled
