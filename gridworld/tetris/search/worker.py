"""The Tetris trainer behind a `ProcessRun`: what it is made from, how it works in its process, and its checkpoints."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gridworld.errors import CheckpointError
from gridworld.parameters import change
from gridworld.runs.frame import Columns, Frame, Status, concatenate
from gridworld.runs.history import History, Stream
from gridworld.runs.process.cadence import Cadence
from gridworld.runs.process.run import ProcessRun
from gridworld.runs.process.trainer import Attend, ProcessScene, Recipe
from gridworld.storage.archive import Archive, pack_archive
from gridworld.storage.atomic_files import clean_leftovers, opened, written_whole
from gridworld.storage.json_records import check_head, decode
from gridworld.tetris.records import Progress
from gridworld.tetris.report import (
    GAMES,
    GENERATIONS,
    TetrisBoard,
    TetrisMetrics,
    game_columns,
    generation_columns,
    present_rows,
)
from gridworld.tetris.search.settings import TetrisHyperparameters
from gridworld.tetris.search.show import Show
from gridworld.tetris.search.trainer import TetrisTrainer
from gridworld.tetris.throughput import Speed

FORMAT, VERSION = "tetris training", 1
LATEST, BEST, FINAL = "latest.npz", "best.npz", "final.npz"
RECENT = 100  # games in a running mean
SHOWN_NUMBERS = 1200  # of the candidates' weights: what a message has room for
OTHERS = {"seed": 0, "threads": None, "folder": None, "target_lines": 0}


def make_run(settings: Mapping[str, Any] | None = None, **options: Any) -> ProcessRun:
    """Return a run that trains a Tetris player in a process of its own.

    `settings` are `TetrisHyperparameters` by name, and `seed`, `threads` (all cores if None), `folder` for checkpoints
    (none are kept if None) and `target_lines` (finish when the evaluation games have as many on the average; 0: never;
    it may change during a run). `options` are those of `ProcessRun`. A checkpoint has its own hyperparameters and seed.
    """
    recipe = Recipe(
        "gridworld.tetris.search.worker:make_trainer",
        dict(settings or {}),
        (GAMES, GENERATIONS),
        frozenset({"target_lines"}),
        check_settings,
    )
    return ProcessRun(recipe, **{"cadence": Cadence(board_every=1, save_every=10.0), **options})


def stored_frame(path: Path) -> Frame:
    """Return what a checkpoint holds, as the frame of a run that is paused there.

    Raises
    ------
    ValueError
        If it can't be read.
    """
    trainer = WorkerTrainer.load(path, {**OTHERS, "threads": 1})
    scene = ProcessScene(None, trainer.metrics())
    return Frame(0, Status.PAUSED, trainer.step, trainer.episode, scene, trainer.news())


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raise ValueError where settings have an unknown name or a value out of bounds."""
    hyper, others = _split(settings)
    unknown = set(hyper) - set(TetrisHyperparameters.param)
    if unknown:
        raise ValueError(f"A Tetris training has no setting called {', '.join(sorted(unknown))}.")
    made = TetrisHyperparameters()
    for name, value in hyper.items():
        change(made, name, value)
    for name, lowest in (("seed", 0), ("threads", 1), ("target_lines", 0)):
        value = others[name]
        if value is not OTHERS[name] and (isinstance(value, bool) or not isinstance(value, int) or value < lowest):
            raise ValueError(f"The setting {name} is {value!r}; give a whole number from {lowest} up.")


