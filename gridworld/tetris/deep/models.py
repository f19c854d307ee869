"""The models of stable-baselines3: new ones, and those of checkpoints. Imports torch, so only a worker imports it."""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sb3_contrib import MaskablePPO
from stable_baselines3 import DQN, PPO

from gridworld.tetris.deep import settings
from gridworld.tetris.deep.games import Watched
from gridworld.tetris.deep.recipe import REPLAY, SEEDS, hyperparameters
from gridworld.tetris.deep.scorer import MaskableScoringPolicy, ScoringPolicy, ScoringQPolicy

MODELS: dict[str, Any] = {
    settings.DQN: DQN,
    settings.PPO: PPO,
    settings.MASKABLE_PPO: MaskablePPO,
}


SCORING: dict[str, Any] = {
    settings.DQN: ScoringQPolicy,
    settings.PPO: ScoringPolicy,
    settings.MASKABLE_PPO: MaskableScoringPolicy,
}
"""The policies of networks that score placements."""


def make_model(kept: Mapping[str, Any], game: Watched) -> Any:
    """Return an untrained model."""
    values: Any = hyperparameters(kept)
    common = {
        **_network(kept["algorithm"], values),
        "env": game,
        "learning_rate": values.step_size,
        "gamma": values.discount,
        "seed": kept["seed"],
        "device": "cpu",
    }
    specific = _dqn(values) if kept["algorithm"] == settings.DQN else _ppo(values)
    return MODELS[kept["algorithm"]](**common, **specific)


def _network(algorithm: str, values: Any) -> dict[str, Any]:
    """Return the policy's class and what its networks are made from."""
    if values.environment == settings.OURS and values.sees == settings.PLACEMENTS:
        return {"policy": SCORING[algorithm], "policy_kwargs": {"units": values.units}}
    layers = [values.units, values.units] if values.units else []
    policy = "MultiInputPolicy" if values.environment == settings.OURS else "MlpPolicy"
    return {"policy": policy, "policy_kwargs": {"net_arch": layers}}


def _dqn(values: Any) -> dict[str, Any]:
    return {
        "batch_size": values.batch,
        "buffer_size": values.memory,
        "learning_starts": values.warm_up,
        "train_freq": values.train_every,
        "target_update_interval": values.target_update,
        "exploration_fraction": values.epsilon_steps,
        "exploration_final_eps": values.epsilon_end,
    }


def _ppo(values: Any) -> dict[str, Any]:
    return {
        "batch_size": _batch(values),
        "n_steps": values.rollout,
        "n_epochs": values.passes,
        "gae_lambda": values.trace,
        "clip_range": values.clip,
        "ent_coef": values.entropy,
    }


def _batch(values: Any) -> int:
    """Return a size that leaves no batch of one at a rollout's end: MaskablePPO divides by its deviation, NaN."""
    size = min(values.batch, values.rollout)
    while values.rollout % size == 1:
        size += 1
    return size


def load_model(path: Path, kept: Mapping[str, Any], game: Watched) -> Any:
    """Return the model of a checkpoint, whose path `own_checkpoint` has approved: this runs the pickles in it.

    DQN gets its replay memory back. The game starts again, with other pieces than the training began with.
    """
    model = MODELS[kept["algorithm"]].load(path, env=game, device="cpu")
    model.set_random_seed((kept["seed"] + model.num_timesteps) % SEEDS)
    replay = path.with_name(REPLAY)
    if kept["algorithm"] == settings.DQN and replay.is_file() and not replay.is_symlink():
        model.load_replay_buffer(replay)
    return model
