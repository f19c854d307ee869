"""The form of a comparison: it turns edits into plans, and shows at the field why one is refused."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.choice_field import ChoiceField
from dashboards.controls.choices import OTHER, about, world_groups
from dashboards.controls.fields import field_of
from dashboards.controls.form import LOCK, Form, Soon
from dashboards.controls.loading import LoadFirst, Loading
from dashboards.pages.compare.contestants import ContestantsPart
from dashboards.pages.compare.options import EPISODES, PlanOptions
from dashboards.pages.compare.study_form import StudyPart
from dashboards.style.widgets import WIDE, section, section_text, stack
from gridworld.experiments.plan import Contestant, Plan
from gridworld.worlds.problem import load_problem

FIELDS = ("unit", "episodes", "steps", "runs", "first_seed", "metric")


class PlanForm(Form):
    """The form of a plan; `on_plan(plan)` is called after each edit, and raises ValueError to refuse it.

    `files` reads the library, `load_first` loads the world that an edit asks for.
    """

    def __init__(
        self, plan: Plan, on_plan: Callable[[Plan], None], soon: Soon, files: Executor, load_first: LoadFirst
    ) -> None:
        super().__init__(soon)
        self._on_plan, self._shown = on_plan, plan
        self._loading = Loading(load_first, self._explain_world)
        self.options = PlanOptions()
        self._head = section("Comparison")
        self.world = ChoiceField("World", groups=_worlds(plan.worlds[0]))
        self.rows = {name: field_of(self.options, name) for name in FIELDS}
        self.contestants = ContestantsPart(self._contestants_edited, files)
        self.study = StudyPart(self._study_edited)
        self.panel = stack(
            self._head,
            stack(self.world, *self.rows.values(), gap="4px"),
            pmui.Divider(**WIDE),
            section("Contestants"),
            self.contestants.panel,
            pmui.Divider(**WIDE),
            section("Study"),
            self.study.panel,
            self.problem_text,
            gap="14px",
            padding="16px",
        )
        self.world.list.param.watch(lambda event: self._world_chosen(event.new), "value")
        self.options.param.watch(self._options_edited, list(FIELDS))
        self.show(plan)

    def show(self, settings: Plan) -> None:
        """Take over a plan that came from elsewhere without asking for anything."""
        self._shown = settings
        world = settings.worlds[0]
        with self.adopt():
            if world not in self.world.list.values:
                self.world.list.groups = _worlds(world)
            self.world.list.value = world
            self.options.take(settings)
            self.contestants.show(list(settings.contestants))
            self.study.show(list(settings.contestants))
        self._explain_world()
        self.relock()

    def restore(self) -> None:
        """Show the plan in force again, in place of an edit that was refused."""
        self.show(self._shown)

    def relock(self) -> None:
        """Lock everything while runs are being done."""
        self._head.object = section_text("Comparison", LOCK if self.running else "")
        by_episode = self.options.unit == EPISODES
        self.rows["episodes"].visible, self.rows["steps"].visible = by_episode, not by_episode
        for part in (self.world, *self.rows.values()):
            part.disabled = self.running
        self.contestants.lock(self.running)
        self.study.lock(self.running)

    def _explain_world(self, loads: bool = False) -> None:
        self.world.explain("The world is being loaded …" if loads else about(self._shown.worlds[0]))

    def _world_chosen(self, world: str) -> None:
        if not self.adopting:
            ask = partial(self.attempt, lambda: self._on_plan(replace(self._shown, worlds=(world,))), self.world)
            self._loading.before(lambda: load_problem(world), ask)

    def _options_edited(self, *events: Any) -> None:
        if not self.adopting:
            fields: Any = self.options.fields(self._shown.metrics)
            self.attempt(lambda: self._on_plan(replace(self._shown, **fields)), self.rows[events[0].name])

    def _contestants_edited(self, contestants: list[Contestant], field: Any) -> None:
        if not self.adopting:
            self.attempt(lambda: self._on_plan(replace(self._shown, contestants=tuple(contestants))), field)

    def _study_edited(self, make: Callable[[], list[Contestant]], field: Any) -> None:
        if not self.adopting:
            self.attempt(lambda: self._on_plan(replace(self._shown, contestants=tuple(make()))), field)


def _worlds(world: str) -> dict[str, dict[str, str]]:
    """Return the worlds to choose from, by group; one that is not among them is in a group of its own."""
    groups = {
        group: {name: each for name, each in worlds.items() if each != OTHER}
        for group, worlds in world_groups().items()
    }
    known = {each for worlds in groups.values() for each in worlds.values()}
    title = "A world of your own" if "\n" in world else world[:60]
    return groups if world in known else {"From the address": {title: world}, **groups}