def _split(settings: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    hyper = {name: value for name, value in settings.items() if name not in OTHERS}
    return hyper, {name: settings.get(name, default) for name, default in OTHERS.items()}


def make_trainer(settings: Mapping[str, Any], checkpoint: str | None) -> WorkerTrainer:
    """Return the worker's trainer. It compiles before the first step, so that starting ends when learning begins."""
    hyper, others = _split(settings)
    warm_up = TetrisTrainer(TetrisHyperparameters(population=4, evaluations=1), threads=1)
    warm_up.advance(1)
    if checkpoint is not None:
        return WorkerTrainer.load(Path(checkpoint), others)
    trainer = TetrisTrainer(TetrisHyperparameters(**hyper), seed=others["seed"], threads=others["threads"])
    return WorkerTrainer(trainer, others)


class WorkerTrainer:
    """A `runs.process.trainer.Trainer` that drives a `TetrisTrainer`. A step is a placement, an episode a game."""

    def __init__(self, trainer: TetrisTrainer, others: Mapping[str, Any]) -> None:
        self.trainer = trainer
        self.folder = None if others["folder"] is None else Path(others["folder"])
        self.target_lines: int = others["target_lines"]
        self.episode = 0
        self.best_lines = self.player_lines = np.nan
        self.histories = {stream.name: History(stream) for stream in (GAMES, GENERATIONS)}
        self.recent: deque[float] = deque(maxlen=RECENT)
        self._news: dict[str, Columns] = {}
        self._show = Show(trainer)
        self._best_saved = -np.inf
        self._speed = Speed(trainer.placements)

    @property
    def step(self) -> int:
        """Pieces placed."""
        return self.trainer.placements

    @property
    def finished(self) -> bool:
        """Whether the target is reached."""
        return 0 < self.target_lines <= self.player_lines

    def work(self, attend: Attend) -> None:
        """Train until the run ends or the target is reached."""
        while not self.finished and (placements := attend()):
            began = time.perf_counter()
            self._hear(self.trainer.advance(placements))
            self._speed.worked(self.step, time.perf_counter() - began)

    def news(self) -> Mapping[str, Columns]:
        """Return games and generations since the last call."""
        news, self._news = self._news, {}
        return news

    def board(self) -> TetrisBoard:
        """Return the shown game, one piece later each time."""
        return self._show.next()

    def metrics(self) -> TetrisMetrics:
        """Return the progress of the training."""
        trainer = self.trainer
        return TetrisMetrics(
            placements=trainer.placements,
            placements_per_second=self._speed.value,
            games=self.episode,
            generation=trainer.generation + 1,
            cap=trainer.cap,
            mean_lines=float(np.mean(self.recent)) if self.recent else np.nan,
            best_lines=self.best_lines,
            player_lines=self.player_lines,
            best_player_lines=trainer.best_lines if trainer.generation else np.nan,
            weights=trainer.weights,
            deviation=trainer.deviation,
            features=trainer.features,
            candidates=trainer.candidates[: SHOWN_NUMBERS // len(trainer.features)].astype(np.float16),
        )

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Change the target."""
        self.target_lines = changes.get("target_lines", self.target_lines)

    def save(self) -> str | None:
        """Write `latest`, `best` if the player has become better since, and `final` if this is the end."""
        if self.folder is None:
            return None
        self.folder.mkdir(parents=True, exist_ok=True)
        clean_leftovers(self.folder)
        self.write(self.folder / LATEST)
        if self.trainer.best_lines > self._best_saved:
            self.write(self.folder / BEST)
            self._best_saved = self.trainer.best_lines
        if self.finished:
            self.write(self.folder / FINAL)
        return str(self.folder / LATEST)

    def write(self, path: Path) -> None:
        """Write the whole training to a file, which is there as a whole or not at all."""
        arrays, trainer = self.trainer.state()
        arrays |= {f"log_{name}": history.rows[: len(history)] for name, history in self.histories.items()}
        arrays["recent"] = np.array(self.recent, float)
        arrays["lines"] = np.array([self.best_lines, self.player_lines])
        document = {"format": FORMAT, "version": VERSION, "trainer": trainer, "games": self.episode}
        with written_whole(path) as file:
            pack_archive(file, "tetris", document, arrays)

    @classmethod
    def load(cls, path: Path, others: Mapping[str, Any]) -> WorkerTrainer:
        """Go on from a file that `write` has written. Raise ValueError, with the reason, for any other file."""
        with opened(path) as file:
            archive = Archive(file)
            text = archive.text("tetris")
            arrays = {name: archive.array(name) for name in archive.array_names}
        if text is None:
            raise CheckpointError("not_a_checkpoint", f"{path.name!r} is not a {FORMAT}.")
        check_head(text, FORMAT, VERSION, repr(path.name))
        document = decode(text, dict[str, Any], repr(path.name))
        try:
            trainer = TetrisTrainer.from_state(arrays, document["trainer"], threads=others["threads"])
            resumed = cls(trainer, others)
            resumed._report_again(arrays, int(document["games"]))
        except (KeyError, TypeError) as problem:
            raise CheckpointError("damaged", f"{path.name!r} is incomplete: {problem}.") from None
        return resumed

    def _report_again(self, arrays: Mapping[str, np.ndarray], games: int) -> None:
        """Take up the log of a checkpoint, and have it all as news."""
        self.episode = games
        self.best_lines, self.player_lines = arrays["lines"].tolist()
        self.recent.extend(arrays["recent"].tolist())
        self._best_saved = self.trainer.best_lines
        for name, history in self.histories.items():
            rows = arrays[f"log_{name}"]
            if history.stream is GENERATIONS:
                rows = present_rows(rows)
            if rows.ndim != 2 or rows.shape[1] != len(history.stream.columns) or len(rows) > history.capacity:
                raise CheckpointError("shape", f"The log of {name} has the shape {rows.shape}.")
            history.rows[: len(rows)], history.length = rows, len(rows)
            if len(rows):
                self._news[name] = history.since()

    def _hear(self, progress: Progress) -> None:
        if progress.games:
            lines = [float(game.lines) for game in progress.games]
            self.recent.extend(lines)
            self.best_lines = float(np.nanmax([self.best_lines, *lines]))
            self._append(GAMES, game_columns(progress.games, self.episode + 1))
            self.episode += len(lines)
        if progress.generations:
            self.player_lines = progress.generations[-1].player_lines
            self._append(GENERATIONS, generation_columns(progress.generations, self.trainer.features))

    def _append(self, stream: Stream, columns: Columns) -> None:
        self.histories[stream.name].append(columns)
        self._news[stream.name] = concatenate(self._news.get(stream.name), columns)
