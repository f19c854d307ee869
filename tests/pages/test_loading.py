"""Worlds are loaded off the loop, and one that never comes is given up in a sentence."""

from __future__ import annotations

import asyncio
from threading import Event, get_ident
from types import SimpleNamespace

import gymnasium as gym
import pytest

from dashboards.live.background import load_first
from dashboards.pages.loading import load_asked
from dashboards.pages.training.address import from_query
from gridworld.training.settings import Settings
from gridworld.worlds.problem import load_problem
from gridworld.worlds.problem_cache import PROBLEMS
from support.own_environments import Coin


@pytest.fixture
def made(registries):
    """The threads in which an environment was made; it comes back once `release` is set."""
    made = SimpleNamespace(threads=[], release=Event())

    class Waiting(Coin):
        def __init__(self):
            made.threads.append(get_ident())
            made.release.wait(60)
            super().__init__()

    gym.register("Waiting-v0", Waiting)
    yield made
    made.release.set()


def arguments(**query):
    return {name: [value.encode()] for name, value in query.items()}


def test_a_world_that_an_address_names_is_loaded_in_another_thread(made):
    made.release.set()
    asyncio.run(load_asked(arguments(world="Waiting-v0")))
    settings, problems = from_query({"world": "Waiting-v0"})
    assert (settings.world, problems) == ("Waiting-v0", [])
    assert made.threads
    assert get_ident() not in made.threads


def test_what_sampling_and_drawing_need_of_a_world_is_worked_out_there_too():
    asyncio.run(load_asked(arguments(world="open_31")))
    model = load_problem("open_31").phases[0][1]
    assert {"cumulative", "start_cumulative", "best_reward"} <= set(vars(model))


def test_the_loop_goes_on_and_a_world_that_never_comes_is_given_up_in_a_sentence(made, monkeypatch):
    monkeypatch.setattr(PROBLEMS, "patience", 0.3)
    turns = []

    async def serve():
        asked = asyncio.ensure_future(load_asked(arguments(world="Waiting-v0")))
        while not asked.done():
            turns.append(1)
            await asyncio.sleep(0)

    asyncio.run(serve())
    assert len(turns) > 100
    settings, problems = from_query({"world": "Waiting-v0"})
    assert settings == Settings()
    assert problems == [
        "In the address: The world is not there after 0.3 s of loading; choose another one. The default is used."
    ]
    assert len(made.threads) == 1, "it is not waited for again"


def test_an_address_without_sense_is_left_to_its_page():
    asyncio.run(load_asked(arguments(world="nowhere", plan="[[", seed="x")))


@pytest.mark.parametrize("odd", [None, [], {"world": 5}, {"world": []}, {"world": ["text"]}, {5: [b"x"]}])
def test_arguments_that_no_browser_sends_are_left_to_their_page(odd):
    asyncio.run(load_asked(odd))


def test_a_form_waits_for_a_world_in_another_thread(made):
    made.release.set()
    done = []
    load_first(
        Settings(world="Waiting-v0").make_problem, lambda: done.append(Settings(world="Waiting-v0").make_problem())
    )
    assert done[0].name == "Waiting-v0"
    assert get_ident() not in made.threads


def test_what_a_load_raises_is_left_to_what_follows():
    done = []
    load_first(Settings(world="nowhere").make_problem, lambda: done.append(1))
    assert done == [1]


@pytest.fixture
def left(registries, monkeypatch):
    """Is set once an environment that is made for ever, `Spinning-v0`, was ended."""
    left, release = Event(), Event()

    class Spinning(Coin):
        def __init__(self):
            try:
                while not release.is_set():
                    pass
            finally:
                left.set()

    gym.register("Spinning-v0", Spinning)
    monkeypatch.setattr(PROBLEMS, "patience", 0.3)
    yield left
    release.set()


LOADS = {
    "an address": lambda: asyncio.run(load_asked(arguments(world="Spinning-v0"))),
    "a form": lambda: load_first(Settings(world="Spinning-v0").make_problem, lambda: None),
}


@pytest.mark.parametrize("load", LOADS)
def test_a_world_whose_making_never_ends_is_ended_and_refused(load, left):
    LOADS[load]()
    settings, problems = from_query({"world": "Spinning-v0"})
    assert settings == Settings()
    assert "not there after 0.3 s" in problems[0]
    assert left.wait(30), "the thread that made it has ended"
