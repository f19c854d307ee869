"""Worlds given as objects, and the ids under which Gymnasium knows the named ones."""

import re
import subprocess
import sys

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers import TransformReward

from gridworld.errors import WorldError
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.environment import GridWorld
from gridworld.worlds.named import load_world, world_ids
from gridworld.worlds.problem import load_problem
from gridworld.worlds.registration import NAMED
from gridworld.worlds.text import format_world, parse_world

ALL = """
title: All of it
step reward: -0.1
bump reward: -2
slip: 0.3
wind: 0 1 -1 0
step limit: 50
A: jump a 10
a: floor 0.25
E: exit -3

SA.E
.#aG
--- from step 7
SA#E
..aG
"""


@pytest.mark.parametrize("text", [ALL, *[format_world(load_world(name)) for name in world_ids()]])
def test_a_world_is_written_as_the_text_it_comes_from(text):
    world = parse_world(text)
    assert parse_world(format_world(world)) == world


@pytest.mark.parametrize(
    "world", [load_world("cliff"), GridWorld("cliff"), gym.make("gridworld/Cliff-v0"), gym.spec("gridworld/Cliff-v0")]
)
def test_a_session_takes_a_world_as_an_object(world):
    session, usual = (TrainingSession(world=w, seed=1, episodes=20) for w in (world, "cliff"))
    for one in (session, usual):
        one.advance_episodes(20)
    np.testing.assert_array_equal(session.tables.Q, usual.tables.Q)
    assert isinstance(session.settings.world, str)


def test_an_environment_keeps_its_options():
    env = gym.make("FrozenLake-v1", map_name="8x8", is_slippery=False, max_episode_steps=30)
    settings = Settings(world=env)
    assert settings.world == "FrozenLake-v1"
    assert (settings.make_problem().n_states, settings.make_problem().step_limit) == (64, 30)
    assert settings.make_problem().phases[0][1].deterministic


class Unregistered(gym.Env):
    observation_space, action_space = gym.spaces.Discrete(2), gym.spaces.Discrete(2)


@pytest.mark.parametrize(
    ("world", "says"),
    [
        (Unregistered(), "gymnasium.register('Unregistered-v0', entry_point=Unregistered)"),
        (
            TransformReward(gym.make("FrozenLake-v1"), abs),
            "is wrapped in TransformReward, which a run",
        ),
        (7, "The world is 7; give an id, the text of a world"),
        (None, "The world is None"),
        (GridWorld, "The world is <class"),
    ],
)
def test_what_cannot_be_made_again_is_refused_with_what_to_do(world, says):
    with pytest.raises(WorldError, match=re.escape(says)):
        TrainingSession(world=world)


def test_the_environment_takes_a_text():
    env = gym.make("GridWorld-v0", world="title: Lane\n\nS.G")
    assert env.observation_space.n == 3


def test_every_named_world_has_an_id():
    assert list(NAMED.values()) == world_ids()[: len(NAMED)]
    assert gym.make("gridworld/DynaMaze-v0").unwrapped.world == load_world("dyna_maze")
    assert load_problem("gridworld/BlockingMaze-v0").phases[1][0] == 1000


def test_gymnasium_finds_a_named_world_by_its_module_without_an_import_before():
    code = "import gymnasium; print(gymnasium.make('gridworld:gridworld/Cliff-v0').observation_space.n)"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "48\n", done.stderr


def test_it_publishes_the_table_that_its_steps_follow():
    env = GridWorld("windy", slip=0.2)
    again = type(env.world.model).from_dynamics(env.P, env.initial_state_distrib)
    state, _ = env.reset(seed=1)
    for action in np.random.default_rng(1).integers(4, size=300):
        before = state
        state, reward, terminated, _, _ = env.step(int(action))
        assert (state, reward, terminated) in [row[1:] for row in env.P[before][int(action)]]
        if terminated:
            state, _ = env.reset()
    assert again.start[30] == 1


def test_the_table_of_a_world_that_changes_is_that_of_its_present_map():
    env = GridWorld("S.G\n--- from step 2\nS#G\n".replace("S#G", "SG.").replace("S.G", "title: t\n\nS.G", 1))
    env.reset(seed=0)
    assert env.P[0][1] == [(1.0, 1, -1.0, False)]
    env.step(0), env.step(0)
    assert env.P[0][1] == [(1.0, 1, 1.0, True)]
