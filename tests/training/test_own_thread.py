"""Work in a thread of its own, and its end."""

from __future__ import annotations

from threading import Event

import pytest

from gridworld.training.own_thread import GivenUpError, give_up, in_own_thread


def test_work_that_computes_for_ever_ends_when_it_is_given_up():
    release, begun = Event(), Event()

    def compute():
        begun.set()
        while not release.is_set():
            try:
                sum(range(100))
            except Exception:
                continue

    work = in_own_thread(compute)
    assert begun.wait(30)
    give_up(work)
    try:
        with pytest.raises(GivenUpError):
            work.result(30)
    finally:
        release.set()


def test_work_that_is_done_is_left_as_it_is():
    work = in_own_thread(lambda: 7)
    assert work.result(30) == 7
    give_up(work)
    assert work.result() == 7


def test_what_would_end_a_process_is_in_the_future():
    def leave():
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        in_own_thread(leave).result(30)
