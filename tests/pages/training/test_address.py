"""Settings in an address: what is written is read back, and what is wrong is refused with a sentence."""

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
        ({"seed": "x"}, "'x' is not a whole number"),
        ({"episodes": "1e3"}, "'1e3' is not a whole number"),
        ({"slip": "2"}, "slip is 2"),
        ({"step_size": "7"}, "step_size is 7.0"),
        ({"step_size": "nan"}, "step_size is nan"),
        ({"exploration": "luck"}, "exploration is 'luck'"),
    ],
)
def test_a_wrong_value_is_refused_and_the_default_is_used(query, says):
    settings, problems = from_query(query)
    assert len(problems) == 1
    assert says in problems[0]
    assert "default" in problems[0]
    assert settings == Settings()


def test_one_wrong_value_leaves_the_others():
    settings, problems = from_query({"world": "cliff", "step_size": "0.5", "seed": "oops"})
    assert settings == Settings(world="cliff", hyperparameters={"step_size": 0.5})
    assert len(problems) == 1
