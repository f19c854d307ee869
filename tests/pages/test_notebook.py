"""What a cell shows, without a notebook: what is sent, and when it stops."""

from __future__ import annotations

import asyncio

import panel as pn
import pytest
from bokeh.document import Document
from bokeh.models import LinearColorMapper
from pyviz_comms import Comm

from dashboards.hub.shared_run import UNATTENDED
from dashboards.pages import notebook
from dashboards.pages.training.dashboard import TrainingDashboard
from dashboards.style.theme import DARK, LIGHT
from gridworld.runs.commands import Configure, Pause, Start, Step
from gridworld.runs.frame import Status


def step(dashboard: TrainingDashboard, episodes: int) -> None:
    """Step, and wait until it is done."""
    dashboard.send(Step(episodes=episodes))
    dashboard.shared.work(60.0, rest=0.0)


def test_a_cell_can_wait_for_a_step():
    dashboard = TrainingDashboard(world="hard", agent="random", seed=1)
    dashboard.send(Step(episodes=20))
    dashboard.wait()
    assert (dashboard.run.status, dashboard.journal.frame.episode) == (Status.PAUSED, 20)
    dashboard.wait()
    assert dashboard.journal.frame.episode == 20, "there is nothing to wait for"


def test_waiting_for_a_run_without_an_end_has_one():
    dashboard = TrainingDashboard(world="easy", episodes=0)
    dashboard.send(Start())
    with pytest.raises(TimeoutError, match=r"still goes on after 0\.1 s"):
        dashboard.wait(0.1)
    dashboard.send(Pause())


@pytest.fixture
def cell(monkeypatch):
    """A dashboard, what its cell shows, and the callbacks that a notebook's loop would make."""
    callbacks = []

    class Callback:
        def __init__(self, tick, period):
            self.tick, self.running = tick, True
            callbacks.append(self)

        def stop(self):
            self.running = False

    monkeypatch.setattr(pn.state, "add_periodic_callback", Callback)
    dashboard = TrainingDashboard(world="easy", seed=1)
    return dashboard, dashboard.board.__panel__(), callbacks


def test_the_common_script_is_sent_twice_at_most_and_styles_are_in_the_models(cell):
    _, shown, _ = cell
    with pn.config.set(inline=True):
        root = shown.get_root(Document(), Comm())
    scripts = [model.esm for model in root.references() if getattr(model, "bundle", None)]
    assert len(scripts) > 2
    assert len([script for script in scripts if script]) == 2
    outside = [
        sheet.url for model in root.references() for sheet in getattr(model, "stylesheets", []) if hasattr(sheet, "url")
    ]
    assert {url.partition(";")[0] for url in outside} == {"data:text/css"}


def test_a_part_ticks_as_long_as_it_is_shown_and_no_longer(cell):
    dashboard, shown, callbacks = cell
    root = shown.get_root(Document(), Comm())
    (callback,) = callbacks
    dashboard.send(Start())
    asyncio.run(callback.tick())
    assert callback.running
    assert dashboard.shared.patience > UNATTENDED, "a cell that computes for long is not absence"
    shown._cleanup(root)
    asyncio.run(callback.tick())
    assert not callback.running
    assert dashboard.shared.patience == UNATTENDED, "with nothing shown the run pauses by itself"


def test_the_run_is_read_and_steered_from_other_cells(cell):
    dashboard, *_ = cell
    step(dashboard, 3)
    assert list(dashboard.journal.to_frame()["episode"]) == [1, 2, 3]
    dashboard.send(Configure({"step_size": 0.25}))
    assert dashboard.shared.settings.hyperparameters == {"step_size": 0.25}
    assert dashboard.run.session.agent is not None
    dashboard.send(Start())
    dashboard.send(Pause())
    assert dashboard.run.status is Status.PAUSED
    assert [event.text for event in dashboard.journal.events][-1] == "Pause()"


@pytest.mark.slow
def test_each_showing_has_models_of_its_own(cell):
    dashboard, shown, _ = cell
    other = dashboard.board.__panel__()
    ids = [{model.id for model in part.get_root(Document(), Comm()).references()} for part in (shown, other)]
    assert not set.intersection(*ids)


@pytest.mark.slow
def test_the_board_takes_the_notebooks_theme(cell):
    dashboard, _, callbacks = cell
    shown = dashboard.__panel__()
    root = shown.get_root(Document(), Comm())
    ramps = [model for model in root.references() if isinstance(model, LinearColorMapper)]
    assert {mapper.palette[0] for mapper in ramps} == {LIGHT["ramp"][0]}
    shown.dark_theme = True
    asyncio.run(callbacks[-1].tick())
    assert {mapper.palette[0] for mapper in ramps} == {DARK["ramp"][0]}


@pytest.mark.slow
def test_continue_from_here_lets_the_cell_go_on_with_the_fork(cell):
    dashboard, *_ = cell
    again = dashboard.page()
    before = dashboard.run
    step(dashboard, 3)
    shown = notebook.shown(again.parts["board"], again.refresher, again.retheme, 480)
    shown.get_root(Document(), Comm())
    again.refresher.tick()
    old = dashboard.shared
    again.fork(old.session)
    again.refresher.tick()
    assert dashboard.run is again.find().run is not before
    assert again.refresher.run_id == dashboard.shared.id != old.id
    assert (old.patience, dashboard.shared.patience > UNATTENDED) == (UNATTENDED, True)
    (line,) = again.offer.objects
    now = f"This cell now shows run {dashboard.shared.id}, which continues separately."
    assert line.object == f"{now} Run {old.id} stays as it was."
    step(dashboard, 1)
    again.refresher.tick()
    assert (dashboard.journal.frame.episode, old.journal.frame.episode) == (4, 3)


def test_widths_of_the_window_become_widths_of_the_cell():
    style = {"p": {"xs": 1, "lg": 2}, "& b": {"px": {"sm": 3}}, "gap": 4}
    assert notebook.by_width_of_cell(style) == {"p": {"@": 1, "@lg": 2}, "& b": {"px": {"@sm": 3}}, "gap": 4}
