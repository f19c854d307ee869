"""Where long work is done."""

import threading

import pytest

from dashboards.hub.executors import Unawaited


def test_work_that_nobody_waits_for_is_done_one_thing_after_another():
    executor, first, done = Unawaited(), threading.Event(), []
    futures = [executor.submit(lambda: (first.wait(10), done.append("first")))]
    futures.append(executor.submit(done.append, "second"))
    assert not done
    first.set()
    for future in futures:
        future.result(10)
    assert sorted(done) == ["first", "second"]


def test_what_such_work_raises_is_in_its_future_and_no_thread_keeps_a_program():
    threads = []

    def fail() -> None:
        threads.append(threading.current_thread())
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        Unawaited().submit(fail).result(10)
    assert threads[0].daemon
