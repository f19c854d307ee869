"""Long work on a loop pauses so that others have their turn, and is otherwise as if it ran in one go."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from itertools import count

import pytest

from dashboards.hub.slices import Slicer, pause_point, undivided

WORD: ContextVar[str] = ContextVar("word", default="nobody's")


def overdue() -> Slicer:
    """Slicer that are too long whenever it is asked."""
    return Slicer(count().__next__, count().__next__)


def counted(slices: Slicer, work) -> tuple[object, int]:
    """Return the result of work in slices, and how many turns others had meanwhile."""

    async def both() -> tuple[object, int]:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        other = asyncio.ensure_future(others())
        await asyncio.sleep(0)
        turns = 0
        try:
            return await slices.run(work()), turns
        finally:
            other.cancel()

    return asyncio.run(both())


def deep(times: int) -> int:
    for _ in range(times):
        pause_point()
    return times


async def long_work() -> int:
    return deep(5)


def test_others_have_a_turn_at_each_pause_of_work_that_knows_nothing_of_them():
    assert counted(overdue(), long_work) == (5, 5)


def test_a_slice_that_is_not_over_goes_on():
    assert counted(Slicer(lambda: 0.0, lambda: 0.0), long_work) == (5, 0)


def test_what_is_not_to_be_divided_has_no_pause():
    async def work() -> int:
        with undivided(), undivided():
            deep(3)
        return deep(2)

    assert counted(overdue(), work) == (2, 2)


def test_work_waits_for_others_and_pauses_within_other_work():
    slices = overdue()

    async def work() -> int:
        await asyncio.sleep(0)
        return await slices.run(long_work()) + deep(2)

    result, turns = counted(slices, work)
    assert result == 7
    assert turns >= 7


def test_an_error_reaches_who_waits():
    async def work() -> None:
        deep(2)
        raise KeyError("here")

    with pytest.raises(KeyError, match="here"):
        counted(overdue(), work)


@pytest.mark.parametrize("waits", [True, False], ids=["while it waits", "while it pauses"])
def test_work_that_is_cancelled_ends_as_usual(waits):
    ended = []

    async def work() -> None:
        try:
            while True:
                deep(1)
                if waits:
                    await asyncio.sleep(0)
        finally:
            ended.append(WORD.get())

    async def cancel() -> None:
        WORD.set("the caller's")
        task = asyncio.ensure_future(awaited(overdue().run(work())))
        for _ in range(4):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert ended == ["the caller's"]


async def awaited(work):
    return await work


def test_variables_of_two_works_are_kept_apart():
    async def work(word: str) -> str:
        WORD.set(word)
        await asyncio.sleep(0)
        deep(3)
        return WORD.get()

    async def both() -> list[str]:
        slices = overdue()
        return await asyncio.gather(*(awaited(slices.run(work(word))) for word in ("one", "two")))

    assert asyncio.run(both()) == ["one", "two"]
    assert WORD.get() == "nobody's"


def test_what_is_swapped_in_is_there_in_each_slice_and_nowhere_else():
    state = {"here": "the loop's", "kept": "the work's"}
    seen = []

    def swap() -> None:
        state["here"], state["kept"] = state["kept"], state["here"]

    async def work() -> None:
        for _ in range(3):
            seen.append(state["here"])
            pause_point()
        state["here"] = "the work's, changed"

    async def both() -> None:
        task = asyncio.ensure_future(awaited(overdue().run(work(), swap)))
        while not task.done():
            await asyncio.sleep(0)
            assert state["here"] == "the loop's"

    asyncio.run(both())
    assert seen == ["the work's"] * 3
    assert state["kept"] == "the work's, changed"


def test_the_time_of_the_slices_is_counted():
    slices = overdue()
    counted(slices, long_work)
    assert slices.spent == 6, "one second for each of six slices"


def test_elsewhere_there_is_no_pause():
    with undivided():
        pause_point()
