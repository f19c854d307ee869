"""What is reported of training runs, each of them a session or one of many that are repeated in the same arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Event, local

import numpy as np
from tqdm import tqdm

from gridworld.cli.judge import greedy
from gridworld.cli.progress import between_drawings
from gridworld.cli.runs import too_many
from gridworld.compiled import CAN_COMPILE
from gridworld.experiments.backends import completed, executor_of
from gridworld.experiments.repeated import MOST_STEPS, Beginning, Repeatable, beginnings, is_stepped, repeatable
from gridworld.planning.outcome import PolicyOutcome
from gridworld.runs.history import EPISODES
from gridworld.storage.checkpoint import LAST, mean_of, mean_return
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

RETURN, LENGTH = (list(EPISODES.columns).index(name) for name in ("return", "length"))
_OF_THREAD = local()  # the run to repeat


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
        Of these runs but for their seeds.
    steps
        Where a run ends that has no number of episodes; 0: where it would never end.
    most_listed
        How many episodes of a run may be listed; None: only the last ones are kept.
    stop
        Ends runs on a transition model at once; those in an environment, which have processes of their own, end first.

    Raises
    ------
    ValueError
        If a run is endless, has more episodes than may be listed, or its environment is faulty.
    """
    stepped = is_stepped(settings.make_problem())
    train = partial(_train, settings, steps or MOST_STEPS, most_listed, None if stepped else stop)
    calls = (partial(train, beginning) for beginning in beginnings(settings.seed, runs) if not stop.is_set())
    done: list[TrainedRun] = []
    with (
        _ended_with(stop),
        executor_of("processes" if stepped else "threads") as executor,
        tqdm(total=runs, unit="run", mininterval=between_drawings()) as bar,
        closing(completed(calls, executor)) as results,
    ):
        for run in results:
            if run is not None:
                done.append(run)
                bar.update()
                if most_listed is not None and run.episodes > most_listed:
                    raise ValueError(too_many(run.episodes * runs))
            if stop.is_set():
                break
    return sorted(done, key=lambda run: run.seed)


@contextmanager
def _ended_with(stop: Event) -> Iterator[None]:
    """Let a failure pass where all is to stop: a signal to the whole group ends the processes of runs, too."""
    try:
        yield
    except ValueError:
        if not stop.is_set():
            raise


def _train(
    settings: Settings, steps: int, most_listed: int | None, stop: Event | None, beginning: Beginning
) -> TrainedRun | None:
    """Return a run at its end, or soon after it has more episodes than may be listed; None if it is to stop before."""
    if getattr(_OF_THREAD, "settings", None) != settings:
        _OF_THREAD.run, _OF_THREAD.settings = repeatable(settings, CAN_COMPILE), settings
    run: Repeatable = _OF_THREAD.run
    kept, episodes = np.zeros((2, 0)), 0
    for rows in run.run(beginning, settings.episodes, steps):
        kept, episodes = np.hstack([kept, rows[:, [RETURN, LENGTH]].T]), episodes + len(rows)
        if stop is not None and stop.is_set():
            return None
        if most_listed is None:
            kept = kept[:, -LAST:]
        elif episodes > most_listed:
            break
    last = kept[0, -LAST:]
    return TrainedRun(beginning.seed, run.step, episodes, mean_of(last), len(last), greedy(run), *kept)
