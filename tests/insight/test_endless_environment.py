"""An environment that computes for ever while the past of its run is looked for is ended, with a sentence."""

from __future__ import annotations

import gymnasium as gym
import pytest

from gridworld.insight.past import Past
from gridworld.insight.recent_past import RecentPast
from gridworld.insight.replay import UnknownPastError
from gridworld.insight.travel import TimeTravel
from gridworld.training.conditions import Condition
from gridworld.training.session import TrainingSession
from support.own_environments import LEFT, RELEASE, Coin

STOPPED = "The search was stopped."


class Winding(Coin):
    """Goes right to its end, state 2; once `is_endless` is set, a step computes for ever."""

    is_endless = False

    def __init__(self) -> None:
        self.observation_space, self.action_space = gym.spaces.Discrete(3), gym.spaces.Discrete(2)
        self.state = 0

    def reset(self, *, seed=None, options=None):
        gym.Env.reset(self, seed=seed)
        self.state = 0
        return 0, {}

    def step(self, action):
        try:
            while self.is_endless and not RELEASE.is_set():
                pass
        finally:
            if self.is_endless:
                LEFT.set()
        self.state += 1
        return self.state, 1.0, self.state == 2, False, {}

    def get_state(self):
        return {"state": self.state}

    def set_state(self, state):
        self.state = state["state"]


@pytest.fixture
def session(registries, monkeypatch):
    """A run of which every replay never ends."""
    gym.register("Winding-v0", Winding)
    RELEASE.clear()
    LEFT.clear()
    session = TrainingSession(world="Winding-v0", episodes=0, seed=1)
    session.advance(41)
    monkeypatch.setattr(Winding, "is_endless", True)
    yield session
    RELEASE.set()


QUESTIONS = {
    "the last update": lambda session: Past(session, seconds=0.1).last_update(0, 1),
    "where news came from": lambda session: origins(session),
    "what was learned lately": lambda session: RecentPast(session, seconds=0.1).updates(),
    "a step": lambda session: TimeTravel(session, seconds=0.1).at(20),
    "back to a condition": lambda session: TimeTravel(session, seconds=0.1).last(state(), before=41),
    "on to a condition": lambda session: TimeTravel(session, seconds=0.1).first(state(), after=5),
}


def state():
    return Condition("state", state=1)


def origins(session):
    """Find an update while steps come back, and then ask where its news came from."""
    Winding.is_endless = False
    past = Past(session, seconds=0.1)
    update = past.last_update(0, 1) or past.last_update(0, 0)
    Winding.is_endless = True
    _, end = past.origins(update)
    raise UnknownPastError(end)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_ends_in_a_sentence_and_so_does_what_computed(session, question):
    with pytest.raises(UnknownPastError, match=r"Winding-v0 has not come back within 0\.1 s"):
        QUESTIONS[question](session)
    assert LEFT.wait(30), "the thread that computed has ended"


@pytest.mark.parametrize("question", ["step", "episode", "condition"])
def test_a_search_that_is_stopped_ends_what_computed(session, question):
    travel = TimeTravel(session, seconds=600)
    ask = {
        "step": lambda: travel.step_back(travel.now, lambda share: False),
        "episode": lambda: travel.episode_back(travel.now, lambda share: False),
        "condition": lambda: travel.last(state(), 41, lambda share: False),
    }
    with pytest.raises(UnknownPastError, match=STOPPED):
        ask[question]()
    assert LEFT.wait(30)


def test_what_is_answered_in_time_is_the_same_as_before(session, monkeypatch):
    monkeypatch.setattr(Winding, "is_endless", False)
    moment = TimeTravel(session).step_back(TimeTravel(session).now)
    assert (moment.step, moment.scene.state) == (40, 2)
