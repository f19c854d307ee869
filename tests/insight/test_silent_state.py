"""An environment that never comes back from the methods for its state holds nobody up, and is not asked again."""

from __future__ import annotations

import gymnasium as gym
import pytest

from gridworld.errors import CheckpointError
from gridworld.insight.past import Past
from gridworld.insight.recent_past import RecentPast
from gridworld.insight.replay import UnknownPastError
from gridworld.insight.travel import TimeTravel
from gridworld.storage import environment_state
from gridworld.storage.checkpoint import freeze, thaw
from gridworld.training.session import TrainingSession
from support.own_environments import RELEASE, Coin


class Silent(Coin):
    """Once `is_silent` is set, it answers neither for its state nor takes one."""

    is_silent, asked = False, 0

    def get_state(self):
        self._answer()
        return 0

    def set_state(self, state):
        self._answer()

    def _answer(self):
        type(self).asked += 1
        if self.is_silent:
            RELEASE.wait(5)


@pytest.fixture
def session(registries, monkeypatch):
    gym.register("Silent-v0", Silent)
    RELEASE.clear()
    monkeypatch.setattr(environment_state, "PATIENCE", 0.05)
    session = TrainingSession(world="Silent-v0", episodes=0, seed=1)
    session.advance(41)
    yield session
    RELEASE.set()


def fall_silent(monkeypatch):
    monkeypatch.setattr(Silent, "is_silent", True)
    monkeypatch.setattr(Silent, "asked", 0)


@pytest.mark.parametrize("kind", [Past, RecentPast, TimeTravel])
def test_no_past_is_looked_for_where_the_state_never_comes(session, monkeypatch, kind):
    fall_silent(monkeypatch)
    with pytest.raises(UnknownPastError, match="Silent-v0 has not answered for its state"):
        kind(session)


def test_a_run_is_copied_without_the_state_and_the_environment_asked_once(session, monkeypatch):
    assert freeze(session).document["environment"] is not None
    fall_silent(monkeypatch)
    assert [freeze(session).document["environment"] for _ in range(3)] == [None] * 3
    assert Silent.asked == 1


def test_a_state_that_is_never_taken_is_refused(session, monkeypatch):
    checkpoint = freeze(session)
    fall_silent(monkeypatch)
    with pytest.raises(CheckpointError, match="Silent-v0"):
        thaw(checkpoint)
