"""The table of all placements: the same features as one by one, compiled or plain."""

import numpy as np
import pytest

from gridworld.compiled import CAN_COMPILE
from gridworld.tetris.game.env import TetrisEnv
from gridworld.tetris.game.features import LEARNED_FEATURES, NAMES, placement_features
from gridworld.tetris.game.pieces import ROTATIONS
from gridworld.tetris.game.placements import placement_table


@pytest.mark.slow
@pytest.mark.parametrize("fast", [False, pytest.param(True, marks=pytest.mark.skipif(not CAN_COMPILE, reason="numba"))])
def test_each_legal_placement_has_the_learned_features_and_the_others_are_empty(fast):
    env, rng = TetrisEnv(width=6, height=8, rules="literature"), np.random.default_rng(3)
    observation, info = env.reset(seed=3)
    for _ in range(40):
        columns = np.array([int("".join(map(str, column)), 2) for column in observation["board"].T])
        piece = int(observation["piece"])
        table = placement_table(columns, 8, piece, strict=False, fast=fast)
        assert table[:, -1].tolist() == info["action_mask"].tolist()
        for action, row in enumerate(table):
            rotation, x = divmod(action, 6)
            if row[-1]:
                assert rotation < ROTATIONS[piece]
                features = dict(zip(NAMES, placement_features(columns, 8, piece, rotation, x), strict=True))
                assert row[:-1].tolist() == [features[name] for name in LEARNED_FEATURES]
        action = rng.choice(np.flatnonzero(info["action_mask"]))
        observation, _, over, _, info = env.step(action)
        if over:
            observation, info = env.reset()
