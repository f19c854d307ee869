"""The Gymnasium environment: the checker, determinism, pickling, and pictures."""

import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import gridworld
from gridworld.worlds.named import world_ids


def make(world, **kwargs):
    return gym.make("GridWorld-v0", world=world, **kwargs)


def walk(env, seed, steps=300):
    """What an episode stream looks like under fixed pseudo-random actions."""
    seen = [env.reset(seed=seed)[0]]
    actions = np.random.default_rng(seed).integers(4, size=steps)
    for action in actions:
        state, reward, terminated, truncated, _ = env.step(action)
        seen.append((state, reward, terminated, truncated))
        if terminated or truncated:
            seen.append(env.reset()[0])
    return seen


@pytest.mark.parametrize("world", [*world_ids(), "open_10"])
def test_every_world_passes_gymnasiums_checker(world):
    check_env(make(world, render_mode="rgb_array").unwrapped)
    check_env(make(world, render_mode="ansi").unwrapped)


@pytest.mark.parametrize("world", world_ids())
def test_the_same_seed_walks_the_same_way_also_after_pickling(world):
    env = make(world, slip=0.3)
    first = walk(env, 4)
    assert walk(pickle.loads(pickle.dumps(env)), 4) == first
    assert walk(make(world, slip=0.3), 4) == first


def test_a_step_limit_truncates_and_does_not_terminate():
    env = make("jumps", step_limit=3)
    env.reset(seed=0)
    ends = [env.step(0)[2:4] for _ in range(3)]
    assert ends == [(False, False), (False, False), (False, True)]


def test_the_goal_terminates_and_is_a_success():
    env = make("easy")
    env.reset(seed=0)
    for action in [1] * 4 + [2] * 4:
        state, reward, terminated, truncated, info = env.step(action)
    assert (state, reward, terminated, truncated, info["success"]) == (24, 1.0, True, False, True)


def test_a_changing_world_changes_at_its_step_and_a_seed_takes_it_back():
    env = make("blocking_maze").unwrapped
    env.reset(seed=0)
    assert env.render_mode is None
    gap = lambda: env._at(env.world.layouts).kinds[0, 3, 0] == 0  # noqa: E731
    for _ in range(999):
        env.step(2)
    assert not gap()
    env.step(2)
    assert gap()
    env.reset()
    assert gap()
    env.reset(seed=0)
    assert not gap()


def test_ansi_shows_the_agent_on_the_map():
    env = make("medium", render_mode="ansi")
    env.reset(seed=0)
    env.step(1)
    assert env.render().splitlines()[0] == "S@#.."


def test_rgb_array_draws_the_agent_where_it_is():
    env = make("medium", render_mode="rgb_array")
    env.reset(seed=0)
    picture = env.render()
    assert picture.shape == (5 * 48, 5 * 48, 3)
    assert picture.dtype == np.uint8
    disc = (picture == (217, 72, 15)).all(-1)
    assert disc[:48, :48].sum() == disc.sum() > 400
    env.step(1)
    disc = (env.render() == (217, 72, 15)).all(-1)
    assert disc[:48, 48:96].sum() == disc.sum() > 400


@pytest.mark.parametrize(("world", "shape"), [("cliff", (160, 480)), ("open_100", (400, 400)), ("easy", (240, 240))])
def test_rgb_array_has_even_sides_of_at_most_480_pixels(world, shape):
    env = gridworld.GridWorld(world, render_mode="rgb_array")
    env.reset(seed=0)
    assert env.render().shape[:2] == shape


def test_rgb_array_follows_a_changing_world_and_survives_pickling():
    env = gridworld.GridWorld("blocking_maze", render_mode="rgb_array")
    env.reset(seed=0)
    before = env.render()
    for _ in range(1000):
        env.step(2)
    after = env.render()
    assert (before != after).any(-1).sum() > 2 * 40 * 40, "two cells at least look different"
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(env)).render(), after)


def test_gymnasium_records_videos(tmp_path):
    pytest.importorskip("moviepy")
    env = gym.wrappers.RecordVideo(make("medium", render_mode="rgb_array"), str(tmp_path), lambda episode: True)
    env.reset(seed=0)
    for _ in range(5):
        env.step(1)
    env.close()
    assert [path.suffix for path in tmp_path.iterdir()] == [".mp4"]


def test_wrong_arguments_get_a_sentence():
    with pytest.raises(ValueError, match="render_mode is 'human'"):
        gridworld.GridWorld("easy", render_mode="human")
    env = make("easy").unwrapped
    env.reset(seed=0)
    with pytest.raises(ValueError, match="0 up, 1 right, 2 down, 3 left"):
        env.step(4)
