"""A link to a moment of a run as it is shown: the parts of an address that name it, and the button that gives it.

The parts are `when=step:12345` (steps done), `cell=3,4` (row and column counted from 0, or the number of a state),
`colour=visits` (what the colours mean) and `tab=rewind` (the tab that is open). They have no version: a part keeps its
meaning, and a later program may add parts. One that is not known is left out with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.controls.number_field import TypedText
from dashboards.pages.downloads import button
from dashboards.pages.training.place import read_place
from dashboards.style.widgets import WIDE
from gridworld.training.loop import LONGEST_RUN
from gridworld.worlds.problem import Problem

PARTS = ("when", "cell", "colour", "tab")
STEP = "step:"
NO_COLOUR = "none"


@dataclass(frozen=True)
class MomentView:
    """What a link shows beside the run: a step, a state, a colour and a tab; None where it has none."""

    step: int | None = None
    state: int | None = None
    colour: str | None = None  # the name of an overlay, "" for none
    tab: str | None = None  # its title

    def __bool__(self) -> bool:
        return self != MomentView()


def read_view(
    query: Mapping[str, str], problem: Problem, colours: Iterable[str], tabs: Iterable[str]
) -> tuple[MomentView, list[str]]:
    """Return what an address asks to be shown, and a sentence for each part that was refused.

    Parameters
    ----------
    colours
        The names of the overlays that are offered.
    tabs
        The titles of the tabs.
    """
    readers: dict[str, tuple[str, Callable[[str], Any]]] = {
        "when": ("step", _step),
        "cell": ("state", lambda text: read_place(problem, text)),
        "colour": (
            "colour",
            lambda text: _one_of(text, {name or NO_COLOUR: name for name in colours}, "colour"),
        ),
        "tab": ("tab", lambda text: _one_of(text, {word_of(title): title for title in tabs}, "tab")),
    }
    found: dict[str, Any] = {}
    problems = []
    for part, (name, read) in readers.items():
        if part in query:
            try:
                found[name] = read(query[part])
            except ValueError as problem_found:
                problems.append(f"In the address, {part}: {problem_found}")
    return MomentView(**found), problems


def to_parts(step: int, place: str, colour: str, tab: str) -> dict[str, str]:
    """Return the parts of an address that show a moment; `place` is "" where no cell is chosen."""
    cell = {"cell": place.replace(" ", "")} if place else {}
    return {"when": f"{STEP}{step}", **cell, "colour": colour or NO_COLOUR, "tab": word_of(tab)}


def word_of(title: str) -> str:
    """Return a title as an address has it."""
    return title.lower().replace(" ", "-")


def _step(text: str) -> int:
    number = text.removeprefix(STEP)
    if not text.startswith(STEP) or not (number.isascii() and number.isdecimal()) or len(number) > 16:
        raise ValueError(f"“{text[:40]}” is not a moment of a run; write the steps done, such as step:12345.")
    if int(number) > LONGEST_RUN:
        raise ValueError(f"Step {int(number):,} is beyond the {LONGEST_RUN:,} steps that a run can have.")
    return int(number)


def _one_of(text: str, choices: Mapping[str, str], what: str) -> str:
    if text not in choices:
        raise ValueError(f"There is no {what} “{text[:40]}” here; choose one of {', '.join(choices)}.")
    return choices[text]


class MomentLink:
    """The button that shows a link to what is on the page, and the field to copy it from.

    `make()` returns the link.
    """

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make
        self.button = button("Link to this moment", "link", self._show)
        label = "This moment: the same run, step, cell, colours and tab (select all and copy)"
        self.field = TypedText(
            label=label, size="small", visible=False, sx={"& input": {"fontFamily": "monospace"}}, **WIDE
        )

    def _show(self) -> None:
        self.field.write(self._make())
        self.field.visible = True
