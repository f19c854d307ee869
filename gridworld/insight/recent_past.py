"""What a run has learned lately, found by replaying its last steps."""

from __future__ import annotations

from dataclasses import replace

from gridworld.insight.replay import Replay, UnknownPastError
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession
from gridworld.training.update_watch import LATELY, RecentUpdates, UpdateWatch

PATIENCE = 600.0  # seconds that somebody waits for a picture of a run that is made again from its beginning


class RecentPast(Replay):
    """The updates of the last `LATELY` steps before a moment of a run. No loop pays for what nobody looks at."""

    def updates(self, step: int | None = None) -> RecentUpdates:
        """Return what the steps before a moment did; None: before now.

        A run that can't be made again from its beginning has those since its first keyframe.

        Raises
        ------
        UnknownPastError
            In one sentence, if nothing of that is known, or replaying it takes too long.
        """
        return self._answer(lambda: self._updates(self.now.step if step is None else step))

    def _updates(self, step: int) -> RecentUpdates:
        known = self._up_to(step) or [self.now]
        frame = next((frame for frame in reversed(known) if frame.step <= step - LATELY), known[0])
        if frame.step == step > 0:
            raise UnknownPastError(
                f"What was learned lately is not known: {self.now.checkpoint.document['departures'][0]}"
            )
        watch = UpdateWatch()
        session = self._session(frame, step - frame.step, watch)
        self._advance(session, step, self._deadline())
        return watch.updates()


def with_updates(session: TrainingSession, scene: Scene) -> Scene:
    """Return a scene of a session with what its last steps did. Raises as `RecentPast.updates`."""
    return replace(scene, updates=RecentPast(session, seconds=PATIENCE).updates())
