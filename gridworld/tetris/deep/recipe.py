"""Tetris learned by stable-baselines3, seen from the server: what a run is made from, and its checkpoints' names.

Nothing here imports torch; only the worker process does (`worker`, `models`). A checkpoint is a model of
stable-baselines3, a zip file **with pickles in it**: loading it runs what its author wrote. So it is loaded by
the worker only, and only from the run's own folder; nothing that was uploaded may be put there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gridworld.errors import CheckpointError
from gridworld.runs.process.cadence import Cadence
from gridworld.runs.process.run import ProcessRun
from gridworld.runs.process.trainer import Recipe
from gridworld.storage.atomic_files import is_plain_file, opened
from gridworld.tetris.deep.settings import ALGORITHMS, THEIRS, DeepHyperparameters
from gridworld.tetris.players.saved import LARGEST, Player, read_player
from gridworld.tetris.report import GAMES, GENERATIONS, TetrisMetrics

LATEST, BEST, FINAL = "latest.pickle.zip", "best.pickle.zip", "final.pickle.zip"
CHECKPOINTS = {"latest": LATEST, "final": FINAL, "best": BEST}
"""What a training may have left, in the order in which it is tried."""
REPLAY = "latest-replay.pickle"
PLAYERS = {LATEST: "latest.player.json", BEST: "best.player.json"}
"""The players that the networks of these checkpoints are: files without pickles, which anybody may read."""
OTHERS = {"seed": 0, "threads": None, "folder": None, "timesteps": 1_000_000, "target_lines": 0}
LIVE = frozenset({"timesteps", "target_lines"})
SEEDS = 1 << 32  # as many as NumPy's former generator has, which stable-baselines3 seeds
VERSION = 1
PATIENCE = 5.0  # seconds for the last checkpoint at Stop: DQN's memory takes a while to write
INSTALL = "Training with stable-baselines3 needs an extra: pip install 'gridworld-lab[sb3]'."
EXTRA = ("torch", "stable_baselines3", "sb3_contrib")


@dataclass(frozen=True, slots=True)
class DeepMetrics(TetrisMetrics):
    """`TetrisMetrics`, with what a deep learner has besides. With hidden layers there are no weights of features."""

    algorithm: str
    score: int  # of the game being played
    lines: int
    mean_return: float  # of the last 100 games, NaN before the first
    target: int  # timesteps to do in all

    @property
    def timesteps(self) -> int:
        """Steps done: a step is a placement."""
        return self.placements


def is_available() -> bool:
    """Return whether the extra is installed, without importing it."""
    return all(find_spec(package) for package in EXTRA)


def make_run(settings: Mapping[str, Any], **options: Any) -> ProcessRun:
    """Return a run in which stable-baselines3 learns Tetris in a process of its own; ValueError where the extra is
    missing.

    `settings` are `algorithm`, one of `ALGORITHMS`; its hyperparameters by name; and `seed`, `threads` (1 if None),
    `folder` for checkpoints (none are kept if None), `timesteps` (finish after exactly this many) and `target_lines`
    (finish when the last 100 games have an average of this many; 0: never). The last two may change during a run.
    `options` are those of `ProcessRun`. A checkpoint holds its own hyperparameters and seed.
    """
    if not is_available():
        raise ValueError(INSTALL)
    recipe = Recipe(
        "gridworld.tetris.deep.worker:make_trainer", dict(settings), (GAMES, GENERATIONS), LIVE, check_settings
    )
    return ProcessRun(recipe, **{"cadence": Cadence(board_every=1, save_every=60.0), "patience": PATIENCE, **options})


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise ValueError where settings have an unknown name or a value out of bounds."""
    algorithm, hyper, others = split(settings)
    if algorithm not in ALGORITHMS:
        raise ValueError(f"The algorithm is {algorithm!r}; give one of {', '.join(ALGORITHMS)}.")
    unknown = set(hyper) - set(ALGORITHMS[algorithm].param)
    if unknown:
        raise ValueError(f"A training with {algorithm} has no setting called {', '.join(sorted(unknown))}.")
    if hyperparameters(settings).environment == THEIRS and not find_spec("tetris_gymnasium"):
        raise ValueError("The package tetris-gymnasium is not installed.")
    for name, lowest in (("seed", 0), ("threads", 1), ("timesteps", 1), ("target_lines", 0)):
        value = others[name]
        if value is not OTHERS[name] and (isinstance(value, bool) or not isinstance(value, int) or value < lowest):
            raise ValueError(f"The setting {name} is {value!r}; give a whole number from {lowest} up.")
    if others["seed"] >= SEEDS:
        raise ValueError(
            f"The setting seed is {others['seed']}; stable-baselines3 takes whole numbers below {SEEDS:,}."
        )


def split(settings: Mapping[str, Any]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Return the algorithm, its hyperparameters, and all other settings."""
    hyper = {name: value for name, value in settings.items() if name not in OTHERS and name != "algorithm"}
    return settings.get("algorithm"), hyper, {name: settings.get(name, default) for name, default in OTHERS.items()}


def hyperparameters(settings: Mapping[str, Any]) -> DeepHyperparameters:
    """Return the hyperparameters of the settings' algorithm."""
    algorithm, hyper, _ = split(settings)
    return ALGORITHMS[algorithm](**hyper)


def latest_checkpoint(folder: Path) -> Path | None:
    """Return the checkpoint that the run of this folder goes on from, if it left one."""
    path = folder / LATEST
    return path if path.is_file() else None


def player_file(checkpoint: Path) -> Path:
    """Return where the player is that the network of a checkpoint is, if it is one; the final one is the latest."""
    return checkpoint.with_name(PLAYERS.get(checkpoint.name, PLAYERS[LATEST]))


def stored_player(checkpoint: Path) -> Player:
    """Return the player that the network of a checkpoint is, as the worker wrote it.

    Raises
    ------
    CheckpointError
        If there is none yet, or its file can't be used.
    """
    path = player_file(checkpoint)
    if not is_plain_file(path):
        raise CheckpointError("missing", "The network isn't saved yet: that happens every minute, and at Stop.")
    with opened(path) as file:
        return read_player(file.read(LARGEST + 1))


def own_checkpoint(folder: str | None, checkpoint: str) -> Path:
    """Return the path of a checkpoint of the run with this folder; CheckpointError where it is another file."""
    path = Path(checkpoint).resolve()
    if folder is None or path.parent != Path(folder).resolve() or path.name not in (LATEST, BEST, FINAL):
        raise CheckpointError(
            "pickle", f"{path.name!r} may contain pickles, and is not from this run's own folder: it is not loaded."
        )
    return path
