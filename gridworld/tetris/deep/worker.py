"""The worker's half of a training with stable-baselines3. It imports torch: nothing in a server may import it."""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from stable_baselines3.common.callbacks import BaseCallback

from gridworld.runs.frame import Columns
from gridworld.runs.process.trainer import Attend
from gridworld.storage.atomic_files import clean_leftovers, written_whole
from gridworld.tetris.deep.games import Watched, make_game
from gridworld.tetris.deep.log import RECENT, DeepLog
from gridworld.tetris.deep.models import load_model, make_model
from gridworld.tetris.deep.recipe import (
    BEST,
    FINAL,
    LATEST,
    PLAYERS,
    REPLAY,
    VERSION,
    DeepMetrics,
    hyperparameters,
    own_checkpoint,
    split,
)
from gridworld.tetris.deep.settings import MASKABLE_PPO
from gridworld.tetris.deep.show import NetworkShow
from gridworld.tetris.deep.stored import read_settings
from gridworld.tetris.game.features import LEARNED_FEATURES
from gridworld.tetris.players.saved import Player
from gridworld.tetris.report import TetrisBoard
from gridworld.tetris.throughput import Speed


def make_trainer(settings: Mapping[str, Any], checkpoint: str | None) -> DeepTrainer:
    """Return the worker's trainer: a new model, or that of one of the run's own checkpoints, with its own settings."""
    algorithm, _, others = split(settings)
    torch.set_num_threads(others["threads"] or 1)
    if checkpoint is None:
        declared = hyperparameters(settings).param.values()
        kept = {**declared, "algorithm": algorithm, "seed": others["seed"]}
        del kept["name"]
        game = make_game(hyperparameters(kept))
        return DeepTrainer(make_model(kept, game), game, kept, others)
    path = own_checkpoint(others["folder"], checkpoint)
    kept = read_settings(path)
    game = make_game(hyperparameters(kept))
    return DeepTrainer(load_model(path, kept, game), game, kept, others)


