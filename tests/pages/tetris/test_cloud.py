"""The population as a cloud: two weights of each candidate, around their mean."""

from dataclasses import replace

import numpy as np

from dashboards.pages.tetris.cloud import CloudView
from dashboards.style.theme import tokens
from gridworld.runs.frame import Frame, Status
from gridworld.runs.journal import Journal
from gridworld.runs.process.trainer import ProcessScene
from gridworld.tetris import TetrisHyperparameters, TetrisTrainer
from gridworld.tetris.search.worker import OTHERS, WorkerTrainer


def test_it_draws_the_candidates_and_contracts_with_the_search():
    hyper = TetrisHyperparameters(population=30, elite=0.2, evaluations=2, width=6, height=6, noise=0.0)
    trainer = TetrisTrainer(hyper, seed=1, threads=1)
    worker, journal, view = WorkerTrainer(trainer, OTHERS), Journal(()), CloudView(tokens(dark=False))
    widths = []
    for step in range(2):
        journal.add(Frame(0, Status.PAUSED, step, 0, ProcessScene(None, worker.metrics())))
        view.refresh(journal)
        chosen = [trainer.features.index(name) for name in (view.across.value, view.up.value)]
        drawn = np.column_stack([view.points.data["x"], view.points.data["y"]])
        assert np.allclose(drawn, trainer.candidates[:, chosen], atol=0.05)
        assert view.middle.data["x"] == [trainer.weights[chosen[0]]]
        widths += view.middle.data["width"]
        while trainer.generation < 3:
            trainer.advance(2000)
    assert widths[1] < widths[0]
    view.across.value = "landing height"
    assert np.allclose(view.points.data["x"], trainer.candidates[:, 0], atol=0.05)
    view.begin()
    assert len(view.points.data["x"]) == 0


def test_a_settled_cloud_fills_more_than_a_speck_of_the_view():
    trainer = TetrisTrainer(TetrisHyperparameters(population=4, evaluations=1), seed=1, threads=1)
    metrics, journal, view = WorkerTrainer(trainer, OTHERS).metrics(), Journal(()), CloudView(tokens(dark=False))
    for step, (middle, deviation) in enumerate(((0.0, 10.0), (-30.0, 10.0), (-30.0, 0.5), (-31.0, 0.0))):
        settled = replace(metrics, weights=np.full(9, middle), deviation=np.full(9, deviation))
        journal.add(Frame(0, Status.PAUSED, step, 0, ProcessScene(None, settled)))
        view.refresh(journal)
        for axis in (view.figure.x_range, view.figure.y_range):
            assert axis.start <= middle - 3 * deviation
            assert middle + 3 * deviation <= axis.end
            assert axis.end - axis.start <= max(16 * 3 * deviation, 0.2)
