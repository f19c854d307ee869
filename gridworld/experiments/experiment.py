"""A plan at work in the background: it can be paused, and what is there so far can be looked at meanwhile."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable

from gridworld.experiments.batch import Batch, BatchResult, run_batch
from gridworld.experiments.comparison import Comparison, so_far
from gridworld.experiments.plan import Plan
from gridworld.runs.frame import Status

SLICE = 0.2  # seconds that a batch should take
MOST_RUNS_OF_BATCH = 500
BETWEEN_RESULTS = 0.4  # seconds
UNSEEN = 60.0  # seconds without a look after which it pauses
NICENESS = 19  # of a thread: the lowest, for pages and their runs are served by the same cores


class EndedError(Exception):
    """Ends a batch of an experiment that was stopped or reset."""


class Experiment:
    """Does the runs of a plan in threads of low priority, a few runs at a time.

    Parameters
    ----------
    plan
        What to run. All contestants get their runs evenly, so that they can be compared early.
    stop_when_decided
        Whether to end as soon as the best contestant is decided, by intervals that may be looked at any time.
    workers
        Threads; None: as many as there are cores.
    clock
        Seconds that have passed.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        stop_when_decided: bool = False,
        workers: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.plan, self.stop_when_decided = plan, stop_when_decided
        self._workers, self._clock = workers or os.cpu_count() or 1, clock
        self._changed = threading.Condition()
        self._begin_again()

    def _begin_again(self) -> None:
        self.status, self.problem = Status.READY, ""
        self.result: Comparison | None = None
        self.revision = 0
        self.stopped_early = self.is_decided = False  # and whether that was why
        self._results: list[BatchResult] = []
        self._taken = {cell.key: 0 for cell in self.plan.cells}
        self._seconds_of_run: dict[str, float] = {}
        self._life = object()  # threads of an earlier one end
        self._active, self._since = 0.0, self._clock()
        self._first = (0.0, 0)  # seconds of work until the first runs were done, compiling included, and how many
        self._seen = self._shown_at = self._clock()
        self._judging = 0  # looks at the runs that are going on

    @property
    def total(self) -> int:
        """How many runs the plan has."""
        return len(self.plan.cells) * self.plan.runs

    @property
    def done(self) -> int:
        """How many runs are done."""
        return sum(len(result.seeds) for result in list(self._results))

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take, by what runs took since the first ones were done; None before that is known."""
        done, (first_at, first) = self.done, self._first
        return (self._worked - first_at) / (done - first) * (self.total - done) if done > first > 0 else None

    @property
    def _worked(self) -> float:
        """Seconds of work, without pauses."""
        return self._active + (self._clock() - self._since if self.status is Status.RUNNING else 0.0)

    @property
    def is_judging(self) -> bool:
        """Whether a newer `result` is on its way."""
        return self._judging > 0

    def look(self) -> None:
        """Report that someone is looking: without looks it pauses after a minute."""
        self._seen = self._clock()

    def start(self) -> None:
        """Begin, or go on."""
        with self._changed:
            if self.status not in (Status.READY, Status.PAUSED):
                return
            is_new = self.status is Status.READY
            self.status, self._since = Status.RUNNING, self._clock()
            self.look()
            if is_new:
                for number in range(self._workers):
                    name = f"experiment-{number}"
                    threading.Thread(target=self._work, args=(self._life,), name=name, daemon=True).start()
            self._changed.notify_all()

    def pause(self) -> None:
        """Rest; nothing is lost."""
        with self._changed:
            if self.status is Status.RUNNING:
                self._rest(Status.PAUSED)
                self._judge_the_rest()

    def stop(self) -> None:
        """End with the runs that are there; their intervals remain those that may be looked at any time."""
        with self._changed:
            if self.status in (Status.RUNNING, Status.PAUSED):
                self.stopped_early = True
                self._rest(Status.FINISHED)
                self._judge_the_rest()

    def reset(self) -> None:
        """Forget all runs."""
        with self._changed:
            self._begin_again()
            self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until it rests, at most this long; return whether it does."""
        with self._changed:
            return self._changed.wait_for(lambda: self.status is not Status.RUNNING, seconds)

    def _rest(self, status: Status) -> None:
        self._active, self.status = self._worked, status
        self._changed.notify_all()

    def _work(self, life: object) -> None:
        """Do batches until there are none left."""
        try:
            if sys.platform == "linux":  # elsewhere a thread has no priority of its own
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
            while (batch := self._next(life)) is not None:
                began = time.thread_time()
                self._wait_while_paused(life)
                result = run_batch(batch, lambda: self._wait_while_paused(life))
                self._take(life, result, time.thread_time() - began)
        except EndedError:
            pass
        except Exception as problem:
            self._fail(life, problem)

    def _wait_while_paused(self, life: object) -> None:
        """Raise `EndedError` where the runs of this life are no longer wanted."""
        with self._changed:
            if self.status is Status.RUNNING and self._clock() - self._seen > UNSEEN:
                self._rest(Status.PAUSED)
            self._changed.wait_for(lambda: self._life is not life or self.status is not Status.PAUSED)
            if self._life is not life or self.status is not Status.RUNNING:
                raise EndedError

    def _next(self, life: object) -> Batch | None:
        """Return the next batch: of the contestant with the fewest runs; None at the end."""
        with self._changed:
            cell = min(self.plan.cells, key=lambda cell: self._taken[cell.key])
            taken = self._taken[cell.key]
            if taken >= self.plan.runs:
                return None
            fitting = SLICE / max(self._seconds_of_run.get(cell.key, SLICE), 1e-6)
            runs = min(max(1, int(fitting)), MOST_RUNS_OF_BATCH, self.plan.runs - taken)
            self._taken[cell.key] += runs
            return self.plan.batch(cell, self.plan.first_seed + taken, runs)

    def _take(self, life: object, result: BatchResult, seconds: float) -> None:
        """Keep what came out of a batch, and now and then compare what is there."""
        with self._changed:
            if self._life is not life:
                return
            self._results.append(result)
            if len(self._results) == self._workers:
                self._first = self._worked, self.done
            self._seconds_of_run[result.cell] = seconds / len(result.seeds)
            is_last = self.done == self.total
            due = self._clock() - self._shown_at >= BETWEEN_RESULTS and not self._judging
            if not (is_last or due):
                return
            self._judging, self._shown_at = self._judging + 1, self._clock()
            results = list(self._results)
        self._judge(life, results, is_last)

    def _judge_the_rest(self) -> None:
        """Compare what came in since the last look, when no more comes."""
        self._judging += 1
        threading.Thread(target=self._judge, args=(self._life, list(self._results), False), daemon=True).start()

    def _judge(self, life: object, results: list[BatchResult], is_last: bool) -> None:
        """Compare runs, and show what was found; what goes wrong is a sentence, and the runs are kept."""
        try:
            found = Comparison(self.plan, results) if is_last and not self.stopped_early else so_far(self.plan, results)
            is_decided = not is_last and self._is_decided(found)
        except Exception as problem:
            with self._changed:
                self._judged(life)
                self._fail(life, problem)
        else:
            self._show(life, found, is_decided, is_last)

    def _is_decided(self, found: Comparison | None) -> bool:
        """Return whether these runs are enough."""
        if found is None or not self.stop_when_decided:
            return False
        return all(found.decision(world=world).is_decided for world in self.plan.worlds)

    def _judged(self, life: object) -> None:
        """Count a look as over."""
        if self._life is life:
            self._judging -= 1

    def _show(self, life: object, found: Comparison | None, is_decided: bool, is_last: bool) -> None:
        with self._changed:
            self._judged(life)
            if self._life is not life:
                return
            newer = self.result is None or (found is not None and found.plan.runs >= self.result.plan.runs)
            if found is not None and newer:
                self.result = found
                self.revision += 1
            unfinished = (Status.RUNNING, Status.PAUSED) if is_last else (Status.RUNNING,)  # paused in its last run
            if self.status in unfinished and (is_last or is_decided):
                self.stopped_early = self.is_decided = is_decided
                self._rest(Status.FINISHED)

    def _fail(self, life: object, problem: Exception) -> None:
        with self._changed:
            if self._life is life:
                expected = isinstance(problem, ValueError)
                self.problem = str(problem) if expected else f"Something went wrong in the program: {problem}"
                self._rest(Status.FAILED)
