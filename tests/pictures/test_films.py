"""Films: how long they are, what is in them, what they carry, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageSequence

from gridworld import TrainingSession, draw_picture, read_recipe, record_film
from gridworld.drawing.palette import LIGHT
from gridworld.insight.overlays import offered
from gridworld.pictures.episode_film import EpisodeFilm
from gridworld.pictures.film import FILMS, FilmStoppedError
from gridworld.pictures.recipe import NoRecipeError
from gridworld.pictures.training_film import TrainingFilm

AGENT = tuple(bytes.fromhex(LIGHT["agent"][1:]))


def trained(world: str = "easy", episodes: int = 30, **settings) -> TrainingSession:
    session = TrainingSession(world=world, episodes=episodes, seed=3, **settings)
    session.advance_episodes(episodes)
    return session


def quiet(share: float) -> None:
    """Report nothing."""


def agent_at(image: Image.Image) -> tuple[float, float]:
    """The middle of the pixels in the agent's colour."""
    return tuple(np.argwhere((np.asarray(image) == AGENT).all(-1)).mean(0))


@pytest.mark.parametrize("what", FILMS)
def test_a_gif_has_its_length_and_its_width(what: str, tmp_path) -> None:
    shares: list[float] = []
    path = record_film(trained(), tmp_path / "run.gif", what=what, seconds=2, width=200, progress=shares.append)
    with Image.open(path) as film:
        durations = [frame.info["duration"] for frame in ImageSequence.Iterator(film)]
        assert film.width == 200
        assert film.height % 2 == 0
        assert film.info["loop"] == 0
    assert sum(durations) == 2000
    assert len(durations) > 5
    assert shares == sorted(shares)
    assert 0.9 < shares[-1] <= 1
    assert [left.name for left in tmp_path.iterdir()] == ["run.gif"]


def test_an_mp4_has_its_length_and_carries_its_recipe(tmp_path) -> None:
    imageio_ffmpeg = pytest.importorskip("imageio_ffmpeg")
    session = trained("S#.\n..G")  # a text with letters that ffmpeg sets apart
    path = record_film(session, tmp_path / "run.mp4", seconds=2, width=200)
    assert imageio_ffmpeg.count_frames_and_secs(str(path)) == (50, 2.0)
    assert read_recipe(path)["settings"] == session.settings.to_dict()


def test_the_agent_walks_as_the_greedy_policy_does() -> None:
    session = trained("medium", 200)
    film = EpisodeFilm(session, 3.0, 240, "light", "state value", quiet)
    assert sum(film.seconds) == pytest.approx(3.0)
    places = [agent_at(film.image(number)) for number in range(9)]
    steps = np.abs(np.diff(places, axis=0)).max(1)
    assert np.ptp(steps) < 1.5, "each step is as long as the others"
    assert (np.abs(np.diff(places, axis=0)).min(1) < 1).all(), "and goes to one side"


def test_a_film_ends_with_the_end_of_an_episode() -> None:
    film = EpisodeFilm(trained("cliff", 200), 7.0, 240, "light", "state value", quiet)
    assert sum(film.seconds) == pytest.approx(7.0)
    first = next(i for i, seconds in enumerate(film.seconds) if seconds > 2 * min(film.seconds))
    np.testing.assert_array_equal(film.image(first), film.image(len(film.seconds) - 1))


def test_a_policy_that_walks_in_circles_is_a_film_too() -> None:
    session = TrainingSession(world="open_10", agent="random", episodes=1)
    film = EpisodeFilm(session, 1.0, 120, "light", "state value", quiet)
    assert len(film.seconds) < 60
    assert sum(film.seconds) == pytest.approx(1.0)


def test_a_training_ends_as_the_run_is_and_its_colours_mean_the_same_throughout() -> None:
    session = trained("medium", 60)
    film = TrainingFilm(session, 4.0, 240, "light", "state value", quiet)
    assert sum(film.seconds) == pytest.approx(4.0)
    again = TrainingFilm(session, 4.0, 240, "light", "state value", quiet)
    last = len(film.seconds) - 1
    alone = again.image(last)
    for number in range(last):
        film.image(number)
    np.testing.assert_array_equal(film.image(last), alone, "an image does not depend on those before it")


def test_a_run_that_has_not_begun_is_trained_for_its_film() -> None:
    session = TrainingSession(world="easy", episodes=25, seed=1)
    film = TrainingFilm(session, 2.0, 200, "dark", "visits", quiet)
    assert session.episode == 25
    assert film.image(len(film.seconds) - 1).size[0] == 200


