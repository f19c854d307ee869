"""Where long work is done."""

import threading

import pytest

from dashboards.hub.executors import PATIENCE, InTurn


def test_work_that_nobody_waits_for_is_done_one_thing_after_another():
    executor, first, done = InTurn(PATIENCE), threading.Event(), []
    futures = [executor.submit(lambda: (first.wait(10), done.append("first")))]
    futures.append(executor.submit(done.append, "second"))
    assert not done
    first.set()
    for future in futures:
        future.result(10)
    assert done == ["first", "second"]


def test_work_that_never_comes_back_keeps_the_next_waiting_for_a_while_only():
    executor, release = InTurn(0.01), threading.Event()
    hanging = executor.submit(release.wait, 60)
    assert executor.submit(lambda: "next").result(10) == "next"
    assert executor.submit(lambda: "one more").result(10) == "one more"
    assert not hanging.done()
    release.set()


def test_what_such_work_raises_is_in_its_future_and_no_thread_keeps_a_program():
    threads = []

    def fail() -> None:
        threads.append(threading.current_thread())
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        InTurn(PATIENCE).submit(fail).result(10)
    assert threads[0].daemon
