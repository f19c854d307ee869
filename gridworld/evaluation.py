"""What the greedy policy is worth, found off the tick."""

from __future__ import annotations

from concurrent.futures import Executor

from gridworld.frame import Columns
from gridworld.session import TrainingSession


class Evaluator:
    """Evaluates the greedy policy now and then."""

    def __init__(self, executor: Executor | None = None) -> None:
        self._executor = executor

    def poll(self, session: TrainingSession, resting: bool) -> Columns | None:
        """A finished evaluation, if there is one."""
        return None