@pytest.mark.parametrize("world", ["Taxi-v4", "open_50", "jumps", "blocking_maze", "Blackjack-v1"])
def test_every_map_has_films(world: str, tmp_path) -> None:
    session = TrainingSession(world=world, episodes=20)
    session.advance_episodes(20)
    for what in FILMS:
        assert record_film(session, tmp_path / "f.gif", what=what, seconds=1, width=160).stat().st_size > 1000


@pytest.mark.parametrize("what", FILMS)
@pytest.mark.slow
def test_each_overlay_that_means_something_has_a_film(what: str) -> None:
    session = TrainingSession(world="easy", agent="sarsa_lambda", episodes=0, seed=1, compiled=False)
    session.advance(203)
    drawn = {}
    for colour in filter(None, offered(session.problem, session.agent).values()):
        film = FILMS[what](session, 1.0, 120, "light", colour, quiet)
        board = np.asarray(film.image(len(film.seconds) - 1))[20:110, :50]
        drawn[colour] = board.tobytes()
    assert len(set(drawn.values())) == len(drawn) >= 10


def test_a_stopped_film_leaves_the_file_as_it_was(tmp_path) -> None:
    path = tmp_path / "run.gif"
    path.write_text("before")
    shares: list[float] = []
    with pytest.raises(FilmStoppedError, match="stopped"):
        record_film(trained(), path, seconds=2, width=200, progress=shares.append, stopped=lambda: len(shares) > 4)
    assert path.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "asked", "sentence"),
    [
        ("run.avi", {}, r"it must end in \.gif or \.mp4"),
        ("run.gif", {"what": "cake"}, "no film of 'cake'; choose one of episode, training"),
        ("run.gif", {"seconds": 0}, "The film has 0 seconds; give a number from 1 to 120"),
        ("run.gif", {"seconds": float("nan")}, "nan seconds"),
        ("run.gif", {"seconds": "ten"}, "'ten' seconds"),
        ("run.gif", {"width": 5000}, "The width is 5000; a film is from 120 to 1,920 pixels wide"),
        ("run.gif", {"width": 481}, "The width is 481; it must be even"),
        ("run.gif", {"theme": "auto"}, "no theme 'auto'"),
        ("run.gif", {"colour": "taste"}, "The colour 'taste' is not known"),
        ("run.gif", {"seconds": 120, "width": 1920, "what": "training"}, "A GIF of [0-9,]+ images of 1920"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(name: str, asked: dict, sentence: str, tmp_path) -> None:
    with pytest.raises(ValueError, match=sentence):
        record_film(trained(episodes=3000), tmp_path / name, **asked)
    assert not list(tmp_path.iterdir())


def test_a_world_without_a_map_has_no_film(tmp_path) -> None:
    with pytest.raises(ValueError, match="has no map"):
        record_film(TrainingSession(world="GridWorld/MaximizationBias-v0"), tmp_path / "run.gif")


@pytest.mark.parametrize("name", ["board.png", "board.svg", "run.gif"])
def test_every_picture_carries_its_recipe(name: str, tmp_path) -> None:
    session = trained("S..\n.#G", epsilon=0.25)
    session.configure({"epsilon": 0.5})
    session.advance_episodes(5)
    path = tmp_path / name
    if name.endswith(".gif"):
        record_film(session, path, seconds=1, width=200, theme="dark")
    else:
        draw_picture(session, theme="dark").save(path)
    recipe = read_recipe(path)
    assert recipe["settings"] == session.settings.to_dict()
    assert (recipe["seed"], recipe["agent"], recipe["step"]) == (3, "q_learning", session.step)
    assert recipe["interventions"] == [[*change[:2], dict(change.changes)] for change in session.interventions]
    assert recipe["picture"]["theme"] == "dark"
    assert recipe["version"]


@pytest.mark.parametrize("content", [b"", b"<svg></svg>", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"text", b"PK\x03\x04" * 9])
def test_a_file_without_a_recipe_is_refused(content: bytes, tmp_path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(NoRecipeError, match="holds no recipe"):
        read_recipe(path)


@pytest.mark.parametrize("recipe", ["[1]", "{", "[" * 100_000])
def test_a_damaged_recipe_is_refused(recipe: str, tmp_path) -> None:
    path = tmp_path / "file.svg"
    path.write_text(f'<svg><metadata id="gridworld-recipe">{recipe}</metadata></svg>')
    with pytest.raises(NoRecipeError, match="is damaged"):
        read_recipe(path)
