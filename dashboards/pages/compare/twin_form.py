"""The form of a race of twins: a run, and a fork of it in which one hyperparameter is changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import panel as pn
import panel_material_ui as pmui
import param

from dashboards.controls.number_field import NumberField
from dashboards.pages.downloads import button
from dashboards.style.choice import choice
from dashboards.style.widgets import row
from gridworld.agents import agent_class
from gridworld.experiments.plan import Cell
from gridworld.experiments.race import LATEST_FORK, twins
from gridworld.training.scene import Intervention
from gridworld.training.session import TrainingSession
from gridworld.training.settings import Settings
from gridworld.worlds.ids import literal

LABELS: dict[str, Any] = {"margin": (7, 0, 3, 0)}


@dataclass(frozen=True)
class Racers:
    """Who races, by their labels; `make()` returns their sessions, and raises ValueError where there are none."""

    labels: Sequence[str]
    make: Callable[[], list[TrainingSession]]


@dataclass(frozen=True)
class Origin:
    """The run of another page that a twin is made of: its settings, what was changed, and how far it was."""

    settings: Settings
    interventions: tuple[Intervention, ...]
    step: int


class TwinForm(param.Parameterized):
    """Chooses a contestant's run (or the `origin`), what is changed in its fork, and after how many steps."""

    after = param.Integer(
        0, bounds=(0, LATEST_FORK), label="After steps", doc="The step at which the run is forked; 0: at its beginning."
    )

    def __init__(self, changed: Callable[[], None], origin: Origin | None = None) -> None:
        super().__init__(after=min(origin.step, LATEST_FORK) if origin else 0)
        self._origin, self._runs = origin, dict[str, Settings]()
        self.run = choice("Run", small=True, options={}, width=190, **LABELS)
        self.run.param.watch(lambda event: self._offer_numbers(), "value")
        self.number = choice("Change", small=True, options={}, width=170, **LABELS)
        self.number.param.watch(lambda event: self._show_present(), "value")
        self.value = pmui.TextInput(label="To", size="small", max_length=40, width=110, **LABELS)
        after = pn.Column(NumberField(self, "after"), width=190, margin=0)
        tools = self.run, self.number, self.value, after, button("Fork", "call_split", changed)
        self.panel = row(*tools, gap="8px", flex_wrap="wrap")

    def offer(self, cells: Sequence[Cell], seed: int) -> None:
        """Offer the runs of one seed of some cells, after the run that the page was opened for."""
        self._runs = {"The run you came from": self._origin.settings} if self._origin else {}
        for cell in cells:
            self._runs[f"{cell.label}, seed {seed}"] = replace(cell.settings, seed=seed, episodes=cell.episodes)
        kept = self.run.value if self.run.value in self._runs else next(iter(self._runs))
        self.run.param.update(options=list(self._runs), value=kept)
        self._offer_numbers()

    def _offer_numbers(self) -> None:
        """Offer what may be changed during the run."""
        kind = agent_class(self._settings.agent)
        names = {kind.param[name].label: name for name in kind.live}
        kept = self.number.value if self.number.value in names.values() else next(iter(names.values()), None)
        self.number.param.update(options=names, value=kept)
        self._show_present()

    def _show_present(self) -> None:
        """Show the value that the run has."""
        if self.number.value is not None:
            present = str(self._present()[self.number.value])
            self.value.param.update(value=present, value_input=present)

    @property
    def _settings(self) -> Settings:
        return self._runs[self.run.value]

    def _interventions(self) -> list[Intervention]:
        """Return what was changed in the run before it is forked."""
        if self._origin is None or self._settings is not self._origin.settings:
            return []
        return [change for change in self._origin.interventions if change.step <= self.after]

    def _present(self) -> dict[str, Any]:
        """Return the hyperparameters that the run has where it is forked."""
        present = self._settings.make_agent().settings()
        for change in self._interventions():
            present |= change.changes
        return present

    def racers(self) -> Racers:
        """Return the run and its twin.

        Raises
        ------
        ValueError
            If nothing is changed.
        """
        settings, name, step, earlier = self._settings, self.number.value, self.after, self._interventions()
        if name is None:
            raise ValueError("This agent has no hyperparameter that may change during a run; choose another run.")
        value, present = literal(self.value.value.strip()), self._present()[name]
        if value == present:
            raise ValueError(
                f"The run has this {name} already, {present}; type another value under To, and press Fork."
            )
        labels = f"{name} = {present}", f"its twin with {name} = {value}"
        return Racers(labels, lambda: twins(settings, {name: value}, step, earlier))
