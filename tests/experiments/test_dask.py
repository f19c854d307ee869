"""Experiments on Dask: a worker that is killed costs nothing but time."""

import os
import signal
import socket
from collections import Counter
from functools import partial

import numpy as np
import pytest

from gridworld.experiments import backends
from gridworld.experiments.backends import completed, executor_of
from gridworld.experiments.batch import run_batch
from gridworld.experiments.comparison import Comparison
from gridworld.experiments.plan import Contestant, Plan
from gridworld.experiments.running import compare
from gridworld.extensions import load_file

BOOK = {"epsilon": 0.1, "epsilon_schedule": "constant", "discount": 1.0}
distributed = pytest.importorskip("distributed")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # those of Dask and its workers


def test_a_killed_worker_loses_nothing_and_nothing_is_done_twice():
    spread = {**BOOK, "step_size": {"low": 0.2, "high": 0.8, "points": 4}}
    plan = Plan([Contestant("sarsa", spread)], ["cliff"], runs=600, episodes=500, points=50)
    results = []
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        for result in completed((partial(run_batch, batch) for batch in plan.batches()), client.get_executor()):
            if not results:
                os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)
            results.append(result)
    assert set(Counter((result.cell, result.first_seed) for result in results).values()) == {1}
    found, expected = Comparison(plan, results), compare(plan)
    for cell in plan.cells:
        for name in ("metrics", "returns", "lengths"):
            np.testing.assert_array_equal(
                getattr(found.runs(cell.label), name), getattr(expected.runs(cell.label), name)
            )


AGENT = """
from gridworld.agents import register_agent
from gridworld.agents.one_step import Sarsa

@register_agent
class Own(Sarsa):
    id, label = "own_sarsa", "Own"
"""


def test_workers_load_the_files_of_the_user(tmp_path, registries):
    file = tmp_path / "own.py"
    file.write_text(AGENT)
    load_file(file)
    plan = Plan([Contestant("own_sarsa")], ["easy"], runs=3, episodes=20)
    with executor_of("dask") as executor:
        found = compare(plan, backend=executor)
    np.testing.assert_array_equal(found.values("own_sarsa"), compare(plan).values("own_sarsa"))


def test_a_scheduler_without_workers_is_remarked_and_its_loss_is_a_sentence():
    remarks = []

    def lose(cluster):
        with executor_of("dask", cluster.scheduler_address, remarks.append) as executor:
            future = executor.submit(int, "7")
            cluster.close()
            future.result()

    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=None) as cluster,
        pytest.raises(ValueError, match="The Dask scheduler is gone"),
    ):
        lose(cluster)
    assert "no workers yet" in remarks[0]


@pytest.mark.parametrize("listens", [False, True])
def test_a_scheduler_that_does_not_answer_is_named_soon(monkeypatch, listens):
    monkeypatch.setattr(backends, "ANSWER", 0.2)
    with socket.socket() as other:  # what listens without a word is no scheduler
        other.bind(("127.0.0.1", 0))
        if listens:
            other.listen()
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"
        with (
            pytest.raises(ValueError, match=rf"No Dask scheduler answers at {address}.*`dask scheduler`"),
            executor_of("dask", address=address),
        ):
            pass
