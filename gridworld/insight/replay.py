"""A run that is done again from the keyframes that were kept of it: the same bits, at the speed of its loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from gridworld.compiled import CAN_COMPILE
from gridworld.storage.checkpoint import resumes_exactly, thaw
from gridworld.storage.keyframes import Keyframe, take
from gridworld.training.own_thread import within
from gridworld.training.session import TrainingSession
from gridworld.training.watch import Watch

T = TypeVar("T")
CHUNK = 200_000  # steps between two looks at the clock
GRACE = 1.0  # seconds that an environment has beyond the time of a question, before it is ended
SHORT = 10_000  # steps up to which a plain loop is not worth compiling


class UnknownPastError(ValueError):
    """The past of a run can't be found; the sentence gives the reason."""


class Replay:
    """What a run did until now. It shares nothing with the run that changes, so any thread may ask it.

    Parameters
    ----------
    session
        The run, as it is at this moment.
    keyframes
        Of this run, in any order.
    seconds
        How long one question may take; an environment that computes for longer is ended.

    Raises
    ------
    UnknownPastError
        In one sentence, if the run's environment can't be put back into an episode.
    """

    def __init__(
        self,
        session: TrainingSession,
        keyframes: Iterable[Keyframe] = (),
        *,
        seconds: float = 10.0,
        compiled: bool = CAN_COMPILE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.now = take(session)  # which shows whether an environment gives its state
        if problem := resumes_exactly(session):
            raise UnknownPastError(f"The past of this run can't be found by replay. {problem}")
        kept = [frame for frame in keyframes if frame.step < session.step]
        self.problem = session.problem
        self._frames = [*sorted(kept, key=lambda frame: frame.step), self.now]
        self._interventions = tuple(session.interventions)
        self._may_begin, self._is_stepped = not session.departures, session.stepped
        self._seconds, self._compiled, self._clock = seconds, compiled, clock

    def _answer(self, question: Callable[[], T]) -> T:
        """Return the answer to a question; where steps ask an environment, from a thread that can be ended."""
        if not self._is_stepped:
            return question()
        try:
            return within(self._seconds + GRACE, question, self._is_wanted)
        except TimeoutError:
            raise UnknownPastError(
                f"The answer was given up: {self.problem.name} has not come back within {self._seconds:g} s of being "
                "replayed."
            ) from None

    def _is_wanted(self) -> bool:
        """Return whether to go on; it may raise UnknownPastError to end the question."""
        return True

    def _deadline(self) -> float:
        return self._clock() + self._seconds

    def _up_to(self, step: int) -> list[Keyframe]:
        """Return the keyframes before a step; the first is the beginning of the run where that can be made again."""
        if self._frames[0].step > 0 and self._may_begin:
            document = self._frames[0].checkpoint.document
            settings = self._session(self._frames[0], 0).settings
            begun = TrainingSession(settings, compiled=self._compiled, stepped=document["stepped"])
            self._frames.insert(0, take(begun))
        return [frame for frame in self._frames if frame.step < step]

    def _session(self, frame: Keyframe, steps: int, watch: Watch | None = None) -> TrainingSession:
        """Return the run at a keyframe, to do some steps of it and perhaps look out for something.

        What it was to change at its next episode comes with the interventions. Few steps are not worth compiling for.
        """
        document = {**frame.checkpoint.document, "pending": {}, "episodes": 0}
        checkpoint = replace(frame.checkpoint, document=document)
        session = _looking_out(thaw(checkpoint, compiled=self._compiled), watch)
        if steps <= SHORT and not session.is_compiled:
            return _looking_out(thaw(checkpoint, compiled=False), watch)
        return session

    def _advance(self, session: TrainingSession, step: int, deadline: float) -> None:
        """Do what the run did up to a step, with the changes that were made in it, the one at this step included."""
        for change in self._interventions[len(session.interventions) :]:
            if change.step > step:
                break
            self._do(session, change.step, deadline)
            if session.step < change.step:  # a watch has stopped it
                return
            session.configure(change.changes)
        self._do(session, step, deadline)

    def _do(self, session: TrainingSession, step: int, deadline: float) -> None:
        while session.step < step:
            before = session.step
            session.advance(min(CHUNK, step - before))
            if session.step == before:  # a watch has stopped it
                return
            self._passed(session.step - before)
            if session.step < step and self._clock() > deadline:
                raise UnknownPastError(
                    f"The answer lies too far back: replaying {step - session.step:,} more steps takes longer than "
                    f"{self._seconds:g} s."
                )

    def _passed(self, steps: int) -> None:
        """Take note of steps that were replayed; it may raise UnknownPastError to end the question."""


def _looking_out(session: TrainingSession, watch: Watch | None) -> TrainingSession:
    if watch is not None:
        session.watch(watch)
    return session
