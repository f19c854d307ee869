"""Loads the world of an address off the loop: one that is large, or slow, or hangs, holds up no other page."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from dashboards.pages.plan_address import plan_of
from dashboards.pages.training.address import from_query
from gridworld.errors import GivenUpError
from gridworld.training.own_thread import give_up, in_own_thread
from gridworld.worlds.problem_cache import PROBLEMS


async def load_asked(arguments: Any) -> None:
    """Load what the arguments of an address name, so that its page finds it loaded, or learns that it takes too long.

    A world that takes too long is given up. The arguments come as the browser sent them, name -> values as bytes; what
    is nothing of the kind is the page's to report.
    """
    with suppress(AttributeError, LookupError, TypeError):
        query = {name: values[0].decode(errors="replace") for name, values in arguments.items()}
        if "world" in query or "plan" in query:
            reading = in_own_thread(lambda: _read(query))
            await asyncio.wait([asyncio.wrap_future(reading)], timeout=PROBLEMS.patience)
            give_up(reading)


def _read(query: dict[str, str]) -> None:
    """Read an address as its page will; what is wrong with it is the page's to report."""
    with suppress(Exception, GivenUpError):
        settings, _ = from_query(query)
        settings.make_problem().prepare()
        if "plan" in query:
            plan_of(query["plan"])
