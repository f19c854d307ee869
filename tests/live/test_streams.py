"""What a browser holds of a stream is what the journal holds, however the run begins again."""

from __future__ import annotations

import asyncio
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.live.panel_patches.messages import one_message
from dashboards.pages import notebook
from dashboards.pages.tetris.curves import GenerationsView
from dashboards.pages.training.dashboard import TrainingDashboard
from dashboards.style.theme import LIGHT
from dashboards.views.plots.episode_plots import EpisodePlots
from dashboards.views.plots.stream_source import Tail
from gridworld.runs.commands import Load, Reset, Step
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.tetris.report import GENERATIONS
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from support.second_document import FrontEnd, episodes_of, served


class Watched:
    """A dashboard and its streams, as a second document has them and as the journal has them."""

    def __init__(self) -> None:
        self.dashboard = TrainingDashboard(world="easy", seed=1)
        self.page = self.dashboard.page()
        plots = [view for view in self.page.views if isinstance(view, EpisodePlots)]
        for view in plots:
            view.active = True
        self.tails = [tail for view in plots for tail in view.tails]
        self.sources = [tail.source for tail in self.tails]

    def refresh(self) -> None:
        self.page.refresher.refresh(self.dashboard.shared)

    def reported(self) -> list[list[float]]:
        return [list(self.dashboard.journal.columns(tail.stream)["episode"]) for tail in self.tails]

    def reset(self) -> None:
        self.dashboard.send(Reset())

    def choose_another_world(self) -> None:
        self.dashboard.send(Reset(Settings(world="cliff")))

    def load(self) -> None:
        session = TrainingSession(world="easy", seed=5)
        session.advance_episodes(7)
        self.dashboard.send(Load(session))

    def fork(self) -> None:
        self.page.fork(self.dashboard.shared.session)

    def step(self) -> None:
        self.dashboard.send(Step(episodes=3))
        self.dashboard.shared.work(60.0, rest=0.0)


BEGINNINGS = ["reset", "choose_another_world", "load", "fork"]


@pytest.mark.slow
@pytest.mark.parametrize("begin_again", BEGINNINGS)
def test_a_page_holds_each_row_once(begin_again):
    watched = Watched()
    watched.step()
    with served(*watched.sources) as page:

        def refresh() -> None:
            with one_message(page.document):
                watched.refresh()

        for _ in range(2):
            page.change(refresh)
            getattr(watched, begin_again)()
            watched.step()  # so that the same message forgets rows and brings new ones
            page.change(refresh)
            watched.step()
            assert episodes_of(page.change(refresh), watched.sources) == watched.reported()
    assert max(map(len, watched.reported())) > 3


@pytest.mark.slow
@pytest.mark.parametrize("begin_again", BEGINNINGS)
def test_a_notebook_holds_each_row_once(begin_again, monkeypatch):
    ticks = []
    monkeypatch.setattr("panel.state.add_periodic_callback", lambda tick, period: ticks.append(tick))
    watched = Watched()
    page = watched.page
    front_end = FrontEnd(notebook.shown(page.parts["curves"], page.refresher, page.retheme, 520))

    async def watch() -> None:
        for change in (watched.step, getattr(watched, begin_again), watched.step, watched.step):
            change()
            await ticks[-1]()
            await front_end.send_back()
        watched.step()
        getattr(watched, begin_again)()
        watched.step()
        await ticks[-1]()
        await front_end.send_back()

    asyncio.run(watch())
    drawn = [tail for tail in watched.tails if front_end.copy.get_model_by_id(tail.source.id)]
    sources = [tail.source for tail in drawn]
    reported = [list(watched.dashboard.journal.columns(tail.stream)["episode"]) for tail in drawn]
    assert len(drawn) > 1
    assert episodes_of(front_end.copy, sources) == reported
    assert [list(source.data["episode"]) for source in sources] == reported, "nothing came back"


def report(journal: Journal, epoch: int, generations: int) -> None:
    """Add as many generations to a journal, in this life of the run."""
    history = journal.histories[GENERATIONS.name]
    done = history.newest("generation") or 0.0 if journal.frame and journal.frame.epoch == epoch else 0.0
    rows = {name: np.ones(generations) for name in GENERATIONS.columns}
    rows["generation"] = done + np.arange(1.0, generations + 1)
    journal.add(Frame(epoch, Status.RUNNING, 0, 0, None, {GENERATIONS.name: rows}), now=0.0)


def test_a_training_that_is_stopped_and_started_is_drawn_once():
    journal, view = Journal((GENERATIONS,)), GenerationsView(LIGHT)
    report(journal, 0, 5)
    view.refresh(journal)
    with served(view.generations.source) as page:

        def start_again() -> None:
            with one_message(page.document):
                view.begin(None)
                view.refresh(journal)

        report(journal, 1, 8)  # all that the checkpoint had comes again
        assert episodes_of(page.change(start_again), [view.generations.source]) == [list(range(1, 9))]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("rows"), st.integers(0, 5)),
        st.tuples(st.just("epoch"), st.integers(0, 5)),
        st.tuples(st.just("clear"), st.none()),
        st.tuples(st.just("refresh"), st.none()),
        st.tuples(st.just("send"), st.none()),
    ),
    max_size=30,
)


@pytest.fixture(scope="module")
def stream_page():
    tail = Tail(GENERATIONS.name, {"episode": lambda rows: rows["generation"], "mean": lambda rows: rows["mean_lines"]})
    with served(tail.source) as page:
        yield tail, page


@pytest.mark.slow
@settings(deadline=None, max_examples=40, derandomize=True)
@given(steps=STEPS)
def test_no_order_of_rows_lives_and_messages_shows_a_row_twice(steps, stream_page):
    tail, page = stream_page
    journal, changes, epoch = Journal((GENERATIONS,), capacity=8), [tail.clear], 0

    def send() -> None:
        with one_message(page.document):
            for change in changes:
                change()
        changes.clear()

    for name, count in steps:
        match name:
            case "rows":
                changes.append(partial(report, journal, epoch, count))
            case "epoch":
                epoch += 1
                changes.append(partial(report, journal, epoch, count))
            case "clear":
                changes.append(tail.clear)
            case "refresh":
                changes.append(partial(tail.follow, journal))
            case "send":
                page.change(send)
    changes.append(partial(tail.follow, journal))
    assert episodes_of(page.change(send), [tail.source]) == [list(journal.columns(GENERATIONS.name)["generation"])]
