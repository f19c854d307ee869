"""Update rules: one answer worked out by hand per agent, and the same bits compiled and plain."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridworld import agents
from gridworld.agents import AGENTS, PRESETS, ValueAgent, agent_class, register_agent
from gridworld.agents.dyna import draw
from gridworld.agents.prioritized_sweeping import NONE, pop, push
from gridworld.compiled import rule
from gridworld.training.session import TrainingSession
from support.learner import Draws, Learner

LEARNERS = [agent for agent in AGENTS.values() if issubclass(agent, ValueAgent)]
EXPLORATIONS = ["epsilon-greedy", "softmax", "UCB"]

# In all that is worked out here the discount and the step size are 1/2 unless a test says otherwise.


def test_q_learning_bootstraps_from_the_best_action():
    """1 + 4/2 = 3 is the target, 2 the error: 1 + 2/2 = 2."""
    learner = Learner(agents.QLearning)
    learner.m.Q[:] = [[1, 0], [4, 2], [0, 0]]
    assert learner.step(0, 0, 1.0, 1) == 2
    assert learner.m.Q[0, 0] == 2


def test_sarsa_bootstraps_from_the_action_taken():
    """1 + 2/2 = 2 is the target: 1 + 1/2 = 1.5."""
    learner = Learner(agents.Sarsa)
    learner.m.Q[:] = [[1, 0], [4, 2], [0, 0]]
    assert learner.step(0, 0, 1.0, 1, a2=1) == 1
    assert learner.m.Q[0, 0] == 1.5


def test_expected_sarsa_bootstraps_from_the_policys_expectation():
    """Epsilon 1/2: half the best (4), half the mean (3) is 3.5; the target 1 + 3.5/2 = 2.75: 1 + 1.75/2 = 1.875."""
    learner = Learner(agents.ExpectedSarsa)
    learner.m.Q[:] = [[1, 0], [4, 2], [0, 0]]
    assert learner.step(0, 0, 1.0, 1) == 1.75
    assert learner.m.Q[0, 0] == 1.875


@pytest.mark.parametrize(("coin", "twins", "mean"), [(0.2, (1.25, 1.0), 1.125), (0.7, (1.0, 1.5), 1.25)])
def test_double_q_learning_values_one_tables_choice_by_the_other(coin, twins, mean):
    """In state 1 the first table holds (4, 2), the second (1, 3).

    If the first learns it chooses action 0, worth 1 to the second: 1 + 1/2 = 1.5, and 1 becomes 1.25.
    If the second learns it chooses action 1, worth 2 to the first: 1 + 2/2 = 2, and 1 becomes 1.5.
    """
    learner = Learner(agents.DoubleQLearning, draws=Draws(coin))
    learner.m.twins[:] = [[1, 0], [1, 0], [4, 2], [1, 3], [0, 0], [0, 0]]
    learner.step(0, 0, 1.0, 1)
    assert tuple(learner.m.twins[:2, 0]) == twins
    assert learner.m.Q[0, 0] == mean


def test_double_q_learning_averages_over_each_tables_own_updates():
    """With 1/N the first update of each table takes its whole target: 6 to one, 2 to the other; Q is their mean, 4."""
    learner = Learner(agents.DoubleQLearning, draws=Draws(0.2, 0.7), step_size_schedule="1/N", initial_value=9)
    learner.step(0, 0, 6.0, 1, terminated=True)
    learner.step(0, 0, 2.0, 1, terminated=True)
    assert learner.m.Q[0, 0] == 4


def test_n_step_sarsa_waits_for_n_rewards():
    """Rewards 1, 2 and then the value 4 of what comes next: 1 + 2/2 + 4/4 = 3, half of it is 1.5."""
    learner = Learner(agents.NStepSarsa, n=2)
    learner.m.Q[2, 1] = 4
    assert learner.step(0, 0, 1.0, 1, a2=0) == 0
    assert learner.step(1, 0, 2.0, 2, a2=1) == 3
    assert learner.m.Q[0, 0] == 1.5
    assert learner.m.Q[1, 0] == 0


@pytest.mark.parametrize(("cut", "values"), [("terminated", (3.0, 6.0)), ("truncated", (3.25, 6.5))])
def test_n_step_sarsa_flushes_at_the_end(cut, values):
    """Two steps wait, with rewards 2 and 8.

    Terminated: returns 2 + 8/2 = 6 and 8; from 0 and 4 they make 3 and 6. Truncated, where the next action is worth 2:
    2 + 8/2 + 2/4 = 6.5 and 8 + 2/2 = 9, which make 3.25 and 6.5.
    """
    learner = Learner(agents.NStepSarsa, n=3)
    learner.m.Q[2, 1], learner.m.Q[0, 1] = 4, 2
    learner.step(1, 0, 2.0, 2, a2=1)
    learner.step(2, 1, 8.0, 0, a2=1, **{cut: True})
    assert (learner.m.Q[1, 0], learner.m.Q[2, 1]) == values
    assert learner.m.ring[1] == 0


def test_n_step_sarsa_of_one_step_is_sarsa(assert_same_values):
    assert_same_values("n_step_sarsa", {"n": 1}, "sarsa", {})


@pytest.mark.parametrize(("traces", "again"), [("replacing", 0.375), ("accumulating", 0.3515625)])
def test_sarsa_lambda_shares_each_error_out(traces, again):
    """λ = 1/2, so a trace keeps a quarter a step.

    (0, 0) with reward 1: δ = 1, Q = 1/2, trace 1/4. (1, 0) with reward 2: δ = 2, so Q(1, 0) = 1 and Q(0, 0) = 1/2 +
    2/2 x 1/4 = 3/4; traces 1/4 and 1/16. (0, 0) again, which terminates with reward 0: δ = -3/4. Its trace is 1, or
    1 + 1/16; Q(0, 0) = 3/4 - 3/8 x trace, and Q(1, 0) = 1 - 3/8 x 1/4 = 0.90625.
    """
    learner = Learner(agents.SarsaLambda, S=4, trace_decay=0.5, traces=traces)
    learner.step(0, 0, 1.0, 1)
    learner.step(1, 0, 2.0, 2)
    assert (learner.m.Q[0, 0], learner.m.Q[1, 0]) == (0.75, 1.0)
    learner.step(0, 0, 0.0, 3, terminated=True)
    assert (learner.m.Q[0, 0], learner.m.Q[1, 0]) == (again, 0.90625)
    assert not learner.m.traces.any()


@pytest.mark.parametrize(("action", "first", "second"), [(0, 1.25, 3.0), (1, 1.0, 2.0)])
def test_q_lambda_cuts_its_traces_where_it_explores(action, first, second):
    """λ = 1/2. State 1 holds (2, 0): (0, 0) with reward 1 has δ = 1 + 2/2 = 2 and makes Q(0, 0) = 1.

    Then reward 4 from state 1. By the greedy action δ = 4 - 2 = 2: Q(1, 0) = 3, and the trace 1/4 adds 1/4 to Q(0, 0).
    By the other one δ = 4: Q(1, 1) = 2, and Q(0, 0) stays.
    """
    learner = Learner(agents.QLambda, trace_decay=0.5)
    learner.m.Q[1, 0] = 2
    learner.step(0, 0, 1.0, 1, a2=action)
    learner.step(1, action, 4.0, 2)
    assert (learner.m.Q[0, 0], learner.m.Q[1, action]) == (first, second)


def test_faint_traces_are_dropped():
    """λ = 1/2 and γ = 1/2 leave 4**-n: below 1e-8 after 14 steps, so no more than 14 pairs are ever held."""
    learner = Learner(agents.SarsaLambda, S=40, A=1, trace_decay=0.5)
    for s in range(30):
        learner.step(s, 0, 1.0, s + 1)
    assert learner.m.size[0] == 13
    assert np.count_nonzero(learner.m.traces) == 13


def test_monte_carlo_averages_the_returns_of_first_visits():
    """Rewards 1 from (0, 0), 2 from (1, 0), 4 from (0, 0) again: the return of (1, 0) is 2 + 4/2 = 4 and of the first
    visit of (0, 0) 1 + 4/2 = 3. An episode of reward 5 makes its average (3 + 5) / 2 = 4.
    """
    learner = Learner(agents.MonteCarlo)
    assert learner.step(0, 0, 1.0, 1) == 0
    learner.step(1, 0, 2.0, 0)
    assert learner.step(0, 0, 4.0, 2, terminated=True) == 7
    assert (learner.m.Q[0, 0], learner.m.Q[1, 0]) == (3, 4)
    learner.step(0, 0, 5.0, 2, terminated=True)
    assert learner.m.Q[0, 0] == 4
    assert learner.m.N[0, 0] == 3
    assert learner.m.returns[0, 0] == 2


def test_monte_carlo_expects_the_rest_of_a_truncated_episode():
    """Epsilon 1/2 over (4, 2) expects 3.5: 1 + 3.5/2 = 2.75."""
    learner = Learner(agents.MonteCarlo)
    learner.m.Q[2] = [4, 2]
    learner.step(1, 1, 1.0, 2, truncated=True)
    assert learner.m.Q[1, 1] == 2.75


def test_monte_carlo_learns_a_longer_episode_in_parts():
    """Its memory here holds 10 steps: the tenth closes a part, though the episode goes on."""
    learner = Learner(agents.MonteCarlo, discount=1)
    for _ in range(10):
        learner.step(0, 0, 1.0, 1)
    assert learner.m.Q[0, 0] == 10
    assert learner.m.length[0] == 0


def test_dyna_q_learns_each_step_again_from_its_model():
    """The target is 1 + 4/2 = 3: half way from 0 is 1.5, and half way again, from the one remembered pair, 2.25."""
    learner = Learner(agents.DynaQ, planning_steps=1)
    learner.m.Q[1] = [4, 2]
    assert learner.step(0, 0, 1.0, 1) == 3
    assert learner.m.Q[0, 0] == 2.25


def test_dyna_q_plans_with_actions_it_has_tried():
    learner = Learner(agents.DynaQ, S=5, A=4, planning_steps=200)
    for s, a in [(3, 1), (3, 2), (0, 3)]:
        learner.step(s, a, 1.0, 4, terminated=True)
    assert {tuple(pair) for pair in np.argwhere(learner.m.Q).tolist()} == {(3, 1), (3, 2), (0, 3)}


def test_dyna_q_plus_rewards_what_was_not_tried_for_long():
    """Step size 1, κ = 0.1. At time 1 action 0 leads from 0 to 1, at time 2 from there to the end with reward 2.

    Planned until nothing changes: Q(1, 0) = 2, tried just now. Q(0, 0) = κ √1 + 2/2 = 1.1. What was never tried stays
    where it is, for a bonus of κ √2: Q(0, 1) = κ √2 + 1.1/2, and Q(1, 1) = κ √2 + 2/2.
    """
    learner = Learner(agents.DynaQPlus, step_size=1, kappa=0.1, planning_steps=100)
    learner.step(0, 0, 0.0, 1)
    learner.step(1, 0, 2.0, 2, terminated=True)
    bonus = 0.1 * 2**0.5
    np.testing.assert_allclose(learner.m.Q, [[1.1, bonus + 0.55], [2, bonus + 1], [0, 0]])


@pytest.mark.parametrize(
    ("settings", "values"),
    [
        ({"planning_steps": 10}, (0.25, 0.5, 1.0)),
        ({"planning_steps": 2}, (0.0, 0.5, 1.0)),
        ({"planning_steps": 10, "threshold": 0.3}, (0.0, 0.5, 1.0)),
        ({"planning_steps": 10, "step_size": 0.5}, (0.03125, 0.125, 0.5)),
    ],
)
def test_prioritized_sweeping_goes_backwards_from_a_surprise(settings, values):
    """A corridor 0 -> 1 -> 2 -> end, reward 1 at its end, walked once. Step size 1: the values are 1, 1/2, 1/4.

    Two updates leave state 0 for later. A threshold of 0.3 lets its error of 1/4 be. With step size 1/2 the values are
    1/2, then (1/2)/2 / 2 = 1/8, then (1/8)/2 / 2 = 1/32.
    """
    learner = Learner(agents.PrioritizedSweeping, S=4, A=1, **{"step_size": 1, **settings})
    learner.step(0, 0, 0.0, 1)
    learner.step(1, 0, 0.0, 2)
    assert learner.step(2, 0, 1.0, 3, terminated=True) == 1
    assert tuple(learner.m.Q[:3, 0]) == values
    assert learner.m.size[0] == (1 if settings["planning_steps"] == 2 else 0)


def test_prioritized_sweeping_forgets_where_an_action_led_before():
    """Action 0 of state 0 led to 1, then leads to 2: only a surprise in 2 is for it, worth half of 8."""
    learner = Learner(agents.PrioritizedSweeping, S=4, A=1, step_size=1)
    learner.step(0, 0, 0.0, 1)
    learner.step(0, 0, 0.0, 2)
    learner.step(1, 0, 8.0, 3, terminated=True)
    assert learner.m.Q[0, 0] == 0
    learner.step(2, 0, 8.0, 3, terminated=True)
    assert learner.m.Q[0, 0] == 4


@given(st.lists(st.tuples(st.integers(0, 19), st.floats(0, 10)), max_size=60))
def test_the_queue_gives_the_highest_priority_first_and_each_pair_once(pushes):
    m = Learner(agents.PrioritizedSweeping, S=10, A=2).m
    highest: dict[int, float] = {}
    for pair, priority in pushes:
        push(m, pair, priority)
        highest[pair] = max(priority, highest.get(pair, 0.0))
    popped = [pop(m) for _ in range(m.size[0])]
    assert sorted(popped) == sorted(highest)
    assert [highest[pair] for pair in popped] == sorted(highest.values(), reverse=True)
    assert (m.place == NONE).all()


def test_planning_draws_evenly():
    """Of 60,000 draws from 6, each comes 10,000 times, with a standard deviation of 91."""
    stream = [123456789]
    counts = np.bincount([draw(stream, 6) for _ in range(60_000)], minlength=6)
    assert np.abs(counts - 10_000).max() < 4 * 91


def test_the_random_agent_learns_nothing():
    session = TrainingSession(agent="random", seed=1, episodes=0)
    session.tick(2_000)
    assert not session.tables.Q.any()
    assert session.tables.N.sum() == 2_000


@pytest.mark.parametrize("agent", LEARNERS)
@pytest.mark.parametrize(("cut", "value"), [("terminated", 1.0), ("truncated", 6.0)])
def test_truncation_bootstraps_and_termination_does_not(agent, cut, value):
    """Step size 1, reward 1, and a next state worth 10 whatever one does there: 1, or 1 + 10/2 = 6."""
    learner = Learner(agent, step_size=1)
    for table in {"Q", "twins"} & set(learner.m._fields):
        getattr(learner.m, table)[:] = 10
    learner.step(0, 0, 1.0, 1, **{cut: True})
    assert learner.m.Q[0, 0] == (value + 10) / 2 if agent.id == "double_q_learning" else value


def train(agent, compiled=True, ticks=(1_200,), **hyperparameters):
    """Some slippery episodes, a few of them cut."""
    options = {"slip": 0.2, "step_limit": 40}
    session = TrainingSession(
        world="hard", options=options, agent=agent, seed=3, episodes=0, compiled=compiled, **hyperparameters
    )
    for steps in ticks:
        session.tick(steps)
    return session


@pytest.fixture
def assert_same_values():
    def check(one, settings, other, other_settings):
        np.testing.assert_array_equal(train(one, **settings).tables.Q, train(other, **other_settings).tables.Q)

    return check


@pytest.mark.parametrize("agent", AGENTS)
def test_compiled_plain_and_sliced_agree_bit_for_bit(agent, assert_same):
    whole = train(agent)
    assert_same(whole, train(agent, compiled=False))
    assert_same(whole, train(agent, ticks=(1, 399, 7, 793)))


@pytest.mark.slow
@pytest.mark.parametrize("exploration", ["softmax", "UCB"])
@pytest.mark.parametrize("agent", ["sarsa", "expected_sarsa"])
def test_other_explorations_agree_bit_for_bit(agent, exploration, assert_same):
    assert_same(train(agent, exploration=exploration), train(agent, compiled=False, exploration=exploration))


@pytest.mark.slow
@pytest.mark.parametrize("exploration", EXPLORATIONS)
@pytest.mark.parametrize("agent", [agent.id for agent in LEARNERS])
def test_every_agent_with_every_exploration_agrees_bit_for_bit(agent, exploration, assert_same):
    whole = train(agent, ticks=(5_000,), exploration=exploration)
    assert_same(whole, train(agent, compiled=False, ticks=(5_000,), exploration=exploration))
    assert_same(whole, train(agent, ticks=(1, 2_999, 7, 1_993), exploration=exploration))


@pytest.mark.parametrize(
    ("agent", "settings"),
    [
        ("sarsa", {"step_size_schedule": "polynomial", "epsilon_schedule": "linear"}),
        ("q_lambda", {"step_size_schedule": "1/N", "traces": "accumulating"}),
        ("n_step_sarsa", {"n": 128}),
        ("monte_carlo", {"step_size_schedule": "constant"}),
        ("dyna_q_plus", {"step_size_schedule": "1/N", "kappa": 0.5}),
        ("prioritized_sweeping", {"step_size_schedule": "polynomial", "threshold": 0}),
    ],
)
def test_other_settings_agree_bit_for_bit(agent, settings, assert_same):
    assert_same(train(agent, **settings), train(agent, compiled=False, **settings))


def test_the_schedules_of_the_step_size():
    """Rewards 4, 2 and 0 that end an episode each: 1/N averages them to 2; with 1/N^0.5 the values go 4, then
    4 - 2/√2, then that less its √3rd part.
    """
    average = Learner(agents.QLearning, step_size_schedule="1/N")
    slower = Learner(agents.QLearning, step_size_schedule="polynomial", step_size_power=0.5)
    for learner in (average, slower):
        for reward in (4.0, 2.0, 0.0):
            learner.step(0, 0, reward, 1, terminated=True)
    assert average.m.Q[0, 0] == pytest.approx(2)
    assert slower.m.Q[0, 0] == pytest.approx((4 - 2**0.5) * (1 - 3**-0.5))


@pytest.mark.parametrize("agent", AGENTS.values())
def test_agents_and_their_hyperparameters_describe_what_they_are(agent):
    assert agent.__doc__
    assert agent.label
    assert agent.source
    assert set(agent.live) <= set(agent.hyperparameters())
    for name in agent.hyperparameters():
        declared = agent.param[name]
        assert declared.doc, name
        assert declared.label, name
        assert getattr(declared, "objects", None) or None not in declared.bounds, name


@pytest.mark.parametrize("numbers", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("agent", LEARNERS)
def test_presets_fit_every_agent_that_learns(agent, numbers):
    settings = agent.create(numbers).settings()
    assert {name: settings[name] for name in numbers} == numbers


@pytest.mark.parametrize(
    ("agent", "settings", "says"),
    [
        ("sarsa", {"step_size": 2}, "step_size is 2; it must be a number from 0 to 1."),
        ("sarsa", {"step_size": float("nan")}, "step_size is nan; it must be a number from 0 to 1."),
        ("sarsa", {"step_size": True}, "step_size is True; it must be a number from 0 to 1."),
        ("n_step_sarsa", {"n": 2.5}, "n is 2.5; it must be a whole number from 1 to 128."),
        ("n_step_sarsa", {"n": float("inf")}, "n is inf; it must be a whole number from 1 to 128."),
        ("q_lambda", {"traces": "dutch"}, "traces is 'dutch'; it must be one of replacing, accumulating."),
        ("random", {"epsilon": 1}, "Random has no hyperparameter 'epsilon'; it has: none."),
    ],
)
def test_hyperparameters_that_make_no_sense_are_refused(agent, settings, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        agent_class(agent).create(settings)


def test_an_unknown_agent_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match=r"no agent 'sarsa_max'; the agents are q_learning, sarsa, .*, random\."):
        agent_class("sarsa_max")


def test_monte_carlo_needs_an_end():
    assert TrainingSession(world="jumps", agent="monte_carlo", options={"step_limit": 0}).step_limit == 10_000
    with pytest.raises(ValueError, match="keeps whole episodes"):
        agents.MonteCarlo().allocate(2, 2, 10**9)


class Halfway(ValueAgent):
    """Half of the reward."""

    id = "halfway"
    label = "Halfway"

    @staticmethod
    @rule
    def learn(m, k, step, x, mean, rng):
        m.Q[step.state, step.action] = step.reward / 2
        return 0.0


def test_a_class_of_ones_own_joins_and_trains(registries):
    assert register_agent(Halfway) is Halfway
    assert register_agent(Halfway) is Halfway
    session = TrainingSession(agent="halfway", seed=1, episodes=3)
    session.tick(100_000)
    assert session.finished
    assert set(np.unique(session.tables.Q)) == {-0.005, 0, 0.5}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"id": "sarsa"}, "The id 'sarsa' of Mine belongs to Sarsa already; choose another one."),
        ({"id": "two words"}, "Mine has the id 'two words'; give it one of letters, digits and underscores."),
        ({"label": ""}, "Mine has no label"),
        (
            {"learn": None},
            "Mine needs a static method learn(m, k, step, x, mean, rng), marked with @staticmethod and @rule.",
        ),
        ({"learn": staticmethod(lambda m, k: 0.0)}, "Mine needs a static method learn(m, k, step, x, mean, rng)"),
        ({"tables": tuple}, "The tables of Mine must be a NamedTuple that begins with Q and N."),
    ],
)
def test_a_class_that_lacks_something_is_refused(changes, says, registries):
    mine = type("Mine", (Halfway,), {"id": "mine", "label": "Mine", **changes})
    with pytest.raises(ValueError, match=re.escape(says)):
        register_agent(mine)
    assert "mine" not in agents.registry.AGENTS


def test_what_is_no_agent_is_refused():
    with pytest.raises(ValueError, match="int is not a subclass of Agent"):
        register_agent(int)
