"""Training until a goal is reached, in one run or several side by side, with a progress bar and a way to stop."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event
from time import perf_counter

from tqdm import tqdm

from gridworld.cli.progress import between_drawings
from gridworld.storage import run_file
from gridworld.training.bound_loop import ENDLESS
from gridworld.training.loop import EPISODE_STEP
from gridworld.training.session import TrainingSession

MOST_LISTED = 1_000_000  # episodes in one JSON object
FEWEST_ROWS = 4096
SHORT, LONG = 0.02, 0.1  # seconds that a slice of training should take
BETWEEN_CHECKPOINTS = 60.0  # seconds


@dataclass(frozen=True)
class Goal:
    """When a run is done, beside having done all its episodes."""

    steps: int | None = None
    is_solved: Callable[[TrainingSession], bool] | None = None  # asked now and then, between two episodes
    most_listed: int | None = None  # the episodes after which a run is too long for its JSON

    def is_past_listing(self, session: TrainingSession) -> bool:
        """Return whether a run has more episodes than its JSON may list."""
        return self.most_listed is not None and session.episode > self.most_listed


def rows_for(episodes: int | None, runs: int) -> int:
    """Return the rows of history that a run needs for every episode to have its own, if all runs are to have a fair
    share."""
    wanted = min(max(episodes or MOST_LISTED, FEWEST_ROWS), max(2, MOST_LISTED // runs))
    return wanted + wanted % 2


def with_rows(session: TrainingSession, rows: int) -> TrainingSession:
    """Return the session with room for this many rows of history, at least."""
    if session.history.capacity >= rows:
        return session
    frozen = run_file.freeze(session)
    return run_file.thaw(
        run_file.Checkpoint({**frozen.document, "capacity": rows}, frozen.arrays), compiled=session.compiled
    )


def train_all(
    sessions: Sequence[TrainingSession], goal: Goal, stop: Event, checkpoint: Callable[[TrainingSession], None]
) -> list[Future[bool]]:
    """Train all sessions until they are done or `stop` is set, and show how far they are.

    Returns
    -------
    For each session a future that is done: whether it solved its world (always False without such a goal), or the
    exception that ended it; where one fails the others stop.
    """
    workers = min(len(sessions), os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool, _progress_bar(sessions, goal) as bar:
        work = [pool.submit(train, session, goal, stop, checkpoint) for session in sessions]
        pending: set[Future[bool]] = set(work)
        while pending:
            done, pending = wait(pending, timeout=0.1, return_when=FIRST_EXCEPTION)
            if any(future.exception() for future in done):
                stop.set()
            _show(bar, sessions, goal)
    return work


def train(
    session: TrainingSession,
    goal: Goal,
    stop: Event,
    checkpoint: Callable[[TrainingSession], None],
    clock: Callable[[], float] = perf_counter,
) -> bool:
    """Train one session until its goal is reached or `stop` is set, and return whether it solved its world.

    `checkpoint` is called with it once a minute in between.
    """
    piece, saved = 1024, clock()
    while not stop.is_set():
        if goal.is_solved is not None and _is_check_due(session) and goal.is_solved(session):
            return True
        left = ENDLESS if goal.steps is None else goal.steps - session.step
        if left <= 0 or session.finished or goal.is_past_listing(session):
            return False
        before, began = session.step, clock()
        session.advance(min(piece, left), ENDLESS if goal.is_solved is None else _until_check(session, session.episode))
        now = clock()
        if now - began > LONG:
            piece = max(1, piece // 2)
        elif now - began < SHORT and session.step - before == piece:
            piece *= 2
        if now - saved > BETWEEN_CHECKPOINTS:
            checkpoint(session)
            saved = clock()
    return False


def too_many(episodes: int) -> str:
    """Return why a run is not printed as JSON."""
    return f"{episodes:,} episodes are too many for JSON, which lists {MOST_LISTED:,} of all runs; leave out --json."


def _until_check(session: TrainingSession, episode: int) -> int:
    """Return the episodes until the greedy policy is checked again: 1 at first, 10 from episode 100 on, ...

    Where a check takes episodes of its own there are a tenth as many. They depend on the number of the episode only, so
    that a run that was resumed solves its world as if it had never stopped.
    """
    every = 10 ** max(0, len(str(episode)) - 2) * (1 if session.problem.phases else 10)
    return every - episode % every


def _is_check_due(session: TrainingSession) -> bool:
    between = session.arrays()["position"][EPISODE_STEP] == 0
    return between and session.episode > 0 and _until_check(session, session.episode - 1) == 1


def _progress_bar(sessions: Sequence[TrainingSession], goal: Goal) -> tqdm:
    """Return a progress bar on standard error; a terminal shows it move, a file gets a line now and then."""
    total = len(sessions) * goal.steps if goal.steps else sum(session.episodes for session in sessions)
    return tqdm(
        total=total or None,
        unit="step" if goal.steps else "episode",
        unit_scale=True,
        mininterval=between_drawings(),
    )


def _show(bar: tqdm, sessions: Sequence[TrainingSession], goal: Goal) -> None:
    done = sum(session.step if goal.steps else session.episode for session in sessions)
    bar.update(done - bar.n)
