"""Settings in an address: what is written is read back, and what is wrong is refused with a sentence."""

from dataclasses import replace

import pytest

from dashboards.pages.training.address import from_query, to_query
from gridworld.training.settings import Settings

SOME = [
    Settings(),
    Settings(
        world="cliff", agent="sarsa", seed=9, episodes=0, hyperparameters={"step_size": 0.5, "exploration": "softmax"}
    ),
    Settings(world="easy", options={"slip": 0.25, "step_limit": 40}, hyperparameters={"epsilon": 0.3}),
    Settings(world="Taxi-v4?is_rainy=true", agent="random"),
    Settings(world="FrozenLake-v1", options={"desc": ["SFF", "FFG"], "is_slippery": False, "step_limit": 9}),
    Settings(world="FrozenLake-v1", options={"map_name": "8x8", "reward_schedule": [1, -1, 0]}),
]


@pytest.mark.parametrize("settings", SOME)
def test_an_address_reproduces_the_setup(settings):
    read, problems = from_query(to_query(settings))
    assert problems == []
    assert read == settings


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"world": "nowhere"}, "no world 'nowhere'"),
        ({"agent": "alphago"}, "no agent 'alphago'"),
        ({"seed": "-4"}, "seed is -4"),
        ({"seed": "x"}, "seed is 'x'; it must be a whole number from 0 to"),
        ({"episodes": "1e3"}, "episodes is '1e3'; it must be a whole number from 0"),
        ({"slip": "2"}, "slip is 2"),
        ({"slip": "0,2"}, "slip is '0,2'; it must be a number from 0 to 1"),
        ({"step_reward": "?"}, "step reward is '?'; it must be a number from"),
        ({"world": "FrozenLake-v1", "step_limit": "1.5"}, "step limit is '1.5'; it must be a whole number from 0 to"),
        ({"epsilon": "0,4"}, "epsilon is '0,4'; it must be a number from 0 to 1"),
        ({"step_size": "7"}, "step_size is 7.0"),
        ({"step_size": "nan"}, "step_size is nan"),
        ({"world": "FrozenLake-v1", "desc": '["SF"'}, "write a list as JSON"),
        ({"world": "FrozenLake-v1", "shade": "red"}, "FrozenLake-v1 can't be made with {'shade': 'red'}"),
        ({"exploration": "luck"}, "exploration is 'luck'"),
    ],
)
def test_a_wrong_value_is_refused_and_the_default_is_used(query, says):
    settings, problems = from_query(query)
    assert len(problems) == 1
    assert says in problems[0]
    assert "default" in problems[0]
    assert replace(settings, world=Settings.world) == Settings()


def test_lists_of_a_world_are_read_as_people_write_them():
    settings, problems = from_query(
        {"world": "FrozenLake-v1", "desc": '["SFF","FFG"]', "reward_schedule": "(1,-1,0)", "theme": "dark", "run": "x"}
    )
    assert problems == []
    assert settings.options == {"desc": ["SFF", "FFG"], "reward_schedule": [1, -1, 0]}


def test_one_wrong_value_leaves_the_others():
    settings, problems = from_query({"world": "cliff", "step_size": "0.5", "seed": "oops"})
    assert settings == Settings(world="cliff", hyperparameters={"step_size": 0.5})
    assert len(problems) == 1


def test_what_is_not_known_is_ignored_with_a_sentence():
    query = {"world": "easy", "sky": "blue", "theme": "dark", "when": "step:3", "step_size": "0.5", "agent": "random"}
    settings, problems = from_query(query)
    assert settings == Settings(world="easy", agent="random")
    assert problems == ["In the address, “sky” is not known here and was ignored."]
