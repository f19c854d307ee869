"""What several tests share."""

from __future__ import annotations

import os
import sys

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

from gridworld.agents import AGENTS
from gridworld.training.session import TrainingSession
from gridworld.worlds.named import WORLDS
from support.fingerprint import fingerprint

settings.register_profile("gridworld", deadline=None)  # no test measures time
settings.load_profile("gridworld")


MOSTLY_WAITS = "tests/browser/test_connection.py"


class OneBrowserAtATime(LoadFileScheduling):
    """Gives each file to one process, and all files that keep a browser busy to the same."""

    def _split_scope(self, nodeid: str) -> str:
        scope = super()._split_scope(nodeid)
        return "browser" if scope.startswith("tests/browser/") and scope != MOSTLY_WAITS else scope


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return OneBrowserAtATime(config, log)


@pytest.fixture
def assert_same():
    """Asserts that two sessions agree bit for bit."""

    def check(one: TrainingSession, other: TrainingSession) -> None:
        for mine, theirs in zip(fingerprint(one), fingerprint(other), strict=True):
            np.testing.assert_array_equal(mine, theirs)

    return check


@pytest.fixture(scope="session", autouse=True)
def library_of_the_tests(tmp_path_factory):
    """Runs, trainings and players are kept in folders of the tests, also by servers and commands that a test starts."""
    os.environ["GRIDWORLD_RUNS"] = str(tmp_path_factory.mktemp("runs"))
    os.environ["GRIDWORLD_TETRIS"] = str(tmp_path_factory.mktemp("tetris"))
    os.environ["GRIDWORLD_WORLDS"] = str(tmp_path_factory.mktemp("worlds"))


@pytest.fixture
def registries():
    """Takes back what a test registers, and forgets the files that it loads."""
    shared = (AGENTS, WORLDS, gym.registry)
    before, modules = [dict(registry) for registry in shared], set(sys.modules)
    yield
    for registry, original in zip(shared, before, strict=True):
        registry.clear()
        registry.update(original)
    for name in set(sys.modules) - modules:
        if name.startswith("loaded_"):
            del sys.modules[name]
