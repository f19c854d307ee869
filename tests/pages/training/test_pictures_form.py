"""The form that makes pictures, films and the offline page: what it hands over, and how that is stopped."""

from __future__ import annotations

import sys
from base64 import b64decode
from io import BytesIO
from types import SimpleNamespace

import pytest
from PIL import Image

from dashboards.export.subprocess import export_bytes, film_bytes
from dashboards.hub.executors import AtOnce
from dashboards.hub.shared_run import SharedRun
from dashboards.pages.downloads import Downloads
from dashboards.pages.training.files_tab import file_stem
from dashboards.pages.training.pictures_form import PicturesForm
from gridworld.agents import AGENTS
from gridworld.insight.overlays import offered
from gridworld.pictures.draw import draw_picture
from gridworld.pictures.film import FilmStoppedError
from gridworld.storage.checkpoint import freeze
from gridworld.storage.keyframes import take
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession


def trained(world: str = "easy") -> TrainingSession:
    session = TrainingSession(world=world, episodes=20, seed=3)
    session.advance_episodes(20)
    return session


@pytest.mark.slow
@pytest.mark.parametrize("form", ["gif", "mp4"])
def test_a_film_is_made_in_a_process_of_its_own(form):
    shares: list[float] = []
    looks = {"seconds": 2.0, "width": 160, "theme": "dark", "colour": "visits"}
    content = film_bytes(freeze(trained()), "episode", form, looks, progress=shares.append, stopped=lambda: False)
    assert shares == sorted(shares)
    if form == "gif":
        film = Image.open(BytesIO(content))
        assert (film.n_frames > 2, film.width) == (True, 160)
    assert (content[4:8] == b"ftyp") == (form == "mp4")


@pytest.mark.slow
def test_what_is_stopped_is_given_up():
    with pytest.raises(FilmStoppedError):
        film_bytes(freeze(trained()), "training", "gif", {}, progress=print, stopped=lambda: True)
    with pytest.raises(FilmStoppedError):
        export_bytes(freeze(trained()), stopped=lambda: True)


class Made:
    """A form over a session, and what it handed over and reported."""

    def __init__(self, session: TrainingSession) -> None:
        self.reports: list[tuple[str, str]] = []
        self.downloads = Downloads(AtOnce())
        shared = SharedRun(LocalRun(session))
        executors = SimpleNamespace(files=AtOnce(), exports=AtOnce())
        report = lambda *both: self.reports.append(both)  # noqa: E731
        self.form = PicturesForm(
            lambda: shared, lambda: session, self.downloads, report, lambda: "dark", executors, file_stem
        )
        self.form.offer(offered(session.problem, session.agent))

    def press(self, **options) -> tuple[str, str]:
        self.form.options.param.update(what=options.pop("what"))
        self.form.options.param.update(**options)
        self.form.make.clicks += 1
        return self.reports[-1]

    @property
    def content(self) -> bytes:
        return b64decode(self.downloads.panel.data.split(",")[1])


@pytest.mark.parametrize(("form", "head"), [("SVG", b"<svg"), ("PNG", b"\x89PNG")])
def test_a_picture_has_the_form_the_size_the_theme_and_the_colours_chosen(form, head):
    session = trained()
    made = Made(session)
    text, error = made.press(what="board", form=form, height=200, theme="light", colour="visits")
    assert not error
    assert f"-board.{form.lower()} was saved" in text
    wanted = draw_picture(session, colour="visits", theme="light", size=200).encoded(form.lower())
    assert made.content.startswith(head)
    assert made.content == wanted


def test_a_picture_of_the_board_is_of_the_moment_that_is_shown_and_one_of_the_curves_of_the_whole_run():
    session = TrainingSession(world="easy", episodes=20, seed=3)
    session.advance(70)
    past, then = take(session), draw_picture(session).encoded("svg")
    session.advance_episodes(10)
    made = Made(session)
    made.form.moment = lambda: past
    assert "-step70-board.svg was saved" in made.press(what="board", theme="light")[0]
    assert made.content == then
    assert f"-step{session.step}-curves.svg was saved" in made.press(what="curves")[0]


def test_only_what_means_something_is_asked_for():
    form = Made(trained()).form
    shown = {
        "page": {"what", "colour", "theme"},
        "board": {"what", "form", "colour", "theme", "height"},
        "curves": {"what", "form", "theme", "height"},
        "episode": {"what", "form", "colour", "theme", "width", "seconds"},
        "training": {"what", "form", "colour", "theme", "width", "seconds"},
    }
    for what, wanted in shown.items():
        form.options.what = what
        assert {name for name, field in form.fields.items() if field.visible} == wanted
    assert "traces" not in form.fields["colour"].options.values()
    assert "" not in form.fields["colour"].options.values()
    form.offer(offered(trained().problem, AGENTS["sarsa_lambda"]()))
    assert "traces" in form.fields["colour"].options.values()


def test_what_can_not_be_made_is_a_sentence(monkeypatch):
    made = Made(TrainingSession(world="GridWorld/MaximizationBias-v0", episodes=3))
    assert "has no map" in made.press(what="board")[1]
    made = Made(trained())
    assert "it must be even" in made.press(what="episode", width=201)[1]
    made.form.fields["width"].text.value = "7"
    assert "Width is 7; it must be" in made.press(what="episode")[1], "the width of before is not taken instead"
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    error = made.press(what="episode", form="MP4", width=200)[1]
    assert "pip install 'gridworld-lab[video]'" in error
    assert not made.form.make.disabled
    assert not made.form.stop.visible
