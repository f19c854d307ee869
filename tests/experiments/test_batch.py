"""Batches: bit for bit what sessions of the same seeds do, for every agent, compiled and plain."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld.agents import AGENTS
from gridworld.compiled import pack
from gridworld.experiments.batch import Batch, run_batch
from gridworld.experiments.repeated import MOST_STEPS, ResetRun, beginnings, repeatable
from gridworld.experiments.seeds import generator_words
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from support.own_environments import own_environments

EPISODE_METRICS = ("return", "first_return", "last_return", "length", "success")


def batch(settings, runs=3, episodes=20, steps=0, metrics=EPISODE_METRICS, **others):
    """A batch of the seeds 3, 4, ..."""
    return Batch("cell", settings, 3, runs, episodes, steps, metrics, **others)


def session(settings, seed, episodes=20, **options):
    """The finished session of a seed."""
    fields = {**settings.to_dict(), "seed": seed, "episodes": episodes}
    made = TrainingSession(Settings(**fields), **options)
    made.advance_episodes(episodes)
    return made


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**63 - 1))
def test_generators_made_in_bulk_are_numpys(seed):
    children = np.random.SeedSequence(seed).spawn(2)
    one_by_one = [pack(np.random.Generator(np.random.PCG64(child))) for child in children]
    np.testing.assert_array_equal(generator_words(np.array([seed, 0]))[0], one_by_one)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "plain"])
@pytest.mark.parametrize("agent", AGENTS)
def test_a_run_is_that_of_a_session_of_its_seed(agent, compiled):
    """Curves, action values, visits, exploration and the generators' next draws; also after another seed's run."""
    made = Settings(world="easy", agent=agent, options={"slip": 0.1, "step_limit": 50})
    result = run_batch(batch(made, compiled=compiled))
    repeated = ResetRun(made, compiled)
    for run, beginning in enumerate(beginnings(3, 3)):
        for _ in repeated.run(beginning, 20, MOST_STEPS):
            pass
        own = session(made, beginning.seed, compiled=compiled)
        for mine, theirs in zip(repeated.tables, own.tables, strict=True):
            np.testing.assert_array_equal(mine, theirs)
        np.testing.assert_array_equal(repeated.arrays()["generators"], own.arrays()["generators"])
        assert (repeated.step, repeated.exploration) == (own.step, own.scene().exploration)
        rows = own.history.since()
        np.testing.assert_array_equal(result.returns[run], rows["return"].astype(np.float32))
        np.testing.assert_array_equal(result.lengths[run], rows["length"].astype(np.float32))
        assert result.metrics[run, 4] == rows["success"].mean()


@pytest.mark.parametrize("world", ["blocking_maze", "cliff"])
def test_a_run_of_many_steps_is_that_of_a_session(world):
    """Across the change of a world, and over more episodes than are handed over at once."""
    made = Settings(world=world, agent="q_learning", hyperparameters={"epsilon": 0.1, "epsilon_schedule": "constant"})
    repeated = repeatable(made, True)
    first, second = beginnings(6, 2)
    for _ in repeated.run(first, 0, 100_000):
        pass
    rows = [rows.copy() for rows in repeated.run(second, 0, 100_000)]
    own = TrainingSession(Settings(**{**made.to_dict(), "seed": 7, "episodes": 0}), history=1 << 15)
    own.advance(100_000)
    np.testing.assert_array_equal(np.concatenate(rows), own.history.rows[: own.history.length])
    np.testing.assert_array_equal(repeated.tables.Q, own.tables.Q)


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "plain"])
def test_a_stepped_environment_gives_the_run_of_a_session(compiled):
    made = Settings(world="Blackjack-v1", agent="sarsa")
    result = run_batch(batch(made, compiled=compiled))
    for run in range(3):
        rows = session(made, 3 + run, compiled=compiled).history.since()
        np.testing.assert_array_equal(result.returns[run], rows["return"].astype(np.float32))


def test_what_threads_keep_is_not_used_for_another_cell():
    first, other = Settings(world="easy", agent="sarsa"), Settings(world="easy", agent="q_learning")
    alone = run_batch(batch(other, metrics=("return", "max_error")))
    run_batch(Batch("another", first, 0, 2, 20, 0, ("return",)))
    again = run_batch(batch(other, metrics=("return", "max_error")))
    np.testing.assert_array_equal(alone.metrics, again.metrics)


def test_curves_are_means_of_the_episodes_at_each_point():
    made = Settings(world="easy", agent="sarsa")
    result = run_batch(batch(made, runs=1, episodes=10, points=4))
    returns = session(made, 3, 10).history.since()["return"]
    expected = [returns[:3].mean(), returns[3:5].mean(), returns[5:8].mean(), returns[8:].mean()]
    np.testing.assert_allclose(result.returns[0], expected, rtol=1e-6)


def test_curves_by_step_count_an_episode_where_it_ended():
    made = Settings(world="easy", agent="sarsa")
    result = run_batch(batch(made, runs=1, episodes=0, steps=1_000, points=10))
    own = session(made, 3, 2_000).history.since()
    for point in range(10):
        ended = (own["step"] > 100 * point) & (own["step"] <= 100 * (point + 1))
        expected = own["return"][ended].mean() if ended.any() else np.nan
        np.testing.assert_allclose(result.returns[0, point], expected, rtol=1e-6)


def test_an_endless_run_is_refused_in_one_sentence():
    with own_environments(), pytest.raises(ValueError, match=r"ended 0 of 20 episodes in 1,000 steps; give the world"):
        run_batch(batch(Settings(world="Corridor-v0", agent="sarsa"), runs=1, most_steps=1_000))
    with pytest.raises(ValueError, match=r"seed 3 ended .* of 2,000 episodes in 1,000 steps"):
        run_batch(batch(Settings(world="cliff"), episodes=2_000, most_steps=1_000))


@pytest.mark.parametrize(
    ("world", "most", "steps"), [("jumps?step_limit=0", 3_000_000, "4,000,000"), ("Corridor-v0", 15_000, "20,000")]
)
def test_a_run_is_endless_when_an_episode_is(world, most, steps):
    """Long before it has all the steps that a run may have; one without a number of episodes has no such end."""
    (beginning,) = beginnings(3, 1)
    with own_environments():
        run = repeatable(Settings(world=world, agent="sarsa"), True)
        run.most_of_episode = most
        with pytest.raises(ValueError, match=f"seed 3 ended 0 of 20 episodes in {steps} steps; give the world"):
            list(run.run(beginning, 20, 1_000_000_000))
        assert sum(1 for _ in run.run(beginning, 0, most + 5_000)) > 1


@pytest.mark.slow
def test_a_run_in_a_real_environment_is_handed_over_in_parts():
    """So that it can wait or end in its middle, and keeps no episode."""
    made = Settings(world="Blackjack-v1", agent="sarsa")
    parts = [rows.copy() for rows in repeatable(made, True).run(beginnings(3, 1)[0], 0, 25_000)]
    assert len(parts) == 3
    own = TrainingSession(Settings(**{**made.to_dict(), "seed": 3, "episodes": 0}), history=1 << 15)
    own.advance(25_000)
    np.testing.assert_array_equal(np.concatenate(parts), own.history.rows[: own.history.length])
