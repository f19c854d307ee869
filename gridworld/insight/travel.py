"""Going back and forth in the past of a run: to a step, to an episode, to where a condition held."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gridworld.insight.replay import Replay, UnknownPastError
from gridworld.storage.keyframes import Keyframe, take
from gridworld.training.conditions import Condition
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession

FAR = 20_000  # steps that a replay goes before it leaves a keyframe on its way, so that the next step back is near
NEAR = 2_000  # steps before its end at which it leaves it
MOST_VISITED = 16
GoOn = Callable[[float], bool]
"""Called now and then with the share of the steps that were looked through; False ends the search."""


def _always(share: float) -> bool:
    return True


class TimeTravel(Replay):
    """Shows a run at any of its moments, as keyframes. A moment is numbered by the steps that were done before it.

    The session is copied when this is made, and nothing it does is seen by the run::

        travel = TimeTravel(session)
        turned = travel.last(Condition("arrow", state=7), before=session.step)
        before = travel.at(turned.step - 1)
    """

    def __init__(self, session: TrainingSession, *arguments: Any, **options: Any) -> None:
        super().__init__(session, *arguments, **options)
        self.visited: list[Keyframe] = []  # keyframes left on the way, to be handed to the next one of this run
        self._go_on: GoOn = _always
        self._done = self._all = 0

    def at(self, step: int, go_on: GoOn = _always) -> Keyframe:
        """Return the run after this many steps, with the changes that were made there.

        Parameters
        ----------
        go_on
            See `GoOn`.

        Raises
        ------
        ValueError
            As `UnknownPastError`, in one sentence, if the run has no such step, or its past doesn't reach it.
        """
        self._go_on, self._done = go_on, 0
        return self._answer(lambda: self._at(self._checked(step)))

    def _at(self, step: int) -> Keyframe:
        session = self._nearest(step, step)
        deadline = self._begin(self._go_on, step - session.step)
        if step - session.step > FAR:
            self._advance(session, step - NEAR, deadline)
            self.visited = [*self.visited[1 - MOST_VISITED :], take(session)]
            self._frames = sorted([*self._frames, self.visited[-1]], key=lambda frame: frame.step)
        self._advance(session, step, deadline)
        session.episodes = int(self.now.checkpoint.document["episodes"])
        return take(session)

    def step_back(self, moment: Keyframe, go_on: GoOn = _always) -> Keyframe:
        """Return the run one step before a moment; the beginning stays. Raises as `at`."""
        return self.at(max(0, moment.step - 1), go_on)

    def episode_back(self, moment: Keyframe, go_on: GoOn = _always) -> Keyframe:
        """Return the run where the episode of a moment began, or, from there, the one before it. Raises as `at`."""
        return self.at(begin_of_episode(moment.step, moment.scene), go_on)

    def last(self, condition: Condition, before: int, go_on: GoOn = _always) -> Keyframe | None:
        """Return the run after the last step before moment `before` by which a condition happened; None: never.

        Parameters
        ----------
        go_on
            See `GoOn`.

        Raises
        ------
        ValueError
            If the world has no such condition; as `UnknownPastError`, if the search was ended or took too long.
        """
        condition.check(self.problem)
        deadline = self._begin(go_on, before)
        return self._answer(lambda: self._last(condition, before - 1, deadline))

    def _last(self, condition: Condition, end: int, deadline: float) -> Keyframe | None:
        for frame in reversed(self._up_to(max(end, 1))):
            if frame.step < end:
                watch = condition.watch()
                self._watched(watch, frame, end, deadline)
                if watch.found is not None:
                    return self._at(watch.found)
                end = frame.step
        if end > 0:
            raise UnknownPastError(f"It did not happen since step {end:,}, {self._why_no_earlier()}")
        return None

    def first(self, condition: Condition, after: int, go_on: GoOn = _always) -> Keyframe | None:
        """Return the run after the first step after moment `after` by which a condition happened; None: not yet.

        Parameters and errors are those of `last`.
        """
        condition.check(self.problem)
        self._go_on, self._done = go_on, 0
        return self._answer(lambda: self._first(condition, self._checked(after)))

    def _first(self, condition: Condition, after: int) -> Keyframe | None:
        start = self._at(after)
        deadline, watch = self._begin(self._go_on, self.now.step - after), condition.watch(stops=True)
        self._watched(watch, start, self.now.step, deadline)
        return None if watch.found is None else self._at(watch.found)

    def _begin(self, go_on: GoOn, steps: int) -> float:
        """Begin to count the steps of a search; return its deadline."""
        self._go_on, self._done, self._all = go_on, 0, max(1, steps)
        return self._deadline()

    def _watched(self, watch: Any, frame: Keyframe, end: int, deadline: float) -> None:
        session = self._session(frame, end - frame.step, watch)
        self._advance(session, end, deadline)

    def _checked(self, step: int) -> int:
        if not 0 <= step <= self.now.step:
            raise UnknownPastError(f"There is no step {step:,}; this run is at step {self.now.step:,}.")
        return step

    def _nearest(self, step: int, until: int) -> TrainingSession:
        """Return a session at the last keyframe up to a step."""
        frames = self._up_to(step + 1)
        if not frames:
            raise UnknownPastError(f"Step {step:,} can't be shown {self._why_no_earlier()}")
        return self._session(frames[-1], until - frames[-1].step)

    def _why_no_earlier(self) -> str:
        first = self._frames[0]
        return (
            f"and the run can't be followed back before its step {first.step:,}: "
            f"{first.checkpoint.document['departures'][0]}"
        )

    def _passed(self, steps: int) -> None:
        self._done += steps
        self._is_wanted()

    def _is_wanted(self) -> bool:
        if not self._go_on(min(1.0, self._done / max(1, self._all))):
            raise UnknownPastError("The search was stopped.")
        return True


def begin_of_episode(step: int, scene: Scene) -> int:
    """Return the moment at which the episode of a scene began; if it begins there, that of the one before it."""
    if scene.episode_step > 0:
        return step - scene.episode_step
    return max(0, step - int(scene.recent[-1, 1])) if len(scene.recent) else 0
