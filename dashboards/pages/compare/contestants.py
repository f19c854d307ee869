"""The part of the form that names the contestants: a list of them, and the fields of the one that is chosen."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.choice_field import ChoiceField
from dashboards.controls.choices import agent_choices
from dashboards.controls.fields import field_of
from dashboards.pages.compare.library_part import LibraryPart
from dashboards.pages.downloads import button
from dashboards.pages.plan_address import MOST_CONTESTANTS
from dashboards.style.choice import choice
from dashboards.style.widgets import LABELLED, html, row, stack
from gridworld.agents import agent_class
from gridworld.agents.relevance import is_relevant
from gridworld.experiments.plan import Contestant

LONGEST_LABEL = 40
FULL = f'<div class="hint">These are {MOST_CONTESTANTS} contestants, as many as a page compares.</div>'
COPY = re.compile(r" \(\d+\)$")


class ContestantsPart:
    """Edits a list of contestants; `on_edit(contestants, field)` is called after each edit by the user.

    What a contestant spreads over several values is no field of its own here and stays as it is.
    """

    def __init__(self, on_edit: Callable[[list[Contestant], Any], None], files: Executor) -> None:
        self._on_edit, self._adopting = on_edit, False
        self._contestants: list[Contestant] = []
        self._place, self._agent_id = 0, ""
        self.list = choice("Contestant", options={}, **LABELLED)
        self.list.param.watch(lambda event: self._choose(event.new), "value")
        self.add = button("Add", "add", self._add)
        self.copy = button("Copy", "content_copy", self._duplicate)
        self.remove = button("Remove", "delete", self._remove)
        self.label = pmui.TextInput(label="Label", size="small", max_length=LONGEST_LABEL, **LABELLED)
        self.label.param.watch(lambda event: self._edit(label=event.new.strip()), "value")
        self.algorithm = ChoiceField("Algorithm", options=agent_choices())
        self.algorithm.list.param.watch(lambda event: self._choose_agent(event.new), "value")
        self._fields = stack(gap="4px")
        self.library = LibraryPart(lambda one: self._insert(one, self.library.runs), files)
        tools = row(self.add, self.copy, self.remove, self.library.button, gap="6px", flex_wrap="wrap")
        self.full = html(FULL, visible=False)
        parts = self.list, tools, self.full, self.library.panel, self.label, self.algorithm, self._fields
        self.panel = stack(*parts, gap="6px")

    def show(self, contestants: list[Contestant]) -> None:
        """Show contestants that came from elsewhere."""
        self._contestants = list(contestants)
        self._place = min(self._place, len(contestants) - 1)
        self._adopting = True
        try:
            self._show_list()
            self._show_chosen()
        finally:
            self._adopting = False

    def lock(self, locked: bool) -> None:
        """Lock everything but the list."""
        self._locked = locked
        for part in (self.label, self.algorithm, *self._rows.values()):
            part.disabled = locked
        self.full.visible = is_full = len(self._contestants) >= MOST_CONTESTANTS
        self.add.disabled = self.copy.disabled = locked or is_full
        self.library.lock(locked or is_full)
        self.remove.disabled = locked or len(self._contestants) < 2

    _locked = False
    _rows: Mapping[str, Any] = {}

    @property
    def agent(self) -> Any:
        """The agent whose hyperparameters the fields show."""
        return self._agent

    def _show_list(self) -> None:
        names = {f"{place + 1}. {named(one)}": place for place, one in enumerate(self._contestants)}
        self.list.param.update(options=names, value=self._place)

    def _show_chosen(self) -> None:
        one = self._contestants[self._place]
        self.label.param.update(value=one.label, value_input=one.label)
        self.algorithm.list.value = one.agent
        made = agent_class(one.agent).create(fixed(one))
        if one.agent != self._agent_id:
            self._agent_id, self._agent = one.agent, made
            self._rows = {name: field_of(made, name) for name in made.hyperparameters()}
            self._fields.objects = list(self._rows.values())
            if self._rows:
                made.param.watch(self._numbers_edited, made.hyperparameters())
        else:
            self._agent.param.update(**made.settings())
        values, spread = self._agent.settings(), one.hyperparameters.keys() - fixed(one).keys()
        for name, field in self._rows.items():
            field.visible = is_relevant(name, values) and name not in spread
        self.lock(self._locked)

    def _choose(self, place: int) -> None:
        if not self._adopting:
            self._place = place
            self.show(self._contestants)

    def _choose_agent(self, agent_id: str) -> None:
        if not self._adopting:
            kept = self._contestants[self._place]
            known = agent_class(agent_id).hyperparameters()
            numbers = {name: value for name, value in kept.hyperparameters.items() if name in known}
            self._edit(self.algorithm, agent=agent_id, hyperparameters=numbers, label="")

    def _numbers_edited(self, *events: Any) -> None:
        if not self._adopting:
            one = self._contestants[self._place]
            numbers = {**one.hyperparameters, **{event.name: event.new for event in events}}
            self._edit(self._rows[events[0].name], hyperparameters=numbers)

    def _edit(self, field: Any = None, **changes: Any) -> None:
        if not self._adopting:
            changed = list(self._contestants)
            changed[self._place] = replace(changed[self._place], **changes)
            self._on_edit(changed, field or self.label)

    def _add(self) -> None:
        taken = {one.agent for one in self._contestants}
        agent = next((agent for agent in agent_choices().values() if agent not in taken), self._agent_id)
        known = agent_class(agent).hyperparameters()
        shared = self._contestants[self._place].hyperparameters
        one = Contestant(agent, {name: value for name, value in shared.items() if name in known})
        self._insert(one if agent not in taken else self._copy_of(self._place))

    def _duplicate(self) -> None:
        self._insert(self._copy_of(self._place))

    def _copy_of(self, place: int) -> Contestant:
        """Return a copy with another label and another step size: two that are alike can't be compared."""
        one = self._contestants[place]
        copies = [_numbered(one, number) for number in range(2, 3 + 2 * MOST_CONTESTANTS)]
        labels, taken = set(map(named, self._contestants)), list(map(_work_of, self._contestants))
        free = [copy for copy in copies if named(copy) not in labels]
        return next((copy for copy in free if _work_of(copy) not in taken), free[0])

    def _insert(self, one: Contestant, field: Any = None) -> None:
        if len(self._contestants) < MOST_CONTESTANTS:
            before, self._place = self._place, len(self._contestants)
            self._on_edit([*self._contestants, one], field or self.algorithm)
            if self._place == len(self._contestants) - 1 and self._contestants[-1] != one:  # it was refused
                self._choose(before)

    def _remove(self) -> None:
        if len(self._contestants) > 1:
            self._on_edit([one for place, one in enumerate(self._contestants) if place != self._place], self.label)


def _numbered(one: Contestant, number: int) -> Contestant:
    """Return a copy with this number in its label, and with this fraction of the step size where it has one."""
    stem, numbers = COPY.sub("", named(one)), dict(one.hyperparameters)
    size = agent_class(one.agent).create(fixed(one)).settings().get("step_size")
    if size is not None and "step_size" not in numbers.keys() - fixed(one).keys():
        numbers["step_size"] = round(size / number, 6)
    ending = f" ({number})"
    return replace(one, hyperparameters=numbers, label=stem[: LONGEST_LABEL - len(ending)] + ending)


def _work_of(one: Contestant) -> tuple[str, dict[str, Any]]:
    """Return what a contestant does, whatever it is called."""
    return one.agent, {**agent_class(one.agent).create(fixed(one)).settings(), **one.hyperparameters}


def named(one: Contestant) -> str:
    """Return how a contestant is called."""
    return one.label or one.agent


def fixed(one: Contestant) -> dict[str, Any]:
    """Return the hyperparameters of a contestant that have one value."""
    return {name: value for name, value in one.hyperparameters.items() if not isinstance(value, Mapping | list | tuple)}
