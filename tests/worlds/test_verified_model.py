"""Published transition tables: trusted where the environment keeps to them, and named where it does not."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv
from gymnasium.wrappers import RecordEpisodeStatistics, TransformAction, TransformReward

from gridworld.errors import WorldError
from gridworld.planning import value_iteration
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import load_problem
from gridworld.worlds.tabular_env import TabularEnv
from gridworld.worlds.verified_model import published_model, verified_model


@pytest.fixture
def registered():
    """Registers an environment by what makes it, for one test."""
    ids = []

    def register(make, **kwargs):
        ids.append(f"Tabled{len(ids)}-v0")
        gym.register(ids[-1], make, **kwargs)
        return ids[-1]

    yield register
    for name in ids:
        del gym.registry[name]


class Corridor(gym.Env):
    """Walk right to the end; it draws no number but for where it starts."""

    def __init__(self, starts=(0,), length=5):
        self.observation_space, self.action_space = gym.spaces.Discrete(length), gym.spaces.Discrete(2)
        self.starts = starts
        self.P = {s: {a: [self.outcome(s, a)] for a in (0, 1)} for s in range(length)}
        self.initial_state_distrib = np.isin(np.arange(length), starts) / len(starts)

    def outcome(self, state, action):
        after = min(max(state + 2 * action - 1, 0), 4)
        return 1.0, after, float(after == 4), after == 4

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place = self.starts[int(self.np_random.integers(len(self.starts)))] if len(self.starts) > 1 else 0
        return self.place, {}

    def step(self, action):
        _, self.place, reward, ended = self.outcome(self.place, action)
        return self.place, reward, ended, False, {}


def test_a_deterministic_table_is_sampled_though_the_steps_draw_nothing(registered, assert_same):
    world = registered(Corridor)
    problem = load_problem(world)
    assert problem.stepped_because == ""
    assert value_iteration(problem.phases[0][1], 0.5).state_values[0] == 0.125
    sampled, stepped = (TrainingSession(world=world, seed=3, stepped=stepped) for stepped in (False, True))
    for session in (sampled, stepped):
        session.advance(1_000)
    np.testing.assert_array_equal(sampled.tables.Q, stepped.tables.Q)


def test_a_start_drawn_in_another_way_leaves_the_values_exact_and_asks_the_environment(registered):
    problem = load_problem(registered(lambda: Corridor(starts=(0, 2))))
    assert "draws other random numbers" in problem.stepped_because
    assert value_iteration(problem.phases[0][1], 0.5).state_values[2] == 0.5
    assert TrainingSession(world=problem.name).stepped


class Unfair(Corridor):
    def __init__(self):
        super().__init__(starts=(0, 2))
        self.starts = (0, 0, 0, 2)


class Larger(Corridor):
    def __init__(self):
        super().__init__()
        self.P[5] = self.P[4]
        self.initial_state_distrib = np.eye(6)[0]


class Outside(Corridor):
    def __init__(self):
        super().__init__()
        self.P[1][0] = [(1.0, -1, 0.0, False)]


class Rich(Corridor):
    def outcome(self, state, action):
        probability, after, reward, ended = super().outcome(state, action)
        return probability, after, reward * 1e300, ended

    def step(self, action):
        state, reward, *rest = super().step(action)
        return state, min(reward, 1.0), *rest


class Elsewhere(Corridor):
    def step(self, action):
        state, reward, ended, *rest = super().step(action)
        return (3 if state == 2 else state), reward, ended, *rest


class Cuts(Corridor):
    def step(self, action):
        state, reward, ended, _, info = super().step(action)
        return state, reward, ended, state == 2, info


class Junk(Corridor):
    def __init__(self):
        super().__init__()
        self.P = "a table"


class Vast(Junk):
    """Its table is only found to be nonsense by reading it."""

    def __init__(self):
        super().__init__()
        self.observation_space = gym.spaces.Discrete(600_000)


class Unreadable(Corridor):
    P = property(lambda self: 1 / 0, lambda self, table: None)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (Unfair, "doesn't start as often in each state"),
        (Larger, "has 6 states and 2 actions, and its spaces have 5 and 2"),
        (Outside, "a successor is not one of the states 0 to 4"),
        (Rich, "has a reward beyond 1,000,000,000,000"),
        (Elsewhere, "to state 3 with reward 0"),
        (Cuts, "to state 2 with reward 0, cut"),
        (Junk, "can't be read"),
        (Vast, "has 1,200,000 rows"),
        (Unreadable, "can't be read: ZeroDivisionError"),
    ],
)
def test_a_table_that_is_not_what_it_claims_is_not_used_and_the_reason_named(registered, make, says):
    problem = load_problem(registered(make))
    assert problem.phases == ()
    assert says in problem.stepped_because
    session = TrainingSession(world=problem.name, episodes=0)
    session.advance(200)
    assert session.step == 200


def test_a_slow_environment_is_not_compared_for_long():
    env = TabularEnv(Corridor(), "Slow")
    ticks = iter(range(10_000))
    model, _ = published_model(env)
    assert model is not None
    _, reason = verified_model(env, model, clock=lambda: next(ticks) * 0.1)
    assert "too slow to be compared" in reason
    assert next(ticks) < 150


def test_a_busy_machine_makes_no_environment_slow():
    env = TabularEnv(gym.make("FrozenLake-v1"), "FrozenLake-v1")
    model, _ = published_model(env)
    assert model is not None
    ticks = iter(range(100_000))
    _, reason = verified_model(env, model, clock=lambda: next(ticks) * 0.002, busy=lambda: 0.0)
    assert reason == "", "the comparison had to wait for others, and the environment has to be sampled all the same"


def costly_lake(**kwargs):
    return TransformReward(FrozenLakeEnv(is_slippery=False), lambda reward: reward - 0.1)


def mirrored_lake(**kwargs):
    return TransformAction(FrozenLakeEnv(is_slippery=False), lambda action: 3 - action, gym.spaces.Discrete(4))


@pytest.mark.parametrize(("make", "wrapper"), [(costly_lake, "TransformReward"), (mirrored_lake, "TransformAction")])
def test_a_wrapper_that_may_change_something_is_heeded(registered, make, wrapper):
    problem = load_problem(registered(make))
    assert problem.phases == ()
    assert f"the wrapper {wrapper} may change" in problem.stepped_because


def test_a_map_and_names_hold_behind_another_reward_but_not_behind_other_actions(registered):
    costly, mirrored = load_problem(registered(costly_lake)), load_problem(registered(mirrored_lake))
    assert costly.actions == ("left", "down", "right", "up")
    assert costly.layouts
    assert mirrored.actions == ("action 0", "action 1", "action 2", "action 3")
    assert mirrored.layouts == ()


def test_what_the_wrapper_gives_is_what_is_learned_from(registered):
    env = TrainingSession(world=registered(costly_lake), seed=1).environment
    steps = [env.step(action) for action in (1, 1, 2, 2, 1, 2)]
    assert sum(reward for _, reward, *_ in steps) == pytest.approx(0.4)  # six steps at -0.1, and 1 at the goal
    assert steps[-1][2]


def test_a_wrapper_that_only_looks_on_changes_nothing(registered):
    assert load_problem(registered(lambda: RecordEpisodeStatistics(FrozenLakeEnv()))).phases


class Redrawn(FrozenLakeEnv):
    drawn = 0

    def __init__(self):
        Redrawn.drawn += 1
        super().__init__(desc=["SF" if Redrawn.drawn % 2 else "SH", "FG"])


def test_a_map_drawn_each_time_it_is_made_is_no_run_s_world(registered):
    with pytest.raises(WorldError, match="a different transition table each time it is made"):
        load_problem(registered(Redrawn))


class FrozenLakeEnvOfACourse(gym.Env):
    """Has nothing of Gymnasium's but the name, which is set below."""

    observation_space, action_space = gym.spaces.Discrete(4), gym.spaces.Discrete(4)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        return 3, 1.0, True, False, {}


@pytest.mark.parametrize("name", ["FrozenLakeEnv", "CliffWalkingEnv", "TaxiEnv", "BlackjackEnv"])
def test_a_class_with_the_name_of_one_of_gymnasiums_has_no_map_of_its(registered, name):
    made = type(name, (FrozenLakeEnvOfACourse,), {})
    problem = load_problem(registered(made))
    assert problem.layouts == ()
    assert problem.actions == ("action 0", "action 1", "action 2", "action 3")


def test_any_other_letter_of_a_lake_is_ice():
    lake = load_problem('FrozenLake-v1?desc=["SxZ","FfG"]')
    assert lake.layouts[0][1].kinds[0].tolist() == [[2, 0, 0], [0, 0, 3]]


def test_our_own_worlds_do_not_come_from_the_registry():
    taken = gym.registry.pop("GridWorld-v0")
    gym.register("GridWorld-v0", FrozenLakeEnvOfACourse)
    try:
        session = TrainingSession(world="easy", seed=1, stepped=True)
        session.advance(100)
        assert session.environment.n_states == 25
    finally:
        gym.registry["GridWorld-v0"] = taken
