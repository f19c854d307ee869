"""Parts of a run that other programs read, and the program that makes it again."""

import csv
import io
import sys

import numpy as np
import pytest

import gridworld
from gridworld.errors import CheckpointError
from gridworld.storage import exports
from gridworld.storage.action_values import begin_with
from gridworld.storage.exports import history_csv, recipe
from gridworld.storage.run_file import from_bytes, to_bytes
from gridworld.training.session import TrainingSession
from gridworld.worlds.named import WORLDS
from support.storing import begun


def run_again(session: TrainingSession) -> TrainingSession:
    names: dict = {}
    text = recipe(session)
    imported = [line for line in text.splitlines() if line.startswith(("import", "from"))]
    assert imported == ["from gridworld import Intervention, Settings, TrainingSession"]
    exec(text, names)
    return names["session"]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"world": WORLDS["hard"] + "\n", "agent": "sarsa_lambda", "options": {"slip": 0.125}, "trace_decay": 0.3},
        {"world": "Blackjack-v1", "agent": "monte_carlo", "seed": 2**40},
        {"world": "cliff", "stepped": True, "history": 32, "exploration": "softmax"},
    ],
)
def test_the_recipe_makes_the_run_again(settings, assert_same):
    session = begun(400, **settings)
    session.configure({"step_size": 0.25, "discount": 0.875} if session.step else {})
    session.advance_episodes(2)
    session.advance(500)
    session.configure({"step_size": 0.375})
    session.extend(10_000)
    again = run_again(session)
    assert len(session.interventions) >= 1
    assert (again.interventions, again.pending) == (session.interventions, session.pending)
    assert_same(session, again)
    session.advance(300)
    again.advance(300)
    assert_same(session, again)


def test_a_stored_run_has_the_same_recipe():
    session = begun(400)
    session.configure({"epsilon": 0.5})
    session.advance(400)
    assert recipe(from_bytes(to_bytes(session))) == recipe(session)


def test_there_is_no_recipe_for_a_run_that_began_with_values_from_a_file():
    session = TrainingSession()
    begin_with(session, np.ones((25, 4)))
    with pytest.raises(ValueError, match="from a file"):
        recipe(session)


def test_the_history_is_a_table():
    session = TrainingSession(world="easy", episodes=30)
    session.advance(10**6)
    rows = list(csv.DictReader(io.StringIO(history_csv(session))))
    assert [int(row["episode"]) for row in rows] == list(range(1, 31))
    np.testing.assert_array_equal([float(row["return"]) for row in rows], session.history.since()["return"])
    assert (rows[0]["length"], rows[0]["terminated"]) == (str(int(session.history.since()["length"][0])), "True")


COUNTS = {"episode": "i", "step": "i", "episodes": "i", "length": "i", "terminated": "b", "success": "b"}


@pytest.mark.parametrize("merged", [False, True])
def test_a_data_frame_has_whole_numbers_where_it_counts(merged):
    session = TrainingSession(world="easy", episodes=40, history=16 if merged else 64)
    session.advance(10**6)
    frame = session.history.to_frame()
    kinds = {name: frame[name].dtype.kind for name in frame}
    assert kinds == {name: COUNTS.get(name, "f").replace("b", "i" if merged else "b") for name in frame}
    assert frame["terminated"].sum() == session.history.since()["terminated"].sum()
    assert isinstance(session.history, gridworld.History)


def test_a_data_frame_names_the_library_that_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match="pip install pandas"):
        begun(10).history.to_frame()


def test_parquet_names_the_library_that_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CheckpointError, match="pip install pyarrow") as caught:
        exports.history_parquet(begun(100))
    assert caught.value.code == "pyarrow"


def test_parquet_has_the_same_table():
    pytest.importorskip("pyarrow")
    from pyarrow import parquet

    session = begun()
    table = parquet.read_table(io.BytesIO(exports.history_parquet(session)))
    for name, values in exports.history_columns(session).items():
        np.testing.assert_array_equal(table[name].to_numpy(), values)
