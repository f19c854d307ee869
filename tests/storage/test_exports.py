"""Parts of a run that other programs read, and the program that makes it again."""

import builtins
import csv
import io

import numpy as np
import pytest

from gridworld.errors import CheckpointError
from gridworld.storage import exports
from gridworld.storage.archive import pack_archive
from gridworld.storage.exports import begin_with, history_csv, q_table_csv, q_table_npz, read_q_table, recipe
from gridworld.storage.run_file import from_bytes, to_bytes
from gridworld.training.session import TrainingSession
from gridworld.worlds.named import WORLDS
from support.storing import begun


def run_again(session: TrainingSession) -> TrainingSession:
    names: dict = {}
    exec(recipe(session), names)
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


@pytest.mark.parametrize("write", [q_table_npz, lambda session: q_table_csv(session).encode()])
def test_action_values_come_back_to_the_bit(write):
    session = begun()
    np.testing.assert_array_equal(read_q_table(write(session), session.problem), session.tables.Q)


def test_numpy_and_a_spreadsheet_read_the_action_values():
    session = begun()
    with np.load(io.BytesIO(q_table_npz(session)), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["Q"], session.tables.Q)
    first, *lines = q_table_csv(session).splitlines()
    assert first.startswith("# action values of medium")
    rows = list(csv.DictReader(lines))
    assert list(rows[7]) == ["state", "name", "up", "right", "down", "left"]
    assert (rows[7]["name"], float(rows[7]["left"])) == ("row 1, column 2", session.tables.Q[7, 3])


def test_action_values_of_a_bare_npz_need_only_the_right_shape():
    buffer, values = io.BytesIO(), np.arange(100).reshape(4, 25).T
    np.savez(buffer, Q=values)
    np.testing.assert_array_equal(read_q_table(buffer.getvalue(), begun(1).problem), values)


@pytest.mark.parametrize("write", [q_table_npz, lambda session: q_table_csv(session).encode()])
@pytest.mark.parametrize(("world", "code"), [("easy", "other_world"), ("hard", None)])
def test_action_values_of_another_world_are_refused(write, world, code):
    with pytest.raises(CheckpointError) as caught:
        read_q_table(write(begun(10)), begun(1, world=world).problem)
    assert caught.value.code in ((code,) if code else ("shape", "other_world"))


def bare(**arrays) -> bytes:
    buffer = io.BytesIO()
    pack_archive(buffer, "other", {}, arrays)
    return buffer.getvalue()


GOOD = q_table_csv(TrainingSession(world="medium"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (bare(P=np.zeros((25, 4))), "member"),
        (bare(Q=np.zeros((4, 25))), "shape"),
        (bare(Q=np.zeros((25, 4), bool)), "dtype"),
        (bare(Q=np.full((25, 4), np.nan)), "not_finite"),
        (bare(Q=np.zeros((25, 4)))[:-40], "damaged"),
        (b"\xff\xfe\x00", "not_a_checkpoint"),
        (b"", "shape"),
        (b"a,b\n1,2\n", "shape"),
        (GOOD.replace("0.0", "x", 1).encode(), "damaged"),
        (GOOD.replace("0.0", "inf", 1).encode(), "not_finite"),
        (GOOD.replace("\n3,", "\n4,").encode(), "damaged"),
        (GOOD.replace(",0.0\n", "\n", 1).encode(), "damaged"),
        (GOOD.rpartition("24,")[0].encode(), "shape"),
        (GOOD.replace("up", "north").encode(), "shape"),
    ],
)
def test_bad_action_values_are_refused(content, code):
    with pytest.raises(CheckpointError) as caught:
        read_q_table(content, begun(1).problem)
    assert caught.value.code == code


@pytest.mark.parametrize("agent", ["sarsa", "double_q_learning"])
def test_a_run_begins_with_action_values(agent):
    values = begun().tables.Q
    session = TrainingSession(world="medium", agent=agent)
    begin_with(session, values)
    np.testing.assert_array_equal(session.tables.Q, values)
    if agent == "double_q_learning":
        np.testing.assert_array_equal(session.tables.twins[1::2], values)
    session.advance(100)
    assert not np.array_equal(session.tables.Q, values)
    assert from_bytes(to_bytes(session)).departures == session.departures
    with pytest.raises(ValueError, match="not begun"):
        begin_with(session, values)
    with pytest.raises(CheckpointError):
        begin_with(TrainingSession(world="hard"), values)


def test_the_history_is_a_table():
    session = TrainingSession(world="easy", episodes=30)
    session.advance(10**6)
    rows = list(csv.DictReader(io.StringIO(history_csv(session))))
    assert [int(row["episode"]) for row in rows] == list(range(1, 31))
    np.testing.assert_array_equal([float(row["return"]) for row in rows], session.history.since()["return"])


def test_parquet_needs_a_library_and_says_which(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
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
