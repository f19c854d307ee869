"""No page is blank: one that can't be made shows why, and settings that can't begin a run give way to the default."""

import gymnasium as gym
import pytest

from dashboards.hub.hub import Limits
from dashboards.hub.memory import MB
from dashboards.hub.shared_run import SharedRun
from dashboards.pages import registry
from dashboards.pages.training.opening import new_run, training
from gridworld.runs.commands import Step
from gridworld.runs.frame import Frame, Status
from gridworld.runs.recorded import RecordedRun
from gridworld.training.settings import Settings
from support.clock import Clock
from support.hubs import make_hub
from support.own_environments import own_environments


def test_a_page_that_can_not_be_made_shows_why(monkeypatch, caplog):
    monkeypatch.setitem(registry.PAGES, "", registry.PageEntry("Broken", "dashboards.pages.training.nowhere:page"))
    page = registry.page(make_hub())
    assert "Something went wrong in the program: No module named" in page.main[0].object
    assert "ModuleNotFoundError" in caplog.text


class OnceOnly(gym.Env):
    """It can be made once: to be looked at, but not to be trained in."""

    observation_space, action_space = gym.spaces.Discrete(2), gym.spaces.Discrete(2)
    made = 0

    def __init__(self):
        OnceOnly.made += 1
        if OnceOnly.made > 1:
            raise RuntimeError("sold out")

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        return 0, {}

    def step(self, action):
        return 1, 0.0, True, False, {}


def test_settings_that_can_not_begin_a_run_give_way_to_the_default():
    problems = []
    hub = make_hub(limits=Limits(memory=4 * MB))
    assert new_run(hub, Settings(world="open_300"), problems).settings == Settings()
    assert len(problems) == 1
    assert "Choose a smaller world" in problems[0]


@pytest.mark.usefixtures("registries")
def test_an_environment_that_can_not_be_made_again_ends_its_run_with_the_reason():
    gym.register("OnceOnly-v0", OnceOnly)
    problems = []
    shared = new_run(make_hub(), Settings(world="OnceOnly-v0"), problems)
    assert not problems
    shared.send(Step(), "step", "Step")
    while shared.session is None or shared.status is Status.RUNNING:
        shared.work(1.0, 0.0)
    assert shared.status is Status.FAILED
    assert "sold out" in shared.frame.error


@pytest.mark.parametrize("is_stuck", [False, True])
def test_an_address_finds_its_run_also_while_that_waits_for_its_environment(is_stuck):
    with own_environments():
        hub = make_hub(Clock())
        shared = hub.runs.create(Settings(world="Stuck-v0"))
        if is_stuck:
            shared.send(Step(5), "step", "Step")
            while shared.session is not None:
                shared.work(0.005, 0.0)
        assert training(hub, shared.id) is shared
        other = hub.runs.add(SharedRun(RecordedRun([Frame(0, Status.READY, 0, 0)])))
        assert training(hub, other.id) is None
