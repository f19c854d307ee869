"""What replay finds is what happened, to the bit, wherever the keyframes lie and whatever was changed meanwhile."""

import numpy as np
import pytest

from gridworld.agents import AGENTS
from gridworld.insight.past import Past
from gridworld.insight.replay import UnknownPastError
from gridworld.insight.words import cause, equation
from gridworld.storage import run_file
from gridworld.storage.keyframes import Keyframes
from gridworld.training.session import TrainingSession
from support.own_environments import own_environments

LEARNERS = [agent for agent in AGENTS if agent != "random"]


def run(world="easy", steps=(777, 400, 300), compiled=False, **settings):
    """Return a session that was changed twice, with its keyframes."""
    session = TrainingSession(world=world, episodes=0, seed=3, compiled=compiled, **settings)
    keyframes = Keyframes(share=0)
    for steps_more, changes in zip(steps, ({"step_size": 0.3}, {"epsilon": 0.5, "discount": 0.9}, {}), strict=True):
        session.advance(steps_more // 2)
        keyframes.offer(session, keep=True)
        session.configure(changes)
        session.advance(steps_more - steps_more // 2)
    return session, keyframes


def changed_places(session, most=6):
    """Return some state and action pairs whose value is no longer the initial one."""
    return [tuple(place) for place in np.argwhere(session.agent.initial_value != session.tables.Q)[-most:].tolist()]


@pytest.mark.parametrize(
    "exploration", ["epsilon-greedy", *(pytest.param(name, marks=pytest.mark.slow) for name in ("softmax", "UCB"))]
)
@pytest.mark.parametrize("agent", LEARNERS)
def test_the_numbers_recombine_to_the_stored_bits(agent, exploration):
    session, keyframes = run(agent=agent, exploration=exploration, initial_value=0.25, step_size_schedule="polynomial")
    past = Past(session, keyframes, compiled=False)
    places = changed_places(session)
    assert places
    for place in places:
        update = past.last_update(*place)
        assert update.pair == place
        assert update.new == update.terms.new == session.tables.Q[place]
        assert cause(update, session.agent, session.problem).startswith(f"Step {update.step:,}, episode")
        assert equation(update)[-1].value == update.new


@pytest.mark.parametrize("agent", LEARNERS)
def test_the_step_found_is_the_one_that_changed_the_value(agent):
    session, keyframes = run(agent=agent)
    past = Past(session, keyframes, compiled=False)
    for place in changed_places(session, 3):
        update = past.last_update(*place)
        before = TrainingSession.replay(
            session.settings, [i for i in session.interventions if i.step < update.step], update.step - 1
        )
        after = TrainingSession.replay(
            session.settings, [i for i in session.interventions if i.step < update.step], update.step
        )
        assert before.tables.Q[place] != session.tables.Q[place]
        assert after.tables.Q[place] == session.tables.Q[place] == update.new
        assert update.episode == before.episode + 1


def test_keyframes_change_nothing_but_the_time_it_takes():
    session, keyframes = run(agent="dyna_q")
    for place in changed_places(session):
        assert Past(session, keyframes, compiled=False).last_update(*place) == Past(session).last_update(*place)


@pytest.mark.slow
def test_a_compiled_watch_finds_what_a_plain_one_does():
    session = TrainingSession(world="easy", agent="q_learning", episodes=0)
    session.advance(30_000)
    for place in changed_places(session):
        assert Past(session).last_update(*place) == Past(session, compiled=False).last_update(*place)


def test_the_run_asked_about_stays_as_it_was(assert_same):
    session, keyframes = run(agent="sarsa_lambda")
    other, _ = run(agent="sarsa_lambda")
    past = Past(session, keyframes, compiled=False)
    past.origins(past.last_update(*changed_places(session)[0]))
    assert_same(session, other)
    session.advance(100)
    other.advance(100)
    assert_same(session, other)


def test_a_run_that_was_loaded_is_followed_back_to_its_beginning():
    session, _ = run(agent="q_learning")
    loaded = run_file.from_bytes(run_file.to_bytes(session))
    late = Keyframes()
    late.offer(loaded)
    loaded.advance(10)
    for place in changed_places(loaded):
        update = Past(loaded, late, compiled=False).last_update(*place)
        assert update.new == loaded.tables.Q[place]


def test_a_value_that_was_never_changed_has_no_update():
    session = TrainingSession(world="easy", agent="random", episodes=0)
    session.advance(500)
    assert Past(session).last_update(3, 1) is None
    assert Past(TrainingSession(world="easy")).last_update(0, 0) is None


def test_a_value_that_left_and_came_back_counts_as_changed():
    """With a step size of 1 Sarsa's values jump between the same few numbers."""
    session = TrainingSession(
        world="easy", agent="sarsa", episodes=0, step_size=1.0, epsilon=1.0, epsilon_end=1.0, compiled=False
    )
    keyframes = Keyframes(share=0)
    values = []
    for _ in range(400):
        keyframes.offer(session, keep=True)
        session.advance(1)
        values.append(session.tables.Q.copy())
    place = tuple(np.argwhere(values[-1] != 0)[0])
    steps = [n for n in range(1, 400) if values[n][place] != values[n - 1][place]]
    update = Past(session, keyframes, compiled=False).last_update(*map(int, place))
    assert update.step == steps[-1] + 1


def test_a_stepped_environment_is_put_back_into_its_episode():
    session, keyframes = run("FrozenLake-v1", agent="q_learning", stepped=True, initial_value=0.5)
    for place in changed_places(session):
        update = Past(session, keyframes, compiled=False).last_update(*place)
        assert update.new == update.terms.new == session.tables.Q[place]


def test_an_environment_that_cannot_be_put_back_is_answered_with_a_sentence():
    with own_environments():
        session = TrainingSession(world="Corridor-v0", episodes=0)
        session.advance(10)
        with pytest.raises(UnknownPastError, match="can't be found by replay"):
            Past(session)


@pytest.mark.slow
def test_a_search_that_takes_too_long_ends_with_a_sentence():
    session = TrainingSession(world="easy", agent="q_learning", episodes=0)
    session.advance(1_000_000)
    place = changed_places(session)[0]
    with pytest.raises(UnknownPastError, match=r"more steps takes longer than 0 s\.$"):
        Past(session, seconds=0).last_update(*place)


@pytest.mark.parametrize(
    ("state", "action", "message"),
    [
        (-1, 0, "There is no state -1; this world has the states 0 to 24"),
        (0, 4, "State 0 has no action 4; it has 0 to 3"),
    ],
)
def test_what_the_world_does_not_have_is_refused(state, action, message):
    with pytest.raises(ValueError, match=message):
        Past(TrainingSession(world="medium")).last_update(state, action)


def test_a_rule_of_its_own_is_shown_without_terms(registries):
    from gridworld.agents import ValueAgent, register_agent
    from gridworld.compiled import rule

    @register_agent
    class Halves(ValueAgent):
        """Moves half way to the reward."""

        id, label = "halves", "Halves"

        @staticmethod
        @rule
        def learn(m, k, step, x, mean, rng):
            m.Q[step.state, step.action] = (m.Q[step.state, step.action] + step.reward) / 2.0
            return 0.0

    session = TrainingSession(world="easy", agent="halves", episodes=0, compiled=False)
    session.advance(50)
    update = Past(session, compiled=False).last_update(*changed_places(session)[0])
    assert update.terms is None
    assert [line.symbols for line in equation(update)] == ["by a rule of its own"]
