"""No page is blank: one that can't be made shows why, and settings that can't begin a run give way to the default."""

import gymnasium as gym
import pytest

from dashboards.pages import registry
from dashboards.pages.training.opening import new_run
from gridworld.training.settings import Settings
from support.hubs import make_hub


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


@pytest.mark.usefixtures("registries")
def test_settings_that_can_not_begin_a_run_give_way_to_the_default():
    gym.register("OnceOnly-v0", OnceOnly)
    problems = []
    assert new_run(make_hub(), Settings(world="OnceOnly-v0"), problems).settings == Settings()
    assert len(problems) == 1
    assert "sold out" in problems[0]
