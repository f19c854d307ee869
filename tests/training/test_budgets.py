"""No run computes in a click, and none beyond its budget in a poll, however long what is asked for would take."""

import gymnasium as gym
import pytest

from gridworld.runs.commands import Pace, Pause, Start, Step
from gridworld.runs.frame import Status
from gridworld.tetris.game.features import BCTS_FEATURES
from gridworld.tetris.players.demo_run import DemoRun
from gridworld.training.greedy_run import GreedyRun
from gridworld.training.local_run import LocalRun
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from support.own_environments import Coin

BUDGET = 0.005
STEP_COST = 1e-5


class Clock:
    """Time that passes by `tick` with each look at it."""

    def __init__(self, tick=0.0):
        self.now, self.tick = 0.0, tick

    def __call__(self):
        self.now += self.tick
        return self.now


class Costly(TrainingSession):
    """A session of which a step takes 10 microseconds of a clock's time."""

    clock = None

    def advance(self, steps, *episodes):
        before = self.step
        super().advance(steps, *episodes)
        if self.clock:
            self.clock.now += STEP_COST * (self.step - before)


def costly(pace=None, **fields):
    clock = Clock()
    session = Costly(Settings(episodes=0, **fields))
    session.clock = clock
    return LocalRun(session, pace=pace or Pace(100.0), clock=clock), clock


def test_a_poll_flat_out_takes_its_budget_and_little_more():
    run, clock = costly(Pace(None))
    run.send(Start())
    for _ in range(20):
        before = clock.now
        run.poll(BUDGET)
        assert 0 < clock.now - before < 2 * BUDGET
    before = clock.now
    run.poll(BUDGET)
    assert clock.now - before == pytest.approx(BUDGET, rel=0.2)


ENDLESS = [
    {"world": "medium", "hyperparameters": {"initial_value": -10.0, "epsilon": 0.0}, "options": {"step_limit": 0}},
    {"world": "jumps", "options": {"step_limit": 0}},
    {"world": "cliff", "agent": "sarsa", "hyperparameters": {"initial_value": -1000.0, "step_size": 0.01}},
]


@pytest.mark.parametrize("fields", ENDLESS, ids=lambda fields: fields["world"])
def test_an_episode_without_end_is_stepped_in_polls_and_can_be_paused(fields):
    run, clock = costly(**fields)
    run.send(Step(episodes=1_000_000))
    assert (run.step, clock.now) == (0, 0.0), "nothing is computed in the click"
    for _ in range(10):
        before = clock.now
        frame = run.poll(BUDGET)
        assert frame.status is Status.RUNNING
        assert clock.now - before < 2 * BUDGET
    run.send(Pause())
    frame = run.poll(BUDGET)
    assert frame.status is Status.PAUSED
    assert frame.step == run.step > 0
    assert run.poll(BUDGET) is None


def test_an_episode_is_stepped_at_any_pace_and_ends_where_it_ends():
    run, _ = costly(Pace(1.0), world="easy")
    run.send(Step(episodes=2))
    while (frame := run.poll(BUDGET)).status is Status.RUNNING:
        pass
    assert (frame.status, frame.episode, frame.scene.episode_step) == (Status.PAUSED, 2, 0)


@pytest.mark.parametrize(
    "make",
    [
        lambda clock: GreedyRun(TrainingSession(world="medium"), clock=clock),
        lambda clock: DemoRun((-1.0,) * len(BCTS_FEATURES), clock=clock),
    ],
    ids=["greedy policy", "Tetris game"],
)
def test_what_is_played_step_by_step_keeps_its_budget(make):
    run = make(Clock(BUDGET / 4))
    run.send(Step(1_000))
    assert run.step == 0, "nothing is computed in the click"
    frame = run.poll(BUDGET)
    assert frame is None or (frame.status, frame.step <= 4) == (Status.RUNNING, True)
    run.poll(BUDGET)
    run.send(Pause())
    paused = run.poll(BUDGET)
    assert paused.status is Status.PAUSED
    assert paused.step < 10


def test_a_session_that_raises_in_a_step_fails_the_run_once_and_reset_begins_again():
    run, _ = costly()

    def raising(*arguments):
        raise RuntimeError("the ground gave way")

    run.session.advance = raising
    run.send(Step(episodes=1))
    frame = run.poll(BUDGET)
    assert frame.status is Status.FAILED
    assert frame.error.strip().endswith("RuntimeError: the ground gave way")
    for command in (Start(), Step(), Pause()):
        run.send(command)
        assert run.poll(BUDGET) is None


def test_a_slow_environment_is_not_stepped_beyond_the_budget_before_its_speed_is_known(registries):
    """Half a second a step, for which 256 steps would hold a server up for two minutes."""
    clock = Clock()

    class Slow(Coin):
        def step(self, action):
            clock.now += 0.5
            return super().step(action)

    gym.register("Slow-v0", Slow)
    session = TrainingSession(Settings(world="Slow-v0", episodes=0))
    for pace in (Pace(None), Pace(1_000.0, 10)):
        run = LocalRun(session, pace=pace, clock=clock)
        run.send(Start())
        clock.now += 0.1
        before = run.step
        run.poll(BUDGET)
        assert run.step - before <= 1
