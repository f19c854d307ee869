"""The outbox and the wire: what waits is bounded, the log is whole and in order, the scene is the newest."""

import os
import pickle
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridworld.runs.frame import Status
from gridworld.runs.history import Stream
from gridworld.runs.process.cadence import Cadence
from gridworld.runs.process.messages import MAX_MESSAGE, MAX_PAYLOAD, Message, read_messages, write_message
from gridworld.runs.process.outbox import Outbox, rows_per_message

GAMES = Stream("games", {"game": "last", "games": "sum", "lines": "sum", "best": "max"})


def games(first: int, count: int) -> dict:
    number = np.arange(first, first + count, dtype=float)
    return {"games": {"game": number, "games": np.ones(count), "lines": 2 * number, "best": number}}


def empty(outbox: Outbox) -> list[Message]:
    messages = []
    while (message := outbox.take(timeout=0)) is not None:
        messages.append(message)
    return messages


def rows(messages: list[Message]) -> np.ndarray:
    return np.frombuffer(b"".join(m.payload for m in messages if m.kind == "rows")).reshape(-1, 4)


def test_rows_arrive_in_order_and_in_messages_of_bounded_size():
    outbox = Outbox("run", [GAMES])
    for first in range(0, 3000, 100):
        outbox.report(Status.RUNNING, first, first, games(first, 100))
    messages = empty(outbox)
    assert rows(messages)[:, 0].tolist() == list(range(3000))
    assert max(len(m.to_bytes()) for m in messages) <= MAX_MESSAGE
    assert len(messages) == -(-3000 // rows_per_message(GAMES))


@pytest.mark.parametrize("odd", range(9))
def test_what_does_not_fit_is_folded_and_no_record_is_lost(odd):
    outbox = Outbox("run", [GAMES], messages=4)
    count = 100 * rows_per_message(GAMES) + odd
    for number in range(0, count, 7):
        outbox.report(Status.RUNNING, number, number, games(number, min(7, count - number)))
        assert len(outbox) <= 4
    table = rows(empty(outbox))
    assert len(table) <= 4 * rows_per_message(GAMES) + 1
    assert table[:, 1].sum() == count
    assert table[:, 2].sum() == count * (count - 1)
    assert (np.diff(table[:, 0]) > 0).all()
    assert table[-1, 0] == table[:, 3].max() == count - 1


def test_a_stalled_reader_leaves_room_for_twice_the_bound_at_most():
    outbox = Outbox("run", [GAMES], messages=4)
    outbox.report(Status.RUNNING, 0, 0, games(0, 1000))
    assert outbox.take(timeout=0).kind == "rows"
    for number in range(1000, 50_000, 50):
        outbox.report(Status.RUNNING, number, number, games(number, 50))
        assert len(outbox) <= 8


def test_the_scene_keeps_the_newest_and_is_what_was_seen_then():
    outbox = Outbox("run")
    board = np.arange(12, dtype=np.uint8).reshape(3, 4)
    outbox.show("board", "an older one")
    outbox.show("board", board[:, ::2])
    outbox.show("metrics", {"lines": 3})
    board[:] = 99
    scene = {m.name: pickle.loads(m.payload) for m in empty(outbox) if m.kind == "scene"}
    assert scene["metrics"] == {"lines": 3}
    np.testing.assert_array_equal(scene["board"], [[0, 2], [4, 6], [8, 10]])


def test_a_scene_passes_between_the_rows_that_wait():
    outbox = Outbox("run", [GAMES])
    outbox.report(Status.RUNNING, 1, 1, games(0, 1000))
    outbox.show("board", 1)
    assert [m.kind for m in empty(outbox)][:2] == ["scene", "rows"]


def test_a_scene_that_is_too_large_is_refused():
    with pytest.raises(ValueError, match=r"The board takes \d+ bytes"):
        Outbox("run").show("board", bytes(MAX_PAYLOAD))


def test_a_status_waits_for_the_rows_before_it():
    outbox = Outbox("run", [GAMES])
    outbox.report(Status.RUNNING, 500, 500, games(0, 500))
    outbox.report(Status.FINISHED, 500, 500)
    statuses = [m.status for m in empty(outbox)]
    assert statuses[-1] is Status.FINISHED
    assert Status.FINISHED not in statuses[:-1]


def test_a_terminal_status_goes_first_when_asked_to():
    outbox = Outbox("run", [GAMES])
    outbox.report(Status.RUNNING, 500, 500, games(0, 500))
    outbox.report(Status.PAUSED, 500, 500, first=True)
    messages = empty(outbox)
    assert (messages[0].kind, messages[0].status) == ("status", Status.PAUSED)
    assert len(rows(messages)) == 500


def test_an_error_of_any_length_comes_with_its_status():
    outbox = Outbox("run", [GAMES])
    outbox.report(Status.RUNNING, 5, 5, games(0, 5))
    outbox.note("checkpoint", "of a moment ago")
    outbox.report(Status.FAILED, 5, 5, first=True, error="long " * MAX_MESSAGE)
    first, *_ = empty(outbox)
    assert (first.kind, first.status, len(first.payload)) == ("error", Status.FAILED, 5 * MAX_MESSAGE)


def test_taking_waits_for_news_and_ends_when_the_outbox_is_closed():
    outbox, taken = Outbox("run", [GAMES]), []
    reader = threading.Thread(target=lambda: taken.extend(iter(outbox.take, None)))
    reader.start()
    outbox.report(Status.RUNNING, 1, 1, games(0, 1))
    outbox.close()
    reader.join(timeout=10)
    assert not reader.is_alive()
    assert len(rows(taken)) == 1


@given(bodies=st.lists(st.binary(max_size=300), max_size=20), cut=st.integers(0, 100))
def test_messages_survive_the_pipe_and_one_cut_short_is_dropped(bodies, cut):
    reader, writer = os.pipe()
    try:
        for body in bodies:
            write_message(writer, body)
        os.write(writer, ((1000).to_bytes(4, "big") + b"x" * 99)[:cut])
        os.close(writer)
        assert list(read_messages(reader)) == bodies
    finally:
        os.close(reader)


def test_a_message_goes_to_bytes_and_back():
    message = Message("run", Status.PAUSED, 3, 2, "rows", "games", b"12345678")
    assert Message.from_bytes(message.to_bytes()) == message


def test_it_counts_what_waits():
    outbox = Outbox("run", [GAMES])
    assert len(outbox) == 0
    outbox.note("error", "a reason")
    outbox.report(Status.RUNNING, 5, 5, games(0, 5))
    assert len(outbox) == 2
    outbox.take(timeout=0)
    assert len(outbox) == 1


def test_the_cadence_takes_the_changes_that_concern_it():
    cadence, others = Cadence().changed({"board_every": 0, "target": 5})
    assert (cadence, others) == (Cadence(board_every=0), {"target": 5})


@pytest.mark.parametrize(
    "change", [{"board_every": -1}, {"metrics_every": -5}, {"frames_per_second": 0}, {"save_every": 0}]
)
def test_a_cadence_without_sense_is_refused(change):
    with pytest.raises(ValueError, match=r"N steps|number of frames"):
        Cadence().changed(change)
