"""The form in which a condition is chosen: what has to happen, and the cell, action and number it is about."""

from __future__ import annotations

from typing import Any

from dashboards.controls.number_field import TypedText
from dashboards.pages.training.place import has_rows, read_place, written_place
from dashboards.style.choice import choice
from dashboards.style.widgets import html, problem_html, row
from gridworld.training.conditions import ACTION, CONDITIONS, NUMBER, STATE, Condition
from gridworld.worlds.problem import Problem

SMALL: dict[str, Any] = {"margin": (7, 0, 3, 0)}
NO_ACTIONS = {"–": 0}


class ConditionForm:
    """The parts of a condition, of which those are shown that its kind needs: `panel`, and above it `problem`."""

    def __init__(self, problem: Problem) -> None:
        labels = {kind.label[:1].upper() + kind.label[1:]: name for name, kind in CONDITIONS.items()}
        self.kind = choice("Condition", small=True, options=labels, value="arrow", width=250, **SMALL)
        self.place = TypedText(label="Cell: row, column", size="small", max_length=40, width=140, **SMALL)
        self.action = choice("Action", small=True, options=NO_ACTIONS, width=110, **SMALL)
        self.number = TypedText(label="Number", size="small", max_length=40, width=110, **SMALL)
        self.problem = html("", sizing_mode="stretch_width")
        self.panel = row(self.kind, self.place, self.action, self.number, gap="0 8px", flex_wrap="wrap")
        self.kind.param.watch(lambda event: self._show_needs(), "value")
        self.place.param.watch(lambda event: self._typed(), "value")
        self.begin(problem)

    def begin(self, problem: Problem) -> None:
        """Ask about another world."""
        self._problem = problem
        self.place.label = "Cell: row, column" if has_rows(problem) else "State"
        self.place.write("")
        self._offer_actions()
        self.complain("")
        self._show_needs()

    def choose(self, state: int, action: int) -> None:
        """Be about a cell that was chosen elsewhere, and one of its actions."""
        self.place.write(written_place(self._problem, state))
        self._offer_actions(state)
        if action in self.action.options.values():
            self.action.value = action

    def complain(self, text: str) -> None:
        """Show above the fields why they can't be used; "" takes that away."""
        self.problem.object = problem_html(text)

    def read(self) -> Condition:
        """Return the condition as it was entered.

        Raises
        ------
        ValueError
            In one sentence, if a field that is needed is empty or makes no sense.
        """
        needs = CONDITIONS[self.kind.value].needs if self.kind.value in CONDITIONS else ()
        state = read_place(self._problem, self.place.value) if STATE in needs else 0
        action = int(self.action.value) if ACTION in needs else 0
        number = read_finite(self.number.value) if NUMBER in needs else 0.0
        condition = Condition(self.kind.value, state, action, number)
        condition.check(self._problem)
        return condition

    def _typed(self) -> None:
        """Offer the actions of the cell that was typed; why it names none is reported when it is used."""
        self.complain("")
        try:
            self._offer_actions(read_place(self._problem, self.place.value))
        except ValueError as problem:
            self._offer_actions()
            if self.place.value.strip():
                self.complain(str(problem))

    def _offer_actions(self, state: int | None = None) -> None:
        names = self._problem.actions if state is None else self._problem.actions_of(state)
        options = {name: i for i, name in enumerate(names)} or NO_ACTIONS
        if options != self.action.options:
            self.action.param.update(options=options, value=0)

    def _show_needs(self) -> None:
        needs = CONDITIONS[self.kind.value].needs
        self.complain("")
        for widget, part in ((self.place, STATE), (self.action, ACTION), (self.number, NUMBER)):
            widget.visible = part in needs


def read_finite(text: str) -> float:
    """Return the number that a text means.

    Raises
    ------
    ValueError
        In one sentence, if it means none.
    """
    try:
        number = float(text.replace("−", "-"))
    except ValueError:
        number = float("nan")
    if not abs(number) < float("inf"):
        entered = f"“{text[:40]}” is not a number to compare with; write one" if text.strip() else "Write a number"
        raise ValueError(f"{entered}, such as 0.5.")
    return number
