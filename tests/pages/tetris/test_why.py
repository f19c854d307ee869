"""The explanation beside the demo: there while it rests, and about the piece at hand."""

from dashboards.pages.tetris.why import WhyView
from gridworld.runs.commands import Start, Step
from gridworld.runs.journal import Journal
from gridworld.tetris.players.builtin import BUILT_IN
from gridworld.tetris.players.demo_run import DemoRun

DT10 = BUILT_IN["dt10"]


def test_the_best_placements_are_shown_while_the_demo_rests():
    run, journal, view = DemoRun(DT10.weights, DT10.features), Journal(()), WhyView()
    view.refresh(journal)
    assert view.panel.object == ""
    run.send(Step(3))
    journal.add(run.poll(1.0))
    view.refresh(journal)
    for part in ("Why this column?", "value", "pattern diversity", "column "):
        assert part in view.panel.object
    run.send(Start())
    journal.add(run.poll(0.0))
    view.refresh(journal)
    assert "Pause the demo" in view.panel.object
    view.begin()
    assert view.panel.object == ""
