"""The part of the form in which one or two hyperparameters are varied for all contestants that have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import panel_material_ui as pmui
import param

from dashboards.controls.choice_field import ChoiceField
from dashboards.style.widgets import LABELLED, html, stack
from gridworld.agents import agent_class
from gridworld.experiments.plan import Contestant
from gridworld.experiments.spreads import read_spread, written_spread

NONE = "nothing"
HINT = '<div class="hint">Vary one hyperparameter for a curve over its values, or two for a map.</div>'
USUAL = {
    "planning_steps": "1..16:5:log",
    "n": "1..16:5:log",
    "kappa": "0.0001..0.1:4:log",
    "threshold": "0.0001..0.1:4:log",
    "temperature": "0.01..1:5:log",
    "discount": "0.5..1.0:6",
    "epsilon_decay": "0.9..1.0:6",
    "initial_value": "0..10:6",
}
"""The values that a study of a hyperparameter begins with; of others ten from 0.1 to 1."""


class StudyPart:
    """Varies hyperparameters; `on_edit(make, field)` is called after each edit by the user.

    `make()` returns the contestants, or raises ValueError if the values make no sense.
    """

    def __init__(self, on_edit: Callable[[Callable[[], list[Contestant]], Any], None]) -> None:
        self._on_edit, self._adopting = on_edit, False
        self._contestants: list[Contestant] = []
        self.axes = [StudyAxis(self._edited, place) for place in range(2)]
        self.panel = stack(html(HINT), *(axis.panel for axis in self.axes), gap="6px")

    def show(self, contestants: list[Contestant]) -> None:
        """Show what is varied of contestants that came from elsewhere."""
        self._contestants = contestants
        names = common_numbers(contestants)
        varied = varied_names(contestants)
        self._adopting = True
        try:
            for axis, name in zip(self.axes, [*varied, NONE, NONE], strict=False):
                spread = next((one.hyperparameters[name] for one in contestants if name in one.hyperparameters), None)
                axis.show(names, name, spread)
        finally:
            self._adopting = False
        self.axes[1].panel.visible = bool(varied)

    def lock(self, locked: bool) -> None:
        """Lock all fields."""
        for axis in self.axes:
            axis.lock(locked)

    def _edited(self, field: Any) -> None:
        if self._adopting:
            return
        former = varied_names(self._contestants)

        def changed() -> list[Contestant]:
            spreads = {axis.name: axis.spread for axis in self.axes if axis.name != NONE}
            return [_spread_over(one, former, spreads) for one in self._contestants]

        self._on_edit(changed, field)


class StudyAxis:
    """The fields of one hyperparameter that is varied: which, and its values as the command line takes them."""

    def __init__(self, edited: Callable[[Any], None], place: int) -> None:
        self._edited, self._adopting = edited, False
        self.choice = ChoiceField("Vary" if place == 0 else "and vary", options={NONE: NONE})
        self.values = pmui.TextInput(label="Values", placeholder="0.1..1:10", max_length=99, size="small", **LABELLED)
        self.panel = stack(self.choice, self.values, gap="4px")
        self.choice.list.param.watch(self._chosen, "value")
        self.values.param.watch(lambda event: self._edited(self.values), "value")

    @property
    def name(self) -> str:
        """The hyperparameter that is varied; `NONE` if none is."""
        return self.choice.list.value

    @property
    def spread(self) -> Any:
        """The values, as a plan has them. Raises ValueError if the text is no spread."""
        return read_spread(self.values.value)

    def show(self, names: Mapping[str, str], name: str, spread: Any) -> None:
        """Show a hyperparameter of those that there are, and its values."""
        options = {NONE: NONE, **names}
        if name not in options.values():
            options[name] = name
        self.choice.list.param.update(options=options, value=name)
        is_varied = name != NONE
        text = written_spread(spread) if is_varied else ""
        self.values.param.update(value=text, value_input=text, visible=is_varied)

    def lock(self, locked: bool) -> None:
        """Lock both fields."""
        self.choice.disabled = self.values.disabled = locked

    def _chosen(self, event: Any) -> None:
        if event.new == NONE:
            self._edited(self.choice)
        else:
            self.values.value = USUAL.get(event.new, "0.1..1.0:10")


def _spread_over(one: Contestant, former: Sequence[str], spreads: Mapping[str, Any]) -> Contestant:
    """Return a contestant with other spreads, of which it takes those of hyperparameters that it has."""
    kept = {name: value for name, value in one.hyperparameters.items() if name not in former}
    known = agent_class(one.agent).hyperparameters()
    taken = {name: value for name, value in spreads.items() if name in known}
    return replace(one, hyperparameters={**kept, **taken})


def common_numbers(contestants: Sequence[Contestant]) -> dict[str, str]:
    """Return the numbers that can be varied: label -> name of each that any contestant has."""
    found: dict[str, str] = {}
    for one in contestants:
        kind = agent_class(one.agent)
        for name in kind.hyperparameters():
            if isinstance(kind.param[name], param.Number) and not isinstance(kind.param[name], param.Boolean):
                found.setdefault(kind.param[name].label, name)
    return found


def varied_names(contestants: Sequence[Contestant]) -> list[str]:
    """Return the hyperparameters that take several values in any contestant."""
    names = (
        name
        for one in contestants
        for name, value in one.hyperparameters.items()
        if isinstance(value, Mapping | list | tuple)
    )
    return list(dict.fromkeys(names))
