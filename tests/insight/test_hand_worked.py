"""Updates whose numbers were worked out by hand: rewards 1, 2 and 4 in a row, step size and discount one half."""

import pytest

from gridworld.insight.past import Past
from gridworld.training.session import TrainingSession
from support.chain import chain

HALVES = {"step_size": 0.5, "discount": 0.5}


@pytest.fixture(autouse=True, scope="module")
def world():
    with chain():
        yield


def session_after(steps, agent, seed=0, **settings):
    session = TrainingSession(
        world="Chain-v0",
        agent=agent,
        seed=seed,
        episodes=0,
        hyperparameters={**HALVES, **settings},
        compiled=False,
    )
    session.advance(steps)
    return session


def past(session):
    return Past(session, compiled=False)


CASES = [
    # agent, settings, steps, state: old, target, td_error, new, rewards, next value, next pair
    ("q_learning", {}, 1, 0, (0, 1, 1, 0.5, (1,), 0, (1, 0))),
    ("q_learning", {}, 3, 2, (0, 4, 4, 2, (4,), 0, None)),
    ("q_learning", {}, 5, 0, (0.5, 1.5, 1, 1, (1,), 1, (1, 0))),
    ("sarsa", {}, 3, 1, (0, 2, 2, 1, (2,), 0, (2, 0))),
    ("sarsa", {}, 5, 1, (1, 3, 2, 2, (2,), 2, (2, 0))),
    ("expected_sarsa", {}, 1, 0, (0, 1, 1, 0.5, (1,), 0, (1, 0))),
    ("expected_sarsa", {}, 6, 2, (2, 4, 2, 3, (4,), 0, None)),
    ("n_step_sarsa", {"n": 2}, 2, 0, (0, 2, 2, 1, (1, 2), 0, (2, 0))),
    ("n_step_sarsa", {"n": 2}, 3, 1, (0, 4, 4, 2, (2, 4), 0, None)),
    ("n_step_sarsa", {"n": 2}, 5, 0, (1, 2.5, 1.5, 1.75, (1, 2), 2, (2, 0))),
    ("monte_carlo", {"step_size_schedule": "constant"}, 3, 0, (0, 3, 3, 1.5, (1, 2, 4), 0, None)),
    ("monte_carlo", {"step_size_schedule": "constant"}, 6, 1, (2, 4, 2, 3, (2, 4), 0, None)),
    ("monte_carlo", {}, 3, 0, (0, 3, 3, 3, (1, 2, 4), 0, None)),
    ("dyna_q", {"planning_steps": 0}, 5, 0, (0.5, 1.5, 1, 1, (1,), 1, (1, 0))),
    ("dyna_q", {"planning_steps": 1}, 1, 0, (0.5, 1, 0.5, 0.75, (1,), 0, (1, 0))),
    ("dyna_q_plus", {"planning_steps": 1, "kappa": 1.0}, 1, 0, (0.5, 1, 0.5, 0.75, (1,), 0, (1, 0))),
    ("prioritized_sweeping", {"planning_steps": 1}, 1, 0, (0, 1, 1, 0.5, (1,), 0, (1, 0))),
    ("prioritized_sweeping", {"planning_steps": 2}, 3, 1, (1, 3, 2, 2, (2,), 2, (2, 0))),
]


@pytest.mark.parametrize(("agent", "settings", "steps", "state", "expected"), CASES)
def test_an_update_has_the_numbers_that_it_has_on_paper(agent, settings, steps, state, expected):
    session = session_after(steps, agent, **settings)
    update = past(session).last_update(state, 0)
    terms = update.terms
    old, target, td_error, new, rewards, next_value, next_pair = expected
    assert (terms.old, terms.target.value, terms.td_error, update.new) == (old, target, td_error, new)
    assert (terms.target.rewards, terms.target.next_value, terms.target.next_pair) == (rewards, next_value, next_pair)
    assert terms.target.terminated == (next_pair is None)
    assert update.new == terms.new == session.tables.Q[state, 0]


@pytest.mark.parametrize("agent", ["sarsa_lambda", "q_lambda"])
@pytest.mark.parametrize(
    ("state", "old", "trace", "new"), [(0, 0.75, 0.0625, 0.875), (1, 1.0, 0.25, 1.5), (2, 0.0, 1.0, 2.0)]
)
def test_a_trace_shares_an_error_of_four_out(agent, state, old, trace, new):
    """By then Q(0) is 0.5 + 0.5 x 2 x 0.25, Q(1) is 0.5 x 2; the traces shrink by one quarter with each step."""
    session = session_after(3, agent, trace_decay=0.5)
    update = past(session).last_update(state, 0)
    assert (update.step, update.taken, update.is_direct) == (3, (2, 0), state == 2)
    assert (update.terms.old, update.terms.trace, update.terms.td_error, update.new) == (old, trace, 4.0, new)
    assert update.terms.new == session.tables.Q[state, 0]


@pytest.mark.parametrize("state", [0, 1, 2])
def test_one_of_two_tables_learns_and_their_mean_is_the_value(state):
    session = session_after(3, "double_q_learning")
    update = past(session).last_update(state, 0)
    reward = (1.0, 2.0, 4.0)[state]
    table = "Q₁" if session.tables.twins[2 * state, 0] else "Q₂"
    assert (update.terms.table, update.terms.old, update.terms.other) == (table, 0.0, 0.0)
    assert (update.terms.target.value, update.terms.learned, update.new) == (reward, reward / 2, reward / 4)


def test_planning_is_kept_apart_from_the_step_itself():
    update = past(session_after(1, "dyna_q", planning_steps=1)).last_update(0, 0)
    assert (update.order, update.updates, update.is_direct) == (2, 2, False)
    update = past(session_after(3, "prioritized_sweeping", planning_steps=2)).last_update(1, 0)
    assert (update.order, update.updates, update.taken, update.is_direct) == (2, 2, (2, 0), False)


def test_the_bonus_for_an_action_not_tried_for_a_step():
    """With a weight of 1 it is the root of 1, whatever the order in which planning drew the states."""
    session = session_after(2, "dyna_q_plus", planning_steps=60, kappa=1.0)
    terms = past(session).last_update(0, 0).terms
    assert (terms.target.bonus, terms.target.rewards, terms.target.next_pair) == (1.0, (1.0,), (1, 0))
    assert terms.target.value == 1.0 + (1.0 + 0.5 * terms.target.next_value)


def test_the_news_is_followed_back_to_the_reward_it_began_with():
    """In the third episode Q(0) hears of Q(1) of the second, which heard of Q(2) of the first."""
    known = past(session_after(7, "q_learning"))
    update = known.last_update(0, 0)
    links, end = known.origins(update)
    assert [(link.step, link.state) for link in links] == [(5, 1), (3, 2)]
    assert end == "It began with the reward 4, after which the episode ended."
    assert update.terms.target.next_value == links[0].new
    assert links[0].terms.target.next_value == links[1].new


def test_news_by_planning_may_come_from_the_same_step():
    known = past(session_after(3, "prioritized_sweeping", planning_steps=3))
    update = known.last_update(0, 0)
    assert [(update.step, update.order)] + [(link.step, link.order) for link in known.origins(update)[0]] == [
        (3, 3),
        (3, 2),
        (3, 1),
    ]
