"""What an environment returns: taken in every usual form, and a fault of that run alone where it is nonsense."""

import pickle
import re

import gymnasium as gym
import numpy as np
import pytest

from gridworld.errors import FaultyEnvironmentError, WorldError
from gridworld.runs.commands import Start
from gridworld.runs.frame import Status
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from gridworld.worlds.problem import load_problem
from gridworld.worlds.tabular_env import TabularEnv

DISCRETE = gym.spaces.Discrete(3)
PAIR = gym.spaces.Tuple((gym.spaces.Discrete(3), gym.spaces.Discrete(2, start=5)))


class Scripted(gym.Env):
    """Returns one answer to each reset, and another one to the third step."""

    action_space = gym.spaces.Discrete(2)

    def __init__(self, begin=(0, {}), answer=(1, 0.0, False, False, {}), space=DISCRETE):
        self.observation_space, self._begin, self._answer = space, begin, answer
        self._usual = (begin[0] if isinstance(begin, tuple) else 0, 0.0, False, False, {})
        self._steps = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return self._begin

    def step(self, action):
        self._steps += 1
        if self._steps < 3:
            return self._usual
        if isinstance(self._answer, BaseException):
            raise self._answer
        return self._answer


@pytest.fixture
def registered():
    """Registers an environment by its class or what makes it, for one test."""
    ids = []

    def register(make, **kwargs):
        ids.append(f"Brought{len(ids)}-v0")
        gym.register(ids[-1], make, **kwargs)
        return ids[-1]

    yield register
    for name in ids:
        del gym.registry[name]


STEPS = [
    ((3, 0.0, False, False, {}), "returned 3 for action", "its observations are whole numbers from 0 to 2"),
    ((-1, 0.0, False, False, {}), "returned -1 for action", "from 0 to 2"),
    ((10**30, 0.0, False, False, {}), "returned 1,000,000", "from 0 to 2"),
    ((1.0, 0.0, False, False, {}), "returned 1 for action", "whole numbers"),
    ((None, 0.0, False, False, {}), "returned None for action", "whole numbers"),
    ((np.array([1]), 0.0, False, False, {}), "returned array([1]) for action", "whole numbers"),
    ((1, float("nan"), False, False, {}), "returned nan for action", "numbers from -1,000,000,000,000 to 1,000"),
    ((1, float("inf"), False, False, {}), "returned inf", "its rewards"),
    ((1, 10**400, False, False, {}), "returned 10,000,000", "its rewards"),
    ((1, "1.5", False, False, {}), "returned '1.5'", "its rewards"),
    ((1, None, False, False, {}), "returned None", "its rewards"),
    ((1, np.array([1.0]), False, False, {}), "returned array([1.])", "its rewards"),
    ((1, 0.0, None, False, {}), "returned None", "terminated and truncated are True or False"),
    ((1, 0.0, False, "no", {}), "returned 'no'", "terminated and truncated are True or False"),
    ((1, 0.0, True, False, None), "returned None", "its information is a dictionary"),
    ((1, 0.0, True, False, {"success": "yes"}), "returned 'yes' as info['success']", "True or False"),
    ((1, 0.0, False, {}), "returned something else", "(observation, reward, terminated, truncated, info)"),
    (None, "returned something else", "(observation, reward, terminated, truncated, info)"),
    (ZeroDivisionError("in my\nmaze"), "raised ZeroDivisionError (in my maze) for action", "."),
    (ValueError("mine"), "raised ValueError (mine)", "."),
    (SystemExit(3), "raised SystemExit (3)", "."),
]


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize(("answer", "says", "allowed"), STEPS)
def test_a_fault_of_a_step_is_one_sentence_with_the_step(registered, answer, says, allowed, compiled):
    world = registered(lambda: Scripted(answer=answer))
    session = TrainingSession(world=world, episodes=3, compiled=compiled)
    with pytest.raises(FaultyEnvironmentError) as fault:
        session.advance(50)
    sentence = str(fault.value)
    assert sentence.startswith(f"After 2 steps {world} {says}")
    assert allowed in sentence
    assert "\n" not in sentence


def test_a_fault_ends_its_own_run():
    gym.register("Astray-v0", lambda: Scripted(answer=(99, 0.0, False, False, {})))
    try:
        run, other = LocalRun(TrainingSession(world="Astray-v0")), LocalRun(TrainingSession(world="easy"))
        for started in (run, other):
            started.send(Start())
            started.poll(0.05)
        assert run.status is Status.FAILED
        assert "Astray-v0 returned 99" in run.error
        assert other.status in (Status.RUNNING, Status.FINISHED)
    finally:
        del gym.registry["Astray-v0"]


