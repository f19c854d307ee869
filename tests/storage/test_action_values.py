"""Action values from other programs: what is unambiguous is read, the rest refused with what to do."""

import csv
import io
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld.errors import CheckpointError
from gridworld.storage.action_values import begin_with, q_table_csv, q_table_npz, read_q_table
from gridworld.storage.archive import pack_archive
from gridworld.storage.run_file import from_bytes, to_bytes
from gridworld.training.session import TrainingSession
from support.storing import begun

VALUES = np.random.default_rng(0).normal(size=(25, 4)) * 10
PROBLEM = TrainingSession(world="medium").problem


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npz(*arrays, **named) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, *arrays, **named)
    return buffer.getvalue()


def saved_text(**options) -> bytes:
    buffer = io.BytesIO()
    np.savetxt(buffer, VALUES, **options)
    return buffer.getvalue()


def comma(text: str) -> str:
    return text.replace(".", ",")


FRAME = pd.DataFrame(VALUES, columns=PROBLEM.actions)
LINES = [";".join(f"{value:.17g}" for value in row) for row in VALUES]
READ = {
    "npy": npy(VALUES),
    "npy by columns": npy(np.asfortranarray(VALUES)),
    "npy of the grid": npy(VALUES.reshape(5, 5, 4)) if PROBLEM.world.rows == 5 else npy(VALUES),
    "npz without a name": npz(VALUES),
    "npz of a name of one's own": npz(q_table=VALUES),
    "npz with more": npz(Q=VALUES, rewards=np.zeros(9)),
    "savetxt": saved_text(),
    "savetxt with commas": saved_text(delimiter=","),
    "savetxt with tabs": saved_text(delimiter="\t", header="my values\nof yesterday"),
    "savetxt with decimal commas": comma(saved_text().decode()).encode(),
    "pandas": FRAME.to_csv().encode(),
    "pandas without an index": FRAME.to_csv(index=False).encode(),
    "pandas without names": pd.DataFrame(VALUES).to_csv().encode(),
    "pandas without names and index": pd.DataFrame(VALUES).to_csv(index=False).encode(),
    "pandas with actions in another order": FRAME[["left", "down", "up", "right"]].to_csv(index=False).encode(),
    "blank lines at the end": "\r\n".join([*LINES, "", ";;;", ""]).encode(),
    "semicolons and decimal commas": comma("\n".join(LINES)).encode("utf-8-sig"),
    "a semicolon at each end": "\n".join(f"{line};" for line in LINES).encode(),
}


@pytest.mark.parametrize("content", READ.values(), ids=READ)
def test_tables_that_people_have_are_read(content):
    np.testing.assert_allclose(read_q_table(content, PROBLEM), VALUES, rtol=1e-15)


def test_our_own_csv_is_read_after_a_spreadsheet_has_saved_it():
    session = begun()
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=";").writerows(csv.reader(q_table_csv(session).splitlines()))
    text = buffer.getvalue().replace(".", ",").replace("\n", ";\n") + ";;;;;;\n"
    np.testing.assert_array_equal(read_q_table(text.encode(), session.problem), session.tables.Q)


def test_a_transposed_table_is_refused_with_the_way_out():
    with pytest.raises(CheckpointError, match=r"Q\.T"):
        read_q_table(npy(VALUES.T), PROBLEM)


def test_a_pickled_array_is_never_read(tmp_path):
    with pytest.raises(CheckpointError) as caught:
        read_q_table(npy(np.array([{0: 1.0}], object)), PROBLEM)
    assert caught.value.code == "pickle"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(READ)), st.randoms(use_true_random=False))
def test_a_table_altered_anywhere_is_read_or_refused(name, rng):
    spoilt = bytearray(READ[name])
    for _ in range(rng.choice([1, 3])):
        at, length = rng.randrange(len(spoilt)), rng.randrange(1, 30)
        match rng.randrange(4):
            case 0:
                spoilt[at] = rng.choice(b"0123456789.,;\t\n #e-\"'(\xff\0")
            case 1:
                del spoilt[at : at + length]
            case 2:
                spoilt[at:at] = spoilt[at : at + length]
            case 3:
                spoilt[at:at] = rng.choice([b"9" * 5_000, b"nan", b'"', b"1e999", b",,,", b"\n" * 99])
    try:
        assert read_q_table(bytes(spoilt), PROBLEM).shape == (25, 4)
    except CheckpointError as problem:
        if not str(problem).endswith("."):
            raise AssertionError(f"{problem} is not a sentence") from None


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
        (bare(q=np.zeros((25, 4)), r=np.zeros((25, 4))), "member"),
        (npy(np.zeros((4, 25))), "shape"),
        (npy(np.zeros((25, 4)))[:-1], "damaged"),
        (npy(np.zeros((25, 4)))[:40], "damaged"),
        (npy(np.zeros((25, 4), complex)), "dtype"),
        (npy(np.full((25, 4), np.inf)), "not_finite"),
        (pickle.dumps({(0, 1): 0.5}), "not_a_checkpoint"),
        (GOOD.encode("utf-16"), "not_a_checkpoint"),
        (b"1 2 3 4\n" * 26, "shape"),
        (b"1 2 3 4\n" * 24 + b"1 2 3\n", "damaged"),
        (b"1;2;3;1,000\n" * 25, "damaged"),
        (b"1;2;3,5;1.5\n" * 25, "damaged"),
        (b"left,down,right,jump\n" + b"1,2,3,4\n" * 25, "shape"),
        (b"1 2 3 4\n" * 10**6, "too_large"),
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


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The file is empty"), (b" \n", "The file is empty"), (b"title: x\n\nS.G\n", "This text has no numbers")],
)
def test_what_is_no_table_at_all_is_said_in_other_words(content, sentence):
    with pytest.raises(CheckpointError, match=sentence):
        read_q_table(content, PROBLEM)


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