class DeepTrainer:
    """A `runs.process.trainer.Trainer` that lets a model of stable-baselines3 learn. A step is a placement."""

    def __init__(self, model: Any, game: Watched, kept: Mapping[str, Any], others: Mapping[str, Any]) -> None:
        self.model, self.game, self._kept = model, game, dict(kept)
        self.hyper = hyperparameters(kept)
        self.folder = None if others["folder"] is None else Path(others["folder"])
        self.timesteps: int = others["timesteps"]
        self.target_lines: int = others["target_lines"]
        self.log = DeepLog()
        self._best_saved = 0.0
        self._show = NetworkShow(make_game(self.hyper), self._choose)
        self.speed = Speed(self.step)
        if laboratory := getattr(model, "laboratory", None):
            self.log.restore(laboratory["log"])
            self._best_saved = laboratory["best_saved"]

    @property
    def step(self) -> int:
        """Timesteps done."""
        return self.model.num_timesteps

    @property
    def episode(self) -> int:
        """Games over."""
        return self.log.games

    @property
    def weights(self) -> tuple[float, ...]:
        """The weights of the features of DT where the network is a linear player; else none."""
        scorer = getattr(self.model.policy, "scorer", None)
        return scorer.weights() if scorer is not None else ()

    @property
    def finished(self) -> bool:
        """Whether a target is reached."""
        skilled = len(self.log.recent) == RECENT and 0 < self.target_lines <= self.log.mean_lines
        return skilled or self.step >= self.timesteps

    def work(self, attend: Attend) -> None:
        """Train for the steps that remain, or until the run ends."""
        hooks = Hooks(self, attend)
        while not (self.finished or hooks.ended) and hooks.may_go_on():
            left, hooks.until = self.timesteps - self.step, self.timesteps
            with suppress(StoppedError):
                self.model.learn(left, callback=hooks, log_interval=None, reset_num_timesteps=False)

    def after_step(self, generation_ends: bool) -> None:
        """Take up what a step has brought."""
        self.log.record(self.game.finished)
        self.game.finished.clear()
        if generation_ends:
            self.log.end_generation(self.step, self.weights)

    def news(self) -> Mapping[str, Columns]:
        """Return games and generations since the last call."""
        return self.log.news()

    def board(self) -> TetrisBoard | None:
        """Return the shown game one piece later, once the network has begun to learn."""
        return self._show.next(self.log.generation + 1) if self.step else None

    def _choose(self, observation: Any, legal: np.ndarray) -> Any:
        """Return the network's best action, without exploring; among what fits if its algorithm asks for that."""
        masks = {"action_masks": legal} if self._kept["algorithm"] == MASKABLE_PPO else {}
        return self.model.predict(observation, deterministic=True, **masks)[0]

    def metrics(self) -> DeepMetrics:
        """Return the progress of the training."""
        now = {"placements_per_second": self.speed.value, "score": self.game.score, "lines": self.game.lines}
        return self.log.metrics(self.step, self.weights, self._kept["algorithm"], self.timesteps, **now)

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Change the targets."""
        self.timesteps = changes.get("timesteps", self.timesteps)
        self.target_lines = changes.get("target_lines", self.target_lines)

    def save(self) -> str | None:
        """Write `latest`; `best` if the last 100 games have more lines than at any save before; `final` at the end."""
        if self.folder is None:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        clean_leftovers(self.folder)
        better = len(self.log.recent) == RECENT and self.log.mean_lines > self._best_saved
        best = self.log.mean_lines if better else self._best_saved
        log = self.log.state()
        self.model.laboratory = {"version": VERSION, "settings": self._kept, "log": log, "best_saved": best}
        self._write(REPLAY, getattr(self.model, "save_replay_buffer", None))
        for name, wanted in ((LATEST, True), (BEST, better), (FINAL, self.finished)):
            self._write(name, self.model.save if wanted else None)
            if wanted and self.hyper.is_player and name in PLAYERS:
                self._write(PLAYERS[name], self._write_player)
        self._best_saved = best
        return str(self.folder / LATEST)

    def _write_player(self, file: Any) -> None:
        """Write what plays without this process: the numbers of the network, as a player's file."""
        weights = self.model.policy.scorer.player_weights()
        place = self.log.generation + 1, self.step
        player = Player("network", weights, *place, self._kept["algorithm"], LEARNED_FEATURES)
        file.write(player.to_text().encode())

    def _write(self, name: str, save: Callable[[Any], None] | None) -> None:
        assert self.folder is not None
        if save is not None:
            with written_whole(self.folder / name) as file:
                save(file)


class StoppedError(Exception):
    """The work must end in the midst of changing the network."""


class Hooks(BaseCallback):
    """Wait, handle commands, and return whether to continue: between two steps, and between two network changes."""

    def __init__(self, trainer: DeepTrainer, attend: Attend) -> None:
        super().__init__()
        self.trainer, self.attend = trainer, attend
        self.ended = False
        self.until = trainer.timesteps  # where `learn` ends by itself, with the round that has this step
        self._first, self._steps = trainer.step, 0  # steps that may be done before the next look
        self._resumed = time.perf_counter()
        if (buffer := getattr(trainer.model, "rollout_buffer", None)) is not None:
            buffer.get = self._attentively(partial(type(buffer).get, buffer))

    def may_go_on(self) -> bool:
        """Attend to commands."""
        self.trainer.speed.worked(self.trainer.step, time.perf_counter() - self._resumed)
        self._steps = self.attend()
        self._resumed = time.perf_counter()
        self.ended = self._steps <= 0
        return not self.ended

    def _on_step(self) -> bool:
        """Attend to commands after a step. A round that ends with the very last step is still learned from."""
        trainer, done = self.trainer, self.num_timesteps - self._first
        trainer.after_step(generation_ends=done % trainer.hyper.generation_steps == 0)
        self._steps -= 1
        if self._steps <= 0 and not trainer.finished:
            self.may_go_on()
        if trainer.step >= trainer.timesteps:
            return trainer.step == self.until and done % trainer.hyper.round_steps == 0
        return not (self.ended or trainer.finished)

    def _attentively(self, batches: Callable[[int], Iterator[Any]]) -> Callable[[int], Iterator[Any]]:
        """Yield a rollout is learned from for seconds: look at the commands between two batches of it."""

        def attentive(size: int) -> Iterator[Any]:
            for batch in batches(size):
                yield batch
                if not self.may_go_on():
                    raise StoppedError

        return attentive
