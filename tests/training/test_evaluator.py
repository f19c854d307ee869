"""Page, command line, library and demo agree on greedy policies; an evaluation that fails disturbs nothing."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from math import isfinite

import numpy as np
import pytest

from dashboards.hub.shared_run import SharedRun
from gridworld.agents import AGENTS
from gridworld.cli import judge
from gridworld.planning.greedy_return import Sampling
from gridworld.runs.commands import Load, Start, Step
from gridworld.runs.frame import Status
from gridworld.storage.checkpoint import freeze, with_greedy_return
from gridworld.training import evaluator
from gridworld.training.evaluator import Evaluator
from gridworld.training.greedy_run import GreedyRun
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from gridworld.worlds.named import WORLDS
from support.clock import Clock
from support.own_environments import own_environments

MODELS = [*WORLDS, "open_5", "FrozenLake-v1", "CliffWalking-v1", "medium?step_limit=50"]


def begun(world, agent="q_learning", steps=300, **settings):
    session = TrainingSession(world=world, agent=agent, episodes=0, compiled=False, **settings)
    session.advance(steps)
    return session


def on_the_page(session):
    """The newest evaluation that a page would show, column by column."""
    frame = LocalRun(session).poll(0.0)
    return {name: column[-1] for name, column in frame.log["evaluations"].items()}


def same(one, other):
    return one == other or (one is None and not isfinite(other))


@pytest.mark.parametrize("agent", list(AGENTS))
@pytest.mark.parametrize("world", MODELS)
def test_page_command_line_and_library_agree(world, agent):
    session = begun(world, agent)
    page, line = on_the_page(session), judge.figures(judge.greedy(session))
    kept = with_greedy_return(freeze(session), session.problem).document["summary"]["greedy_return"]
    assert same(line["return"], page["greedy_return"])
    assert same(line["length"], page["greedy_length"])
    assert line["return"] == kept
    assert page["greedy_margin"] == line["standard_error"] == 0
    best = judge.optimum(session)
    shown = [page["optimum"], page["optimum_for_discount"]]
    np.testing.assert_equal(shown, [best.expected_return, best.return_for_discount])


@pytest.mark.parametrize(
    ("world", "agent"),
    [
        ("FrozenLake-v1", "sarsa"),
        ("medium?step_limit=50", "monte_carlo"),
        ("hard?slip=0.2&step_limit=60", "q_learning"),
    ],
)
def test_the_demo_agrees(world, agent):
    session = begun(world, agent, steps=2000)
    demo, returns = GreedyRun(session, seed=4), []
    for _ in range(10):
        demo.send(Step(episodes=50))
        frame = demo.poll(60.0)
        assert frame.status is Status.PAUSED
        returns.append(frame.scene.recent[:, 0])
    error = np.std(returns, ddof=1) / np.sqrt(500)
    assert np.mean(returns) == pytest.approx(judge.greedy(session).expected_return, abs=4.5 * error + 1e-9)


def test_page_and_command_line_agree_where_returns_are_sampled():
    session = begun("Blackjack-v1")
    page, line = on_the_page(session), judge.greedy(session)
    assert 0.1 < page["greedy_margin"] < 0.3
    assert page["greedy_return"] == pytest.approx(line.expected_return, abs=1.5 * (page["greedy_margin"] + line.margin))


def test_a_policy_that_walks_against_a_wall_has_a_return_on_the_page():
    session = begun("medium?step_limit=50", steps=0)
    session.arrays()["table_Q"][:, 0] = 1.0
    page = on_the_page(session)
    assert (page["greedy_return"], page["greedy_length"]) == (pytest.approx(-0.5), 50)


def test_monte_carlo_is_judged_within_the_limit_of_its_own_episodes():
    session = begun("medium", "monte_carlo", steps=0)
    session.arrays()["table_Q"][:, 0] = 1.0
    assert on_the_page(session)["greedy_return"] == pytest.approx(-100)


# Evaluations that fail


@pytest.fixture
def _own():
    with own_environments():
        yield


@pytest.fixture
def executor():
    with ThreadPoolExecutor(1) as pool:
        yield pool


def poll_until(run, condition):
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        run.work(0.001, 0.0)
    assert condition()


@pytest.mark.usefixtures("_own")
@pytest.mark.parametrize("threaded", [True, False])
def test_an_environment_that_raises_in_an_evaluation_is_reported_once_and_the_run_goes_on(executor, threaded):
    run = LocalRun(begun("Raising-v0", steps=1), executor=executor if threaded else None)
    shared = SharedRun(run)
    shared.send(Start(), "started", "Started")
    poll_until(shared, lambda: shared.frame.error)
    episode = run.session.episode
    poll_until(shared, lambda: run.session.episode > episode + 100)
    line = [event.text for event in shared.journal.events if event.code == "warning"]
    assert len(line) == 1
    assert line[0].startswith(
        "The greedy policy can't be evaluated: after 0 steps Raising-v0 raised ZeroDivisionError (no more fuel) "
    )
    assert shared.status is Status.RUNNING


@pytest.mark.usefixtures("_own")
def test_an_environment_that_hangs_in_an_evaluation_takes_no_thread_from_others(executor):
    clock = Clock()
    hanging, healthy = Evaluator(executor, clock), Evaluator(executor, clock)
    session, other = begun("Hanging-v0", steps=1), begun("medium")
    assert hanging.poll(session, True) is None
    rows = []
    deadline = time.monotonic() + 10
    while not rows and time.monotonic() < deadline:
        rows += filter(None, [healthy.poll(other, True)])
    assert rows
    assert hanging.poll(session, True) is None
    assert not hanging.failure
    clock.now += evaluator.HANGING + 1
    assert hanging.poll(session, True) is None
    assert hanging.failure == (
        "The greedy policy can't be evaluated in Hanging-v0: its environment has not answered for 20 s."
    )
    session.advance(50)
    assert hanging.poll(session, True) is None


@pytest.mark.usefixtures("_own")
def test_sampling_that_takes_too_long_ends_by_itself():
    hurried = Evaluator(sampling=Sampling(seconds=0.0))
    assert hurried.poll(begun("Corridor-v0", steps=10), True) is None
    assert "that took over 0 s" in hurried.failure


@pytest.mark.usefixtures("_own")
def test_another_session_is_evaluated_again():
    run = LocalRun(begun("Raising-v0", steps=1))
    assert run.poll(0.0).error
    run.send(Load(begun("medium")))
    frame = run.poll(0.0)
    assert "evaluations" in frame.log
    assert frame.error is None


@pytest.mark.usefixtures("_own")
def test_sampling_ends_when_it_is_cancelled():
    cancelled = Evaluator()
    cancelled.cancel()
    assert cancelled.poll(begun("Corridor-v0", steps=10), True) is None
    assert "was not evaluated" in cancelled.failure


def test_a_discount_near_one_is_solved_too():
    """At a discount of .99999 sweeps don't settle in *jumps*; policy iteration takes over."""
    page = on_the_page(begun("jumps", discount=0.99999))
    assert np.isfinite(page["value_error"])


def test_after_a_first_evaluation_that_takes_long_the_next_is_not_put_off():
    """What the first one loads and solves is there for all others; only what those take is made up for by a rest."""
    clock, session = Clock(), begun("easy", steps=0)
    judged = Evaluator(clock=clock)
    begin = judged._begin

    def begin_for_three_seconds(work, samples):
        clock.now += 3.0
        return begin(work, samples)

    judged._begin = begin_for_three_seconds
    episodes = []
    for _ in range(200):
        session.advance_episodes(10)
        clock.now += 0.25
        row = judged.poll(session, resting=False)
        if row is not None:
            episodes.append(int(row["episode"][0]))
    assert episodes[:2] == [10, 20]
    assert episodes[2] - episodes[1] == 10 * 48, "3 s of work are a fifth of 15 s, of which 12 are a rest"
