"""What trains can be saved, and what is saved can be loaded: for all agents, all their settings and any rewards."""

from decimal import Decimal
from fractions import Fraction

import gymnasium as gym
import numpy as np
import param
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridworld.agents import AGENTS, agent_class
from gridworld.storage.run_file import from_bytes, to_bytes
from gridworld.training.loop import EPISODE, EPISODE_STEP, LONGEST_RUN, STEP
from gridworld.training.session import TrainingSession
from support.storing import begun, packed, unpacked

REWARDS = (1e12, -1e12, 0.0, 1.0, -1e-308)


class Extremes(gym.Env):
    """Nine states, and rewards as large as they may be."""

    def __init__(self):
        self.observation_space, self.action_space = gym.spaces.Discrete(9), gym.spaces.Discrete(3)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        state = int(self.np_random.integers(9))
        return state, REWARDS[(state + action) % len(REWARDS)], state == 8, False, {}

    def get_state(self):
        return {}

    def set_state(self, state):
        pass


@pytest.fixture(scope="module", autouse=True)
def extremes():
    gym.register("Extremes-v0", entry_point=Extremes)
    yield
    del gym.registry["Extremes-v0"]


def values_of(declared: param.Parameter) -> st.SearchStrategy:
    """All values that a hyperparameter may have; planning and waiting are kept short."""
    if isinstance(declared, param.Selector):
        return st.sampled_from(declared.objects)
    if isinstance(declared, param.Boolean):
        return st.booleans()
    low, high = declared.bounds
    if isinstance(declared, param.Integer):
        return st.integers(low, min(high, 8))
    return st.floats(low, high, exclude_min=not declared.inclusive_bounds[0])


@st.composite
def sessions(draw) -> TrainingSession:
    """A run somewhere on its way, perhaps with changes that wait for the next episode."""
    agent = agent_class(draw(st.sampled_from(sorted(AGENTS))))
    chosen = {name: draw(values_of(agent.param[name])) for name in agent.hyperparameters()}
    options = {"step_limit": draw(st.integers(1, 60))}
    world = draw(st.sampled_from(["Extremes-v0", "easy", "cliff"]))
    session = TrainingSession(
        world=world,
        agent=agent.id,
        options=options,
        hyperparameters=chosen,
        seed=draw(st.integers(0, 2**63 - 1)),
        episodes=0,
        history=draw(st.integers(2, 12)),
        compiled=False,
    )
    for _ in range(draw(st.integers(0, 2))):
        session.advance(draw(st.integers(0, 120)))
        live = sorted(set(agent.live) & set(chosen))
        name = draw(st.sampled_from(live or ["none"]))
        session.configure({name: draw(values_of(agent.param[name]))} if live else {})
    session.advance(draw(st.integers(0, 40)))
    return session


@pytest.mark.parametrize("examples", [40, pytest.param(1_000, marks=pytest.mark.slow)])
def test_any_run_is_saved_and_goes_on(examples, assert_same):
    @settings(max_examples=examples, deadline=None, derandomize=True)
    @given(sessions())
    def check(session):
        loaded = from_bytes(to_bytes(session), compiled=False)
        assert_same(session, loaded)
        assert (loaded.settings, loaded.pending) == (session.settings, session.pending)
        assert (loaded.interventions, loaded.departures) == (session.interventions, session.departures)
        session.advance(30)
        loaded.advance(30)
        assert_same(session, loaded)

    with np.errstate(over="ignore", invalid="ignore"):
        check()


@pytest.mark.parametrize(
    "fields",
    [
        {"step_size": Fraction(1, 4)},
        {"step_size": Decimal("0.25")},
        {"step_size": np.float32(0.25)},
        {"agent": "n_step_sarsa", "n": Fraction(3)},
        {"agent": "n_step_sarsa", "n": np.int64(3)},
        {"options": {"slip": Fraction(1, 4)}},
        {"world": "FrozenLake-v1", "options": {"desc": ("SFF", "FFG")}},
        {"world": "FrozenLake-v1", "options": {"desc": np.array([["S", "F"], ["F", "G"]])}},
        {"world": "FrozenLake-v1?map_name=8x8&is_slippery=false"},
        {"history": 17},
        {"exploration": np.str_("softmax")},
    ],
    ids=str,
)
def test_settings_of_other_kinds_are_kept(fields, assert_same):
    session = begun(200, **{"world": "easy", "compiled": False, **fields})
    loaded = from_bytes(to_bytes(session), compiled=False)
    session.advance(100)
    loaded.advance(100)
    assert_same(session, loaded)


@pytest.mark.parametrize(
    "fields",
    [
        {"seed": True},
        {"episodes": True},
        {"history": 1},
        {"history": 1 << 21},
        {"world": "title: \ud800\n\nS.G\n...\n"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_settings_that_could_not_be_kept_are_refused_before_the_run_begins(fields):
    with pytest.raises(ValueError, match=r"\.$"):
        TrainingSession(**{"world": "easy", **fields})


def test_a_run_ends_where_its_counts_would_no_longer_be_exact(assert_same):
    session = begun(300, world="cliff", compiled=False)
    document, arrays = unpacked(session)
    arrays["position"][STEP] = LONGEST_RUN - 20
    session = from_bytes(packed(document, arrays), compiled=False)
    assert not session.finished
    session.advance(100)
    assert (session.step, session.finished) == (LONGEST_RUN, True)
    session.advance(100)
    session.advance_episodes(1)
    assert session.step == LONGEST_RUN
    assert_same(session, from_bytes(to_bytes(session)))


@pytest.mark.parametrize(("place", "value"), [(STEP, LONGEST_RUN + 1), (EPISODE, 10**6), (EPISODE_STEP, 10**6)])
def test_counts_beyond_the_runs_own_are_refused(place, value):
    document, arrays = unpacked(begun(300, world="cliff"))
    arrays["position"][place] = value
    with pytest.raises(ValueError, match="position"):
        from_bytes(packed(document, arrays))


class Silent(Extremes):
    """Can't give its state."""

    get_state = set_state = None


class Raising(Extremes):
    """Can't give its state now."""

    def get_state(self):
        raise KeyError("not yet")


class Strange(Extremes):
    """Gives what no file can hold."""

    def get_state(self):
        return {"self": self}


class Huge(Extremes):
    """Gives more than is kept."""

    def get_state(self):
        return ["x" * (5 << 20)]


@pytest.mark.parametrize("kind", [Silent, Raising, Strange, Huge])
def test_an_environment_whose_state_is_not_to_be_had_goes_on_with_its_next_episode(kind):
    gym.register("Stateless-v0", entry_point=kind)
    try:
        session = TrainingSession(world="Stateless-v0", episodes=0, step_size=0)
        session.advance(37)
        first = from_bytes(to_bytes(session))
        again = from_bytes(to_bytes(first))
    finally:
        del gym.registry["Stateless-v0"]
    assert (first.step, first.scene().episode_step) == (37, 0)
    assert again.departures == first.departures
    assert len(first.departures) == 1
