"""Any discrete Gymnasium environment: flattened, verified, or refused with a reason."""

import re

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv

from gridworld.errors import WorldError
from gridworld.training.session import TrainingSession
from gridworld.worlds.layout import Kind
from gridworld.worlds.problem import load_problem


@pytest.mark.parametrize("world", ["FrozenLake-v1", "CliffWalking-v1", "Taxi-v4", "Taxi-v4?is_rainy=true"])
def test_published_dynamics_that_hold_are_trusted(world):
    problem = load_problem(world)
    assert problem.phases
    assert problem.stepped_because == ""


def test_taxi_with_a_fickle_passenger_does_not_follow_its_table_and_is_stepped():
    problem = load_problem("Taxi-v4", {"fickle_passenger": True})
    assert not problem.phases
    assert "doesn't follow its own transition table" in problem.stepped_because
    session = TrainingSession(world="Taxi-v4", options={"fickle_passenger": True}, episodes=3)
    assert session.stepped
    assert session.tick(10**6).episode == 3


class Liar(FrozenLakeEnv):
    """Publishes rewards it doesn't give."""

    def step(self, action):
        state, reward, *rest = super().step(action)
        return state, reward - 1, *rest


def test_a_table_that_lies_is_found_out():
    gym.register("Liar-v0", Liar)
    try:
        assert "doesn't follow" in load_problem("Liar-v0").stepped_because
    finally:
        del gym.registry["Liar-v0"]


def test_blackjack_is_flattened_and_stepped():
    problem = load_problem("Blackjack-v1")
    assert problem.n_states == 32 * 11 * 2
    assert problem.actions == ("stick", "hit")
    assert problem.state_name(1) == "0 with a usable ace against 0"
    env = problem.make_env()
    state, _ = env.reset(seed=3)
    total, dealer, ace = env.unwrapped._get_obs()
    assert state == (total * 11 + dealer) * 2 + ace
    session = TrainingSession(world="Blackjack-v1", episodes=200)
    rows = session.tick(10**6).log["episodes"]
    assert set(rows["return"]) == {-1.0, 0.0, 1.0}
    np.testing.assert_array_equal(rows["success"], rows["return"] > 0)


@pytest.mark.parametrize(
    ("world", "says"),
    [
        ("CartPole-v1", "needs Discrete observations"),
        ("Pendulum-v1", "needs Discrete observations"),
        ("NoSuch-v0", "There is no world 'NoSuch-v0'"),
        ("Taxi-v4?colour=red", "Its options are step_limit, is_rainy, fickle_passenger"),
        ("open_0", "between 2 and 1000"),
    ],
)
def test_what_cannot_work_is_refused_with_what_would(world, says):
    with pytest.raises(WorldError, match=re.escape(says)):
        load_problem(world)


def test_step_limits_come_from_the_registration_and_can_be_replaced():
    assert load_problem("FrozenLake-v1").step_limit == 100
    assert load_problem("FrozenLake-v1", {"step_limit": 7}).step_limit == 7
    assert load_problem("FrozenLake-v1", {"step_limit": 0}).step_limit is None
    assert load_problem("medium").step_limit is None


def test_the_maps_of_known_worlds():
    lake = load_problem("FrozenLake-v1").layouts[0][1]
    assert lake.kinds[0].tolist()[1] == [Kind.FLOOR, Kind.PIT, Kind.FLOOR, Kind.PIT]
    assert lake.directions[0] == (0, -1)
    cliff = load_problem("CliffWalking-v1").layouts[0][1]
    assert cliff.kinds[0, 3].tolist() == [Kind.START] + [Kind.CLIFF] * 10 + [Kind.GOAL]
    taxi = load_problem("Taxi-v4").layouts[0][1]
    assert taxi.kinds.shape == (20, 5, 5)
    assert sorted(taxi.states.ravel()) == list(range(500))
    assert len(taxi.fences) == 6


def test_success_is_the_best_ending():
    problem = load_problem("Taxi-v4")
    assert problem.success_reward == 20
    assert load_problem("CliffWalking-v1").success_reward == -1


def test_a_hand_of_blackjack_has_a_name_and_a_place_on_a_map():
    problem = load_problem("Blackjack-v1")
    make = problem.make_env()
    for hand, name, place in [
        ((18, 10, 0), "18 against 10", (0, 3, 9)),
        ((12, 1, 1), "12 with a usable ace against an ace", (1, 9, 0)),
        ((21, 2, 0), "21 against 2", (0, 0, 1)),
    ]:
        state = make.flat(hand)
        assert problem.state_name(state) == name
        assert problem.layouts[0][1].states[place] == state
    assert problem.layouts[0][1].kinds.shape == (2, 10, 10)


def test_a_state_on_several_panels_is_called_by_its_place():
    taxi = load_problem("Taxi-v4")
    assert taxi.state_name(taxi.make_env().unwrapped.encode(1, 2, 0, 1)) == "at red → green: row 1, column 2"
    assert load_problem("FrozenLake-v1").state_name(5) == "state 5"


class OnlySums(gym.ObservationWrapper):
    """Blackjack for those who look at their own cards only."""

    def __init__(self, env):
        super().__init__(env)
        self.observation_space = gym.spaces.Discrete(32)

    def observation(self, hand):
        return int(hand[0])


class Asked(gym.Env):
    """An environment that may raise when it is asked about itself."""

    observation_space, action_space = gym.spaces.Discrete(2), gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}


def raise_no_answer(self):
    raise RuntimeError("no answer")


@pytest.mark.usefixtures("registries")
def test_a_wrapper_that_changes_what_is_observed_takes_map_and_names_away():
    gym.register("Sums-v0", entry_point=lambda: OnlySums(gym.make("Blackjack-v1")))
    problem = load_problem("Sums-v0")
    assert (problem.layouts, problem.state_name(18)) == ((), "state 18")


@pytest.mark.usefixtures("registries")
@pytest.mark.parametrize("attribute", ["layout", "action_names", "state_actions", "state_names"])
def test_an_environment_that_raises_when_asked_about_itself_is_refused_in_a_sentence(attribute):
    gym.register("Asked-v0", entry_point=type("Asked", (Asked,), {attribute: property(raise_no_answer)}))
    with pytest.raises(WorldError, match=rf"Asked-v0 has {attribute} that raised RuntimeError \(no answer\)"):
        load_problem("Asked-v0")
