"""Names of worlds: nothing is imported because of one, and what was meant is guessed."""

import re
import sys

import gymnasium as gym
import pytest

from gridworld.errors import WorldError
from gridworld.extensions import load_file, load_module
from gridworld.training.session import TrainingSession
from gridworld.worlds.ids import option
from gridworld.worlds.problem import load_problem

ENVIRONMENT = """
import gymnasium as gym
COUNT = globals().get("COUNT", 0) + 1


class Lane(gym.Env):
    observation_space, action_space = gym.spaces.Discrete(3), gym.spaces.Discrete(2)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        return 2, 1.0, True, False, {}


gym.register("Lane-v0", Lane)
"""


@pytest.fixture
def lane(tmp_path):
    path = tmp_path / "my_lane.py"
    path.write_text(ENVIRONMENT)
    yield path
    gym.registry.pop("Lane-v0", None)


@pytest.mark.parametrize("world", ["this:x", "unittest.__main__:x", "antigravity:FrozenLake-v1", "idlelib.idle:x"])
def test_a_module_that_an_id_names_is_not_imported(world, capsys):
    module = world.partition(":")[0]
    sys.modules.pop(module, None)
    with pytest.raises(WorldError, match=re.escape(f"The module {module!r} is not loaded")):
        load_problem(world)
    assert module not in sys.modules
    assert capsys.readouterr() == ("", "")


def test_a_module_that_is_there_but_was_not_loaded_is_refused():
    with pytest.raises(WorldError, match="is not loaded"):
        load_problem("sys:FrozenLake-v1")


def test_a_registered_id_with_a_colon_imports_nothing():
    gym.registry["this:x"] = gym.spec("FrozenLake-v1")
    sys.modules.pop("this", None)
    try:
        assert load_problem("this:x").n_states == 16
        assert "this" not in sys.modules
    finally:
        del gym.registry["this:x"]


def test_the_file_that_was_loaded_may_stand_before_the_id(lane):
    load_file(lane)
    assert load_problem("my_lane:Lane-v0").n_states == 3
    with pytest.raises(WorldError, match="'my_lane' has registered no environment 'Other-v0'"):
        load_problem("my_lane:Other-v0")
    session = TrainingSession(world="my_lane:Lane-v0", episodes=5)
    session.advance_episodes(5)
    assert session.finished


def test_the_command_line_finds_a_module_in_the_folder_and_imports_it_once(lane, monkeypatch):
    monkeypatch.chdir(lane.parent)
    loaded = load_file(lane)
    assert load_module("my_lane") is loaded
    assert loaded.COUNT == 1


@pytest.mark.parametrize("name", ["no_such_module_anywhere", "unittest.__main__"])
def test_a_module_that_cannot_be_imported_is_one_sentence(name, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["python", "--no-such-option"])
    with pytest.raises(ValueError, match=f"The module '{name}' can't be imported"):
        load_module(name)


@pytest.mark.parametrize("world", ["C:\\world.txt", "C:/world.txt", "C:world.txt"])
def test_a_path_of_windows_is_no_module(world):
    with pytest.raises(WorldError, match="There is no world"):
        load_problem(world)


@pytest.mark.parametrize(
    ("world", "says"),
    [
        ("clif", "Did you mean 'cliff'?"),
        ("frozenlake-v1", "Did you mean 'FrozenLake-v1'?"),
        ("Taxi-v3", "use `Taxi-v4` instead"),
        ("S.G", "A map of one row needs a header"),
        ("S.G\n", "A map of one row needs a header"),
        ("zzzz", "Choose one of easy, medium"),
    ],
)
def test_what_was_meant_is_named(world, says):
    with pytest.raises(WorldError, match=re.escape(says)):
        load_problem(world)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("8x8", "8x8"),
        ("true", True),
        ("0.5", 0.5),
        ("None", None),
        ("null", None),
        ("(1,-1,0)", [1, -1, 0]),
        ('["SF","FG"]', ["SF", "FG"]),
    ],
)
def test_options_are_words_numbers_and_lists(word, value):
    assert option("key", word) == value


def test_a_list_that_is_not_json_is_refused():
    with pytest.raises(WorldError, match="write a list as JSON"):
        load_problem("FrozenLake-v1?desc=[SFF")


def test_lists_reach_the_environment():
    lake = load_problem('FrozenLake-v1?desc=["SHF","FFG"]&is_slippery=false&reward_schedule=(5,-1,0)')
    assert lake.n_states == 6
    assert sorted(set(lake.phases[0][1].reward.ravel())) == [-1, 0, 5]


@pytest.mark.parametrize(
    ("world", "says"),
    [
        ("GridWorld/MaximizationBias-v0?bets=20000000000", "the option 'bets' is 20,000,000,000"),
        ("FrozenLake-v1?render_mode=human", "can't be given the option 'render_mode'"),
        ("FrozenLake-v1?max_episode_steps=3", "can't be given the option 'max_episode_steps'"),
        ("FrozenLake-v1?step_limit=-3", "the step limit is -3"),
        ("cliff?step_limit=" + "9" * 400, "the step limit is 9,999"),
        ("cliff?slip=abc", "slip is 'abc'"),
        ("cliff?slip=nan", "slip is nan"),
        ("cliff?render_mode=ansi", "A grid world has no option 'render_mode'"),
        ("FrozenLake-v1?desc=[" + ",".join(['"SFFFG"'] * 5_000) + "]", "at most 20,000 are allowed"),
        ("FrozenLake-v1?map_name=none", "publishes a different transition table each time it is made"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_anything_is_built(world, says):
    with pytest.raises(WorldError, match=re.escape(says)):
        load_problem(world)