class Unseedable(gym.spaces.Discrete):
    def seed(self, seed=None):
        raise RuntimeError("no seeds here")


class Clinging(Scripted):
    def close(self):
        raise RuntimeError("it stays open")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Scripted(space=Unseedable(3)), "can't be used: it raised RuntimeError (no seeds here)"),
        (Clinging, "can't be used: it raised RuntimeError (it stays open)"),
        (lambda: Scripted(begin=0), "returned something else when it was reset than the tuple (observation, info)"),
        (lambda: Scripted(begin=(7, {})), "returned 7 when it was reset; its observations are whole numbers from 0"),
        (lambda: Scripted(begin=(0, None)), "returned None when it was reset; its information is a dictionary"),
        (lambda: 1 / 0, "can't be made: ZeroDivisionError (division by zero)"),
        (lambda: Scripted(space=gym.spaces.Discrete(2_000_000)), "has 2,000,000 states; at most 1,000,000"),
        (lambda: Scripted(space=gym.spaces.Tuple([gym.spaces.Discrete(2)] * 63)), "states; at most 1,000,000"),
    ],
)
def test_what_cannot_begin_is_no_world(registered, make, says):
    with pytest.raises(WorldError, match=re.escape(says)):
        load_problem(registered(make))


class Leaves(Scripted):
    def __init__(self):
        raise SystemExit(2)


def test_a_class_that_exits_while_it_is_made_does_not_end_the_server(registered):
    with pytest.raises(WorldError, match=re.escape("can't be made: SystemExit (2)")):
        load_problem(registered(Leaves))


@pytest.mark.parametrize(
    ("observation", "wrong"),
    [((0, 4), True), ((0, 7), True), ((3, 5), True), ((0,), True), (5, True), ((0, 5, 5), True), ((2, 6), False)],
)
def test_each_part_of_a_tuple_is_checked(observation, wrong):
    env = TabularEnv(Scripted(begin=(observation, {}), space=PAIR), "Parts")
    if wrong:
        with pytest.raises(FaultyEnvironmentError, match="tuples of 2 whole numbers: 0 to 2, 5 to 6"):
            env.reset()
    else:
        assert env.reset()[0] == 5


@pytest.mark.parametrize(
    ("answer", "plain"),
    [
        ((np.int64(2), np.float32(0.5), np.False_, np.True_, {}), (2, 0.5, False, True)),
        ((np.array(1), np.array(2.0), False, False, {}), (1, 2.0, False, False)),
        ((1, True, True, False, {"success": np.True_}), (1, 1.0, True, False)),
        ((1, 7, False, False, {}), (1, 7.0, False, False)),
    ],
)
def test_numbers_of_every_kind_are_taken_and_become_plain(answer, plain):
    env = TabularEnv(Scripted(answer=answer), "Numbers")
    env.reset(seed=1)
    answers = [env.step(0) for _ in range(3)]
    assert answers[2][:4] == plain
    assert [type(part) for part in answers[2][:4]] == [int, float, bool, bool]


class Shifted(gym.Env):
    """Its actions are 10 and 11, its observations 1 to 3."""

    observation_space, action_space = gym.spaces.Discrete(3, start=1), gym.spaces.Discrete(2, start=10)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 1, {}

    def step(self, action):
        assert self.action_space.contains(action)
        return action - 8, float(action), action == 11, False, {}


def test_actions_are_handed_over_in_the_terms_of_the_space(registered):
    problem = load_problem(registered(Shifted))
    env = problem.make_env()
    assert env.reset()[0] == 0
    assert env.step(0)[:3] == (1, 10.0, False)
    assert env.step(1)[:3] == (2, 11.0, True)
    assert problem.state_name(2) == "state 3"


class Sampler(gym.Env):
    """Draws from its spaces instead of its generator; all of its environments share them."""

    observation_space, action_space = gym.spaces.Discrete(9), gym.spaces.Discrete(3)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return int(self.observation_space.sample()), {}

    def step(self, action):
        drawn = int(self.action_space.sample())
        return drawn, float(drawn), drawn == 2, False, {}


def test_one_seed_is_one_run_where_an_environment_draws_from_its_spaces(registered, assert_same):
    world = registered(lambda: Sampler())
    sessions = [TrainingSession(world=world, seed=5, episodes=0) for _ in range(2)]
    for _ in range(5):
        for session in sessions:
            session.advance(100)
    assert_same(*sessions)
    assert len(set(sessions[0].scene().trail)) > 2


def test_it_can_be_pickled_after_a_step():
    env = TabularEnv(Scripted(), "Kept")
    env.reset(seed=1)
    env.step(0)
    assert pickle.loads(pickle.dumps(env)).step(1)[0] == 0
