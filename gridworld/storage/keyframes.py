"""Moments of a run to go back to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from gridworld.compiled import CAN_COMPILE
from gridworld.storage.checkpoint import Checkpoint, freeze, thaw
from gridworld.training.scene import Scene
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings

MOST = 320
MOST_BYTES = 128 << 20
SHARE = 0.02  # of the time, at most, that goes into taking keyframes


@dataclass(frozen=True, eq=False)
class Keyframe:
    """A run at one step: all of it, its scene, and the settings in force."""

    step: int
    episode: int
    scene: Scene
    checkpoint: Checkpoint
    nbytes: int  # of its arrays; the scene shows the checkpoint's own tables
    settings: Settings


class Keyframes:
    """The keyframes of one run, in the order of their steps: bounded, the first and the last among them.

    As the run grows they are thinned where they are closest. Of a run so large that two keyframes don't fit none is
    kept, and `problem` is a sentence about that.

    Parameters
    ----------
    most, most_bytes
        How many keyframes, and how many bytes all of them may have together.
    share
        The share of the time since the last keyframe that taking the next one may cost; 0 sets no such limit.
    """

    def __init__(
        self,
        most: int = MOST,
        most_bytes: int = MOST_BYTES,
        *,
        share: float = SHARE,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if most < 2:
            raise ValueError(f"{most} keyframes are too few; the first and the last make 2.")
        self.most, self.most_bytes, self.share = most, most_bytes, share
        self._clock = clock
        self._kept: list[Keyframe] = []
        self._rests_until = 0.0
        self.problem = ""

    def offer(self, session: TrainingSession, *, keep: bool = False) -> bool:
        """Take a keyframe if one is due by now; with `keep`, as where a run pauses, if anything has changed at all.

        Return whether one was taken. Call it as often as you like: mostly it does nothing.
        """
        if self._kept and session.step < self._kept[-1].step:
            raise ValueError(f"The run is at step {session.step:,}, before its last keyframe; begin new keyframes.")
        if self.problem or (self._kept and not self._due(session, keep)):
            return False
        began = self._clock()
        self._kept.append(take(session))
        self._thin()
        ended = self._clock()
        self._rests_until = ended + (ended - began) / self.share if self.share else 0.0
        return bool(self._kept)

    def limit(self, most_bytes: int) -> None:
        """Take at most this many bytes from now on."""
        self.most_bytes = most_bytes
        if self.nbytes > most_bytes:
            self._thin()

    def _due(self, session: TrainingSession, keep: bool) -> bool:
        since = session.step - self._kept[-1].step
        if keep:
            return since > 0
        spacing = (session.step - self._kept[0].step) / self.most
        return since > 0 and since >= spacing and self._clock() >= self._rests_until

    def _thin(self) -> None:
        kept = self._kept
        while len(kept) > 2 and (len(kept) > self.most or self.nbytes > self.most_bytes):
            steps = [frame.step for frame in kept]
            gaps = [after - before for before, after in zip(steps, steps[2:], strict=False)]
            del kept[1 + gaps.index(min(gaps))]
        if self.nbytes > self.most_bytes:
            size = f"{kept[-1].nbytes >> 20:,} MiB; at most {self.most_bytes >> 20:,} MiB are kept in all"
            self.problem = f"This run can't be rewound: a keyframe of it has {size}."
            kept.clear()

    @property
    def nbytes(self) -> int:
        """Bytes of all keyframes together."""
        return sum(frame.nbytes for frame in self._kept)

    def near(self, step: int) -> Keyframe:
        """Return the keyframe closest to a step; raise ValueError while there is none."""
        if not self._kept:
            raise ValueError("There is no keyframe yet; the run has not begun.")
        return min(self._kept, key=lambda frame: abs(frame.step - step))

    def index(self, keyframe: Keyframe) -> int:
        """Return the index of a keyframe, or, where it has been thinned out, of the one closest to its step."""
        return self._kept.index(self.near(keyframe.step))

    def __getitem__(self, index: int) -> Keyframe:
        return self._kept[index]

    def __iter__(self) -> Iterator[Keyframe]:
        return iter(tuple(self._kept))

    def __len__(self) -> int:
        return len(self._kept)


def take(session: TrainingSession) -> Keyframe:
    """Return a keyframe of a run at its present step."""
    checkpoint = freeze(session)
    arrays = checkpoint.arrays
    tables = type(session.tables)(*(arrays[f"table_{name}"] for name in session.tables._fields))
    shown = {"action_values": tables.Q, "visits": tables.N, "memory": session.agent.shown(tables)}
    scene = replace(session.scene(), **shown)
    settings = session.settings_in_force
    return Keyframe(session.step, session.episode, scene, checkpoint, checkpoint.nbytes, settings)


def fork(keyframe: Keyframe, *, compiled: bool = CAN_COMPILE) -> TrainingSession:
    """Return a run of its own that goes on from a keyframe, as the first run did unless something is changed."""
    return thaw(keyframe.checkpoint, compiled=compiled)
