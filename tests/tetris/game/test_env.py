"""Tetris-v0: Gymnasium's checker, the mask, the ends, the pictures, and the same game as the trainer's."""

import copy
import pickle

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from gridworld.compiled import CAN_COMPILE, unpack
from gridworld.drawing.palette import LINE_COLOUR, PIECE_COLOURS
from gridworld.tetris import TetrisEnv
from gridworld.tetris.game.board import RULES
from gridworld.tetris.game.env import legal_loop
from gridworld.tetris.game.features import full_weights
from gridworld.tetris.game.games import ACTION, LINES, NEXT_PIECE, OVER, PIECE, RUNNING, Games, random_words
from gridworld.tetris.game.pieces import NAMES, ROTATIONS, SHAPES, WIDTH
from gridworld.tetris.game.render import rgb

SIZES = [{}, {"width": 4, "height": 4}, {"width": 13, "height": 9, "bag": True}]


def play(env: TetrisEnv, steps: int, seed: int) -> list:
    """Random legal placements; everything that came back, flat."""
    env.action_space.seed(seed)
    observation, info = env.reset(seed=seed)
    reported = []
    for _ in range(steps):
        reported += [
            observation["board"].tobytes(),
            int(observation["piece"]),
            int(observation["next_piece"]),
            info["lines"],
        ]
        observation, reward, terminated, _, info = env.step(env.action_space.sample(info["action_mask"]))
        reported += [reward, terminated]
        if terminated:
            observation, info = env.reset()
    return reported


@pytest.mark.parametrize("options", SIZES)
@pytest.mark.parametrize("render_mode", [None, "ansi", "rgb_array"])
def test_gymnasium_finds_nothing_to_complain_about(options, render_mode):
    check_env(gym.make("Tetris-v0", render_mode=render_mode, **options).unwrapped)


