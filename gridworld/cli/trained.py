"""What is reported of training runs, each of them a session or one of many that are repeated in the same arrays."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, local

import numpy as np
from tqdm import tqdm

from gridworld.cli.judge import greedy
from gridworld.cli.runs import too_many
from gridworld.experiments.repeated import MOST_STEPS, Beginning, ResetRun, beginnings
from gridworld.planning.outcome import PolicyOutcome
from gridworld.runs.history import EPISODES
from gridworld.storage.checkpoint import LAST, mean_of, mean_return
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

RETURN, LENGTH = (list(EPISODES.columns).index(name) for name in ("return", "length"))


@dataclass(frozen=True, eq=False)
class TrainedRun:
    """A run at its end. `returns` and `lengths` are those of its episodes, float64 [n], if they were asked for."""

    seed: int
    steps: int
    episodes: int
    last_return: float | None  # mean of the last episodes
    last_over: int  # how many
    worth: PolicyOutcome  # of its greedy policy
    returns: np.ndarray
    lengths: np.ndarray


def of_session(session: TrainingSession) -> TrainedRun:
    """Return what is reported of a session."""
    columns = session.history.since()
    last, worth = mean_return(session), greedy(session)
    numbers = session.settings.seed, session.step, session.episode
    return TrainedRun(*numbers, *last, worth, columns["return"], columns["length"])


def repeated_runs(settings: Settings, runs: int, steps: int, most_listed: int | None, stop: Event) -> list[TrainedRun]:
    """Return runs with the seed of the settings and those after it, done on all cores; fewer once `stop` is set.

    Parameters
    ----------
    settings
        Of a world with a transition model.
    steps
        Where a run ends that has no number of episodes; 0: where it would never end.
    most_listed
        How many episodes of a run may be listed; None: only the last ones are kept.

    Raises
    ------
    ValueError
        If a run is endless, or has more episodes than may be listed.
    """
    own, workers = local(), min(runs, os.cpu_count() or 1)
    with (
        ThreadPoolExecutor(workers) as pool,
        tqdm(total=runs, unit="run", mininterval=0.1 if sys.stderr.isatty() else 10) as bar,
    ):

        def work(beginning: Beginning) -> TrainedRun | None:
            if not hasattr(own, "run"):
                own.run = ResetRun(settings)
            kept, episodes = np.zeros((2, 0)), 0
            for rows in own.run.run(beginning, settings.episodes, steps or MOST_STEPS):
                kept, episodes = np.hstack([kept, rows[:, [RETURN, LENGTH]].T]), episodes + len(rows)
                kept = kept if most_listed is not None else kept[:, -LAST:]
                if most_listed is not None and episodes > most_listed:
                    raise ValueError(too_many(episodes * runs))
                if stop.is_set():
                    return None
            bar.update()
            last = kept[0, -LAST:]
            numbers = beginning.seed, own.run.step, episodes, mean_of(last), len(last)
            return TrainedRun(*numbers, greedy(own.run), *kept)

        return [run for run in pool.map(work, beginnings(settings.seed, runs)) if run is not None]
