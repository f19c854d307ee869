"""Problems that are kept: as many as fit, each built once for all callers."""

from threading import Barrier, Event, Thread

import pytest

from gridworld.errors import GivenUpError, WorldError
from gridworld.worlds.problem import load_problem
from gridworld.worlds.problem_cache import ProblemCache

SMALL = load_problem("easy")


def test_what_was_used_longest_ago_goes_when_the_bytes_are_spent():
    cache = ProblemCache(capacity=2 * SMALL.nbytes)
    built = []
    for key in ("a", "b", "a", "c", "a", "b"):
        cache.get(key, lambda key=key: (built.append(key), SMALL)[1])
    assert built == ["a", "b", "c", "b"]
    assert cache.nbytes == 2 * SMALL.nbytes


def test_what_is_larger_than_the_cache_is_returned_and_not_kept():
    cache = ProblemCache(capacity=SMALL.nbytes - 1)
    assert cache.get("a", lambda: SMALL) is SMALL
    assert cache.nbytes == 0


def test_a_problem_counts_its_models_as_they_are_when_sampled():
    model = SMALL.phases[0][1]
    arrays = (model.successor, model.reward, model.ending, model.probability, model.cumulative)
    starts = model.start.nbytes + model.start_cumulative.nbytes
    assert model.nbytes == sum(array.nbytes for array in arrays) + starts


def test_several_threads_that_ask_for_one_problem_build_it_once():
    cache, together, built, found = ProblemCache(), Barrier(4), [], []

    def ask():
        together.wait()
        found.append(cache.get("a", lambda: (built.append(1), SMALL)[1]))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(built)) == (4, 1)


def test_a_failure_is_raised_each_time_and_nothing_is_kept():
    cache = ProblemCache()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            cache.get("a", lambda: 1 / 0)
    assert cache.get("a", lambda: SMALL) is SMALL


def test_who_waits_for_what_another_builds_waits_for_a_limited_time():
    cache, release, began = ProblemCache(patience=0.1), Event(), Event()

    def build():
        began.set()
        release.wait(60)
        return SMALL

    thread = Thread(target=lambda: cache.get("a", build))
    thread.start()
    began.wait(60)
    for _ in range(2):
        with pytest.raises(WorldError, match=r"not there after 0\.1 s"):
            cache.get("a", build)
    assert cache.get("b", lambda: SMALL) is SMALL
    release.set()
    thread.join()
    assert cache.get("a", lambda: 1 / 0) is SMALL


def test_what_was_given_up_is_not_built_again_at_once_by_the_page_that_waited():
    cache = ProblemCache(patience=60)

    def ended():
        raise GivenUpError

    with pytest.raises(GivenUpError):
        cache.get("a", ended)
    with pytest.raises(WorldError, match="not there after 60 s"):
        cache.get("a", lambda: SMALL)
    cache.patience = 0.0
    with pytest.raises(GivenUpError):
        cache.get("b", ended)
    assert cache.get("b", lambda: SMALL) is SMALL, "later it is tried again"


def test_a_build_that_its_user_interrupts_can_be_tried_again():
    cache = ProblemCache()

    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.get("a", interrupted)
    assert cache.get("a", lambda: SMALL) is SMALL
