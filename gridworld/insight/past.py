"""The past of a run, as far as its keyframes and the replay between them reach."""

from __future__ import annotations

from gridworld.insight.replay import Replay, UnknownPastError
from gridworld.insight.traced_step import TracedStep, trace_step
from gridworld.insight.update import Pair, Update, last_update
from gridworld.storage.checkpoint import thaw
from gridworld.storage.keyframes import Keyframe, take
from gridworld.training.watch import Happening, Watch

RETURNING = 1_000_000  # steps that are looked through for values that left and came back to the same bits
MOST_ORIGINS = 12


class Past(Replay):
    """The updates of action values that a run made until now, found by replay."""

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
        return self._answer(lambda: self._last_update((state, action), before))

    def _last_update(self, pair: Pair, before: Update | None) -> Update | None:
        deadline = self._deadline()
        if before is not None:
            earlier = last_update(self._traced(before.step, deadline), pair, before.order)
            if earlier is not None:
                return earlier
        step = self._last_change(pair, self.now.step if before is None else before.step - 1, deadline)
        return None if step is None else last_update(self._traced(step, deadline), pair)

    def origins(self, update: Update, most: int = MOST_ORIGINS) -> tuple[list[Update], str]:
        """Return where the news of an update came from: the update before that gave its next value, and so on.

        The newest comes first. The sentence names what the list ends with: a reward, an initial value, or a limit.
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
        return links, "How the previous update was made is not known: the agent's rule has a form of its own."

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

    def _watched(self, frame: Keyframe, pair: Pair, until: int, deadline: float) -> int | None:
        """Return the last step up to `until` that changed a value after a keyframe."""
        watch = Watch(Happening.CHANGE, *pair)
        session = self._session(frame, until - frame.step, watch)
        self._advance(session, until, deadline)
        return watch.found

    def _traced(self, step: int, deadline: float) -> TracedStep:
        """Return what a step wrote, by its number."""
        frame = self._up_to(step)[-1]
        session = self._session(frame, step - 1 - frame.step)
        self._advance(session, step - 1, deadline)
        return trace_step(thaw(take(session).checkpoint, compiled=False))