@pytest.mark.parametrize("options", SIZES)
def test_one_seed_is_one_game(options):
    first, again, other = (play(TetrisEnv(**options), 60, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_it_can_be_copied_and_pickled_in_the_midst_of_a_game():
    env = TetrisEnv()
    play(env, 10, seed=3)
    for twin in (copy.deepcopy(env), pickle.loads(pickle.dumps(env))):
        twin_state, env_state = twin.step(5), copy.deepcopy(env).step(5)
        assert np.array_equal(twin_state[0]["board"], env_state[0]["board"])
        assert twin_state[0]["next_piece"] == env_state[0]["next_piece"]


@pytest.mark.parametrize("options", SIZES)
def test_the_mask_marks_each_distinct_placement_that_does_not_top_out(options):
    env = TetrisEnv(**options)
    env.reset(seed=7)
    for _ in range(40):
        boards, masks = {}, env.action_masks()
        for action in range(env.action_space.n):
            trial = copy.deepcopy(env)
            observation, _, _, _, info = trial.step(action)
            if info["pieces"] > env._info()["pieces"]:
                boards.setdefault(observation["board"].tobytes(), []).append(action)
        marked = set(np.flatnonzero(masks))
        piece = int(env._observation()["piece"])
        assert {actions[0] for actions in boards.values()} <= marked, "a placement that is possible is marked"
        for rotation, x in (divmod(int(action), env.width) for action in marked):
            assert rotation < ROTATIONS[piece], "no orientation is marked twice"
            assert x + SHAPES[4 * piece + rotation, WIDTH] <= env.width, "no column is marked twice"
        assert marked <= {action for actions in boards.values() for action in actions}
        _, _, over, _, info = env.step(int(min(marked)))
        assert np.array_equal(info["action_mask"], env.action_masks())
        if over:
            assert not env.action_masks().any()
            break


@pytest.mark.skipif(not CAN_COMPILE, reason="needs numba")
def test_the_mask_is_the_same_compiled_and_plain():
    rng = np.random.default_rng(8)
    for _ in range(50):
        columns, piece = rng.integers(0, 2**10, 8), int(rng.integers(7))
        masks = np.zeros((2, 32), np.int8)
        for fast in (False, True):
            mask = masks[int(fast)]
            board = columns if fast else columns.tolist()
            legal_loop(fast)(board, mask, SHAPES, ROTATIONS[piece], piece, 10, bool(columns[0] & 1))
        assert np.array_equal(*masks)


@pytest.mark.parametrize("bag", [False, True])
@pytest.mark.parametrize("rules", RULES)
def test_it_plays_the_same_game_as_the_trainer(bag, rules):
    words = random_words(np.random.default_rng(9), 2)
    games, env = Games(words[:1], words[1:], width=8, height=12, bag=bag, rules=rules), TetrisEnv(8, 12, bag, rules)
    env.reset(seed=0)
    unpack(words[0], env.np_random)
    observation, _ = env.reset()
    weights, order = full_weights(np.array([[-1.0, 1, -1, -1, -2, -1, 0, -1]])), np.zeros(1, np.int64)
    games.play(weights, order, limit=1000, budget=0)
    for _ in range(300):
        status = games.status[0]
        assert (observation["piece"], observation["next_piece"]) == (status[PIECE], status[NEXT_PIECE])
        if not games.play(weights, order, limit=1000, budget=1):
            break
        observation, _, terminated, _, info = env.step(int(status[ACTION]))
        assert np.array_equal(env._columns, games.columns[0])
        assert info["lines"] == status[LINES]
    assert info["lines"] > 0
    games.play(weights, order, limit=1000, budget=1)
    assert terminated == (games.status[0, OVER] != RUNNING)


def put_piece(env: TetrisEnv, name: str) -> None:
    env._piece = NAMES.index(name)
    env._mark_legal()


def test_rewards_are_the_rows_cleared():
    env, rewards = TetrisEnv(width=4, height=8), []
    env.reset(seed=0)
    for name, action in [("O", 0), ("O", 2), ("I", 1), ("I", 4), ("I", 5), ("I", 6), ("I", 7)]:
        put_piece(env, name)
        observation, reward, terminated, _, info = env.step(action)
        rewards.append(reward)
        assert not terminated
    assert rewards == [0, 2, 1, 0, 0, 0, 4]
    assert info["lines"] == 7
    assert observation["board"].sum() == 0


def test_topping_out_ends_the_game_without_reward():
    env = TetrisEnv(width=4, height=4)
    env.reset(seed=0)
    for _ in range(2):
        put_piece(env, "O")
        observation, _, terminated, _, _ = env.step(0)
    assert not terminated
    assert observation["board"][:, :2].all()
    put_piece(env, "O")
    assert np.flatnonzero(env.action_masks()).tolist() == [2]
    after, reward, terminated, truncated, info = env.step(1)
    assert (reward, terminated, truncated, info["pieces"]) == (0.0, True, False, 2)
    assert not info["action_mask"].any()
    assert np.array_equal(after["board"], observation["board"])


def test_an_unmarked_action_is_read_as_the_nearest_placement():
    boards = []
    for action in (8, 9, 10 + 9, 30 + 8):  # the O turned or too far to the right
        env = TetrisEnv()
        env.reset(seed=0)
        put_piece(env, "O")
        boards.append(env.step(action)[0]["board"])
    assert all(np.array_equal(board, boards[0]) for board in boards)
    assert boards[0][-2:, 8:].all()


@pytest.mark.parametrize("action", [-1, 40])
def test_a_number_that_is_no_action_is_refused(action):
    env = TetrisEnv()
    with pytest.raises(gym.error.ResetNeeded):
        env.step(0)
    env.reset(seed=0)
    with pytest.raises(ValueError, match=f"action is {action}; give a whole number from 0 to 39"):
        env.step(action)


def test_arguments_are_checked():
    with pytest.raises(ValueError, match="render_mode is 'human'; give 'ansi'"):
        TetrisEnv(render_mode="human")
    with pytest.raises(ValueError, match="width is 3"):
        TetrisEnv(width=3)


def test_text_shows_the_board_in_letters():
    env = TetrisEnv(width=5, height=4, render_mode="ansi")
    env.reset(seed=0)
    put_piece(env, "T")
    env.step(1)
    env._piece, env._next_piece = NAMES.index("S"), NAMES.index("I")
    assert env.render() == "piece S  next I  lines 0\n|.....|\n|.....|\n|..T..|\n|.TTT.|\n+-----+"


def test_the_picture_shows_the_pieces_colours():
    env = TetrisEnv(render_mode="rgb_array")
    env.reset(seed=0)
    put_piece(env, "Z")
    env.step(0)
    image = env.render()
    assert (image.shape, image.dtype) == ((16 * 24, 160, 3), np.uint8)
    colour = rgb(PIECE_COLOURS[NAMES.index("Z")])
    bottom = image[16 * 23 + 8, 8::16].tolist()
    assert [pixel == colour for pixel in bottom] == [False, True, True] + [False] * 7
    assert image[16 * 22 + 8, 8].tolist() == colour
    assert (image[16 * 23] == rgb(LINE_COLOUR)).all(), "a line between the rows"
    assert (image[:, 16] == rgb(LINE_COLOUR)).all(), "a line between the columns"


def test_rendering_without_a_mode_warns():
    env = TetrisEnv()
    env.reset(seed=0)
    with pytest.warns(UserWarning, match="render_mode='ansi' or 'rgb_array'"):
        assert env.render() is None


def test_the_docstring_is_the_specification():
    doc = TetrisEnv.__doc__
    parts = [
        "Action Space",
        "Observation Space",
        "Rewards",
        "Starting State",
        "Episode End",
        "Information",
        "Arguments",
    ]
    places = [doc.index(f"## {part}\n") for part in [*parts, "References", "Version History"]]
    assert places == sorted(places)
