"""The past of a run, as far as its keyframes and the replay between them reach."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from gridworld.compiled import CAN_COMPILE
from gridworld.insight.traced_step import TracedStep, trace_step
from gridworld.insight.update import Pair, Update, last_update
from gridworld.storage.checkpoint import resumes_exactly, thaw
from gridworld.storage.keyframes import Keyframe, take
from gridworld.training.session import TrainingSession
from gridworld.training.watch import watch_value

CHUNK = 200_000  # steps between two looks at the clock
SHORT = 10_000  # steps up to which a plain loop is not worth compiling
RETURNING = 1_000_000  # steps that are looked through for values that left and came back to the same bits
SECONDS = 10.0
MOST_ORIGINS = 12


class UnknownPastError(ValueError):
    """The past of a run can't be found; the sentence says why."""


class Past:
    """What a run did until now. It shares nothing with the run that changes, so any thread may ask it.

    Parameters
    ----------
    session
        The run, as it is at this moment.
    keyframes
        Of this run, in the order of their steps.
    seconds
        How long one question may take.

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
        seconds: float = SECONDS,
        compiled: bool = CAN_COMPILE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if problem := resumes_exactly(session):
            raise UnknownPastError(f"The updates of this run can't be found by replay. {problem}")
        kept = [frame for frame in keyframes if frame.step < session.step]
        self.now = take(session)
        self.problem = session.problem
        self._frames = [*kept, self.now]
        self._interventions = tuple(session.interventions)
        self._may_begin = not session.departures
        self._seconds, self._compiled, self._clock = seconds, compiled, clock

    def last_update(self, state: int, action: int, before: Update | None = None) -> Update | None:
        """Return the update that gave Q(state, action) the value it has, or had just before another update.

        None if it still has its initial value. A value that left and came back to the same bits counts as changed in
        about the last million steps; further back only changes that are left between two keyframes count.

        Raises
        ------
        UnknownPastError
            In one sentence, if the change is too far back to be found in the time there is.
        """
        self._check(state, action)
        deadline = self._clock() + self._seconds
        pair = state, action
        if before is not None:
            earlier = last_update(self._traced(before.step, deadline), pair, before.order)
            if earlier is not None:
                return earlier
        step = self._last_change(pair, self.now.step if before is None else before.step - 1, deadline)
        return None if step is None else last_update(self._traced(step, deadline), pair)

    def origins(self, update: Update, most: int = MOST_ORIGINS) -> tuple[list[Update], str]:
        """Return where the news of an update came from: the update before that gave its next value, and so on.

        The newest comes first. The sentence says with what the list ends: a reward, an initial value, or a limit.
        """
        links: list[Update] = []
        latest = update
        while latest.terms is not None:
            target = latest.terms.target
            if target.next_pair is None:
                return links, f"It began with the reward {target.rewards[-1]:g}, after which the episode ended."
            if len(links) == most:
                return links, f"Only the last {most} updates before it are shown."
            try:
                earlier = self.last_update(*target.next_pair, before=latest)
            except UnknownPastError as problem:
                return links, str(problem)
            if earlier is None:
                return links, "It began with a reward: the value that followed was still the initial one."
            links.append(earlier)
            latest = earlier
        return links, "How the update before was made is not known: the agent's rule has a form of its own."

    def _check(self, state: int, action: int) -> None:
        """Raise ValueError for what the world doesn't have."""
        states, actions = self.now.scene.action_values.shape
        if not 0 <= state < states:
            raise ValueError(f"There is no state {state}; this world has the states 0 to {states - 1:,}.")
        if not 0 <= action < min(actions, len(self.problem.actions_of(state))):
            raise ValueError(
                f"State {state} has no action {action}; it has 0 to {len(self.problem.actions_of(state)) - 1}."
            )

    def _last_change(self, pair: Pair, until: int, deadline: float) -> int | None:
        """Return the last step up to `until` that changed a value."""
        frames = self._up_to(until)
        looked_through, end = 0, until
        value, visits = None, None
        for frame in reversed(frames):
            then, count = float(frame.scene.action_values[pair]), int(frame.scene.visits[pair])
            differs = value is None or then != value
            may_return = count != visits and looked_through < RETURNING
            if end > frame.step and (differs or may_return):
                looked_through += end - frame.step
                step = self._watched(frame, pair, end, deadline)
                if step is not None:
                    return step
            value, visits, end = then, count, frame.step
        return None

    def _up_to(self, step: int) -> list[Keyframe]:
        """Return the keyframes before a step; the first is the beginning of the run where that can be made again."""
        if self._frames[0].step > 0 and self._may_begin:
            document = self._frames[0].checkpoint.document
            settings = self._session(self._frames[0], self._compiled).settings
            begun = TrainingSession(settings, compiled=self._compiled, stepped=document["stepped"])
            self._frames.insert(0, take(begun))
        return [frame for frame in self._frames if frame.step < step]

    def _watched(self, frame: Keyframe, pair: Pair, until: int, deadline: float) -> int | None:
        """Return the last step up to `until` that changed a value after a keyframe."""
        session = self._session(frame, self._compiled and until - frame.step > SHORT)
        watch = watch_value(session.tables.Q, *pair)
        session.watch(watch)
        self._advance(session, until, deadline)
        return int(watch.changed[0]) if watch.changed[0] >= 0 else None

    def _traced(self, step: int, deadline: float) -> TracedStep:
        """Return what a step wrote, by its number."""
        frame = self._up_to(step)[-1]
        session = self._session(frame, self._compiled)
        self._advance(session, step - 1, deadline)
        return trace_step(self._session(take(session), compiled=False))

    def _session(self, frame: Keyframe, compiled: bool) -> TrainingSession:
        """Return the run at a keyframe; what it was to change at its next episode comes with the interventions."""
        document = {**frame.checkpoint.document, "pending": {}, "episodes": 0}
        return thaw(replace(frame.checkpoint, document=document), compiled=compiled)

    def _advance(self, session: TrainingSession, step: int, deadline: float) -> None:
        """Do what the run did up to a step, with the changes that were made in it, the one at this step included."""
        for change in self._interventions[len(session.interventions) :]:
            if change.step > step:
                break
            self._do(session, change.step, deadline)
            session.configure(change.changes)
        self._do(session, step, deadline)

    def _do(self, session: TrainingSession, step: int, deadline: float) -> None:
        while session.step < step:
            session.advance(min(CHUNK, step - session.step))
            if session.step < step and self._clock() > deadline:
                raise UnknownPastError(
                    f"The answer lies too far back: replaying {step - session.step:,} more steps takes longer than "
                    f"{self._seconds:g} s."
                )
