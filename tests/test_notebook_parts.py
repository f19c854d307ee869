"""What a cell shows, without a notebook: what is sent, and when it stops."""

from __future__ import annotations

import asyncio

import panel as pn
import pytest
from bokeh.document import Document
from pyviz_comms import Comm

from dashboards.runs import UNATTENDED
from dashboards.training import TrainingDashboard
from gridworld.frame import Configure, Pause, Start, Status, Step

pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")  # of pandas, by Bokeh


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
    assert [url for url in outside if url.startswith("http")] == []


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
    dashboard.send(Step(episodes=3))
    assert list(dashboard.journal.to_frame()["episode"]) == [1, 2, 3]
    dashboard.send(Configure({"step_size": 0.25}))
    assert dashboard.shared.settings.hyperparameters == {"step_size": 0.25}
    assert dashboard.run.session.agent is not None
    dashboard.send(Start())
    dashboard.send(Pause())
    assert dashboard.run.status is Status.PAUSED
    assert [event.text for event in dashboard.journal.events][-1] == "Pause()"


def test_each_showing_has_models_of_its_own(cell):
    dashboard, shown, _ = cell
    other = dashboard.board.__panel__()
    ids = [{model.id for model in part.get_root(Document(), Comm()).references()} for part in (shown, other)]
    assert not set.intersection(*ids)
