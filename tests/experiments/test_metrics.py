"""Metrics, worked out by hand on tiny worlds and by another way on larger ones."""

import numpy as np
import pytest

from gridworld.agents import agent_class
from gridworld.experiments.batch import Batch, run_batch
from gridworld.experiments.metrics import METRICS, Referee
from gridworld.experiments.tally import Axis, Tallies
from gridworld.planning.evaluation import evaluate_policy
from gridworld.planning.optimum import solve
from gridworld.planning.policies import epsilon_greedy_policy
from gridworld.runs.history import EPISODES
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.problem import load_problem

CORRIDOR = "title: corridor\nstep reward: -1\nG: goal 10\n\nS.G"  # states 0, 1, 2; actions up, right, down, left
BOOK = {"step_size": 0.5, "epsilon": 0.1, "epsilon_schedule": "constant", "discount": 1.0}


def referee(discount=1.0, **hyperparameters):
    """The referee of Q-learning in the corridor."""
    agent = agent_class("q_learning").create({"discount": discount, **hyperparameters})
    return Referee(load_problem(CORRIDOR), agent)


def always(action):
    """Action values that prefer one action everywhere, float64 [3, 4]."""
    return np.eye(4)[[action] * 3]


def test_the_metrics_have_the_ids_that_scripts_rely_on():
    promised = "return first_return last_return length success greedy_return steps_to_threshold max_error"
    assert {*promised.split(), "regret_estimation", "regret_exploration"} <= METRICS.keys()


def test_the_greedy_policy_of_the_corridor():
    assert referee().greedy_return(always(1)) == 9
    assert referee().greedy_return(always(3)) == -np.inf
    assert referee().greedy_return(np.zeros((3, 4))) == pytest.approx(10 - 11)  # by hand: a random walk takes 12 steps


def test_the_largest_error_in_the_corridor():
    """q* by hand at discount 1/2: right of state 1 is 10, right of state 0 is -1 + 10 / 2 = 4."""
    assert referee(0.5).max_error(np.zeros((3, 4))) == 10
    best = np.array([[1, 4, 1, 1], [4, 10, 4, 1], [0, 0, 0, 0]], float)
    assert referee(0.5).max_error(best) == pytest.approx(0, abs=1e-12)
    best[1, 3] += 0.25
    assert referee(0.5).max_error(best) == pytest.approx(0.25)


def test_regret_in_the_corridor_by_hand():
    """Always right loses nothing by estimation; exploring with epsilon costs what the wasted steps cost."""
    assert referee().regret(always(1), 0.0) == (0, 0)
    estimation, exploration = referee().regret(always(1), 0.4)
    # right with .7, left with .1, else stay: E0 = 1 + .3 E0 + .7 E1 and E1 = 1 + .2 E1 + .1 E0
    steps = np.linalg.solve([[1 - 0.3, -0.7], [-0.1, 1 - 0.2]], [1, 1])[0]
    assert estimation == 0
    assert exploration == pytest.approx(steps - 2)
    assert referee().regret(always(3), 0.1)[0] == np.inf  # it never ends
    assert np.isfinite(referee(0.9).regret(always(3), 0.1)).all()


def test_regret_adds_up_on_the_cliff():
    """To v* - v of the policy that acts, for each of 20 learned tables."""
    settings = Settings(world="cliff", agent="sarsa", hyperparameters=BOOK)
    result = run_batch(Batch("cell", settings, 0, 20, 100, 0, ("regret_estimation", "regret_exploration")))
    model = settings.make_problem().phases[0][1]
    start = int(model.start.argmax())
    best = solve(model, 1.0).state_values[start]
    for seed, (estimation, exploration) in enumerate(result.metrics):
        session = TrainingSession(world="cliff", agent="sarsa", seed=seed, episodes=100, **BOOK)
        session.advance_episodes(100)
        acting = evaluate_policy(model, epsilon_greedy_policy(session.tables.Q, 0.1), 1.0)[start]
        if np.isfinite(estimation):
            assert abs(estimation + exploration - (best - acting)) < 1e-9
            assert estimation >= -1e-9
    assert np.isfinite(result.metrics).all(1).sum() >= 10  # the greedy policies of the others never end


@pytest.mark.parametrize(("exploration", "number"), [("softmax", {"temperature": 0.5}), ("UCB", {})])
def test_other_policies_have_a_regret_or_a_sentence(exploration, number):
    judge = referee(0.9, exploration=exploration, **number)
    if exploration == "UCB":
        with pytest.raises(ValueError, match="The regret of Q-learning can't be split, because UpperConfidenceBound"):
            judge.regret(always(1), 1.0)
    else:
        assert judge.regret(always(1), 1e-3)[1] == pytest.approx(0, abs=1e-9)
        assert judge.regret(always(1), 0.5)[1] > 0


def tallies(returns, axis, threshold=None, compiled=True, pieces=1):
    """The tallies of one run with these returns, of episodes that take two steps; every third is a success."""
    columns = dict.fromkeys(EPISODES.columns, np.zeros(len(returns)))
    number = np.arange(1, len(returns) + 1)
    rolling = [np.mean(returns[max(0, end - 50) : end]) for end in number]
    columns |= {"return": returns, "length": np.full(len(returns), 2.0), "step": 2.0 * number, "mean_return": rolling}
    columns |= {"success": number % 3 == 0}
    made = Tallies(axis, 1, threshold, compiled)
    for rows in np.array_split(np.column_stack(list(columns.values())).astype(float), pieces):
        made.add(0, np.ascontiguousarray(rows))
    return made


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "plain"])
@pytest.mark.parametrize("pieces", [1, 7])
def test_episode_metrics_by_hand(compiled, pieces):
    made = tallies(np.arange(1.0, 301.0), Axis(300, 0, 3), 100.0, compiled, pieces)
    measured = {name: metric.measure(made).item() for name, metric in METRICS.items() if metric.measure}
    assert measured == {
        "return": 150.5,
        "first_return": 50.5,
        "last_return": 250.5,
        "length": 2.0,
        "success": 1 / 3,
        "steps_to_threshold": 250.0,  # the mean of episodes 76 to 125 is 100.5
    }
    assert made.curves()[:, 0].tolist() == [[50.5, 150.5, 250.5], [2, 2, 2]]


def test_the_threshold_waits_for_fifty_episodes_and_may_never_come():
    early = tallies(np.array([10.0] * 60), Axis(60, 0), threshold=5.0)
    assert early.steps_to_threshold == [100]
    assert tallies(np.zeros(60), Axis(60, 0), threshold=5.0).steps_to_threshold == [np.inf]


def test_a_run_without_an_episode_has_no_means():
    made = tallies(np.zeros(0), Axis(0, 100))
    assert all(np.isnan(measure(made)[0]) for measure in (METRICS["return"].measure, METRICS["last_return"].measure))
    assert np.isnan(made.curves()).all()


@pytest.mark.parametrize("total", [1, 7, 399, 400, 401, 500, 12_345])
def test_an_axis_cuts_a_run_evenly(total):
    axis = Axis(total, 0)
    sizes = np.diff(axis.edges, prepend=0)
    assert axis.points == min(total, 400)
    assert axis.edges[-1] == total
    assert sizes.max() - sizes.min() <= 1
