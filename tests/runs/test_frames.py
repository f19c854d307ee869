"""Frames, histories and journals: what was reported is kept, bounded, and never reported twice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridworld.runs.frame import Frame, Status
from gridworld.runs.history import History, Stream
from gridworld.runs.journal import Journal

COUNTS = Stream("counts", {"last": "last", "n": "sum", "low": "min", "high": "max"}, counts="n")


def rows(values):
    values = np.asarray(values, float)
    return {"last": values, "n": np.ones(len(values)), "low": values, "high": values}


def frame(step, values=(), epoch=0, scene=None):
    return Frame(epoch, Status.RUNNING, step, 0, scene, {"counts": rows(values)} if len(values) else {})


frames = st.builds(
    frame,
    st.integers(0, 9),
    st.lists(st.integers(0, 99), max_size=4),
    st.integers(0, 2),
    st.sampled_from([None, "a", "b"]),
)


@given(frames, frames, frames)
def test_joining_frames_is_associative(a, b, c):
    left, right = a.then(b).then(c), a.then(b.then(c))
    assert (left.epoch, left.step, left.scene) == (right.epoch, right.step, right.scene)
    assert left.log.keys() == right.log.keys()
    for name in left.log:
        np.testing.assert_array_equal(left.log[name]["last"], right.log[name]["last"])


def test_a_newer_epoch_replaces_and_an_older_one_is_dropped():
    old, new = frame(5, [1, 2]), frame(1, [7], epoch=1)
    assert old.then(new) is new
    assert new.then(old) is new


@given(st.lists(st.lists(st.integers(-50, 50), max_size=40), max_size=8))
def test_a_history_keeps_every_record_in_bounded_rows(batches):
    history, everything = History(COUNTS, 8), []
    for batch in batches:
        history.append(rows(batch))
        everything += batch
    kept = history.since()
    assert len(history) <= 8
    assert 0 <= len(everything) - kept["n"].sum() < history.stride, "only the row being filled is not shown yet"
    ends = np.cumsum(kept["n"]).astype(int)
    for begin, end, low, high, last in zip([0, *ends], ends, kept["low"], kept["high"], kept["last"], strict=False):
        part = everything[begin:end]
        assert (low, high, last) == (min(part), max(part), part[-1])


def test_a_long_history_covers_all_of_it_evenly():
    history = History(COUNTS, 16)
    for number in range(10_000):
        history.append(rows([number]))
    covered = history.since()["n"]
    assert len(history) > 8
    assert set(covered) == {history.stride}


def test_a_version_stands_still_while_rows_are_only_appended():
    history = History(COUNTS, 4)
    history.append(rows([1, 2, 3, 4]))
    assert (history.version, len(history)) == (0, 4)
    history.append(rows([5]))
    assert (history.version, len(history)) == (1, 2)
    history.append(rows([6]))
    assert (history.version, len(history)) == (1, 3)


def test_a_journal_starts_afresh_with_a_newer_epoch_and_drops_older_frames():
    journal = Journal([COUNTS])
    journal.add(frame(1, [1, 2], scene="old"))
    journal.add(frame(2, [3]))
    assert journal.columns("counts")["last"].tolist() == [1, 2, 3]
    assert journal.frame.scene == "old"
    journal.add(frame(0, [9], epoch=1, scene="new"))
    assert journal.columns("counts")["last"].tolist() == [9]
    assert not journal.add(frame(7, [4], epoch=0))
    assert journal.columns("counts")["last"].tolist() == [9]


def test_a_journal_measures_steps_per_second():
    journal = Journal([COUNTS])
    for tenth in range(12):
        journal.add(frame(tenth * 30), now=tenth / 10)
    assert journal.steps_per_second == pytest.approx(300)


def test_the_speed_is_that_of_the_last_second_or_else_of_the_last_two_frames():
    journal = Journal([COUNTS])
    journal.add(frame(0), now=0.0)
    assert journal.steps_per_second == 0
    journal.add(frame(1_000), now=10.0)
    assert journal.steps_per_second == pytest.approx(100)
    journal.add(frame(1_100), now=10.5)
    journal.add(frame(1_300), now=11.0)
    assert journal.steps_per_second == pytest.approx(300)


def test_a_history_needs_room():
    with pytest.raises(ValueError, match="at least 2"):
        History(COUNTS, 1)
