"""The drawer: what is trained, with which numbers. It turns edits into settings and changes, and knows no run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import panel_material_ui as pmui

from dashboards.controls.choice_field import ChoiceField
from dashboards.controls.choices import OTHER, about, agent_choices, world_groups
from dashboards.controls.fields import field_of, refuse
from dashboards.controls.form import LOCK, Form, Soon
from dashboards.controls.loading import LoadFirst, Loading
from dashboards.controls.presses import CheckedSegments
from dashboards.controls.recommendation import Recommendation, carried_over
from dashboards.style.widgets import NAMED_NOT_SHOWN, SEGMENT_SX, WIDE, row, section, section_text, stack
from gridworld.agents import PRESETS, Agent, agent_class
from gridworld.agents.relevance import is_relevant
from gridworld.training.run_options import RunOptions, changed
from gridworld.training.settings import Settings
from gridworld.worlds.problem import Problem


class Controls(Form):
    """The form of a run.

    `on_settings(settings)` is called when an edit asks for another run, `on_configure(changes)` when it changes the
    present one; both may raise ValueError, whose sentence is then shown below the field that was edited.
    `load_first` loads the world that an edit asks for.
    """

    def __init__(
        self,
        settings: Settings,
        on_settings: Callable[[Settings], None],
        on_configure: Callable[[Mapping[str, Any]], None],
        soon: Soon,
        load_first: LoadFirst,
    ) -> None:
        super().__init__(soon)
        self._on_settings, self._on_configure = on_settings, on_configure
        self._loading = Loading(load_first, self._explain_world)
        self._shown, self.options = settings, RunOptions.of(settings)
        self.agent = settings.make_agent()
        self._make_world_part()
        self._make_agent_part()
        self.panel = stack(
            self._world_head,
            self._world_part,
            pmui.Divider(**WIDE),
            row(self._agent_head, self.live, justify_content="space-between"),
            self._agent_part,
            self.problem_text,
            gap="14px",
            padding="16px",
        )
        self.options.param.watch(self._options_edited, ["slip", "step_reward", "step_limit", "seed", "episodes"])
        self.show(settings)

    def _make_world_part(self) -> None:
        self._world_head = section("World")
        self.world = ChoiceField("World", groups=world_groups())
        self.other = pmui.TextInput(
            label="Gymnasium id", placeholder="FrozenLake-v1?map_name=8x8", size="small", visible=False, **WIDE
        )
        self.world.list.param.watch(lambda event: self._choose_world(event.new, self.world), "value")
        self.other.param.watch(lambda event: self._choose_world(event.new, self.other) if event.new else None, "value")
        self._numbers = {
            name: field_of(self.options, name) for name in ("slip", "step_reward", "step_limit", "seed", "episodes")
        }
        self._world_part = stack(self.world, self.other, *self._numbers.values(), gap="4px")

    def _make_agent_part(self) -> None:
        self._agent_head = section("Agent")
        self.live = pmui.Switch(
            label="Live tuning",
            value=False,
            size="small",
            margin=0,
            description="Change α, γ and ε while the run goes on",
        )
        self.live.param.watch(lambda event: self.soon(self.relock), "value")
        self.algorithm = ChoiceField("Algorithm", options=agent_choices())
        self.algorithm.list.param.watch(lambda event: self._choose_agent(event.new), "value")
        self.preset = CheckedSegments(
            label="Presets",
            options=list(PRESETS),
            color="primary",
            sx=SEGMENT_SX,
            stylesheets=[NAMED_NOT_SHOWN],
            **WIDE,
        )
        self.preset.param.watch(lambda event: self._choose_preset(set(event.new) - set(event.old)), "value")
        self._fields = stack(gap="4px")
        self.recommendation = Recommendation(self._use_recommended)
        self._agent_part = stack(self.algorithm, self.preset, self.recommendation.panel, self._fields, gap="4px")

    def show(self, settings: Settings) -> None:
        """Take over settings that came from elsewhere (another viewer, a loaded run) without asking for anything."""
        self._shown = settings
        with self.adopt():
            if "\n" in settings.world and settings.world not in self.world.list.values:
                self.world.list.groups = world_groups(settings.world)
            known = settings.world in self.world.list.values
            self.world.list.value = settings.world if known else OTHER
            self.other.param.update(visible=not known, value="" if known or "\n" in settings.world else settings.world)
            self.algorithm.list.value = settings.agent
            self._show_numbers(settings)
        for field in (self.other, self.algorithm):
            refuse(field, "")
        self._explain_world()
        self.relock()

    def offer_worlds(self) -> None:
        """Offer the worlds that there are now: one was kept under a name."""
        with self.adopt():
            self.world.list.groups = world_groups(self._shown.world)

    def restore(self) -> None:
        """Show the settings in force again, in place of a refused edit; a refused id stays as it was typed."""
        with self.adopt():
            self.world.list.value = OTHER if self.other.visible else self._shown.world
            self.algorithm.list.value = self._shown.agent
            self._show_numbers(self._shown)
        self.relock()

    def _show_numbers(self, settings: Settings) -> None:
        problem = settings.make_problem()
        self.options.param.update(
            world=settings.world, agent=settings.agent, seed=settings.seed, episodes=settings.episodes
        )
        self.options.take_numbers(problem)
        self._show_agent(settings.make_agent())
        for name in ("slip", "step_reward"):
            self._numbers[name].visible = problem.world is not None

    def _show_agent(self, agent: Agent) -> None:
        if type(agent) is type(self.agent) and self._fields.objects:
            self.agent.param.update(**agent.settings())
        else:
            self.agent = agent
            self._rows = {name: field_of(agent, name) for name in agent.hyperparameters()}
            self._fields.objects = list(self._rows.values())
            if self._rows:
                agent.param.watch(self._agent_edited, agent.hyperparameters())
        self._show_relevant()

    def _show_relevant(self) -> None:
        """Show the hyperparameters that mean something with the present choices, and the preset they make up."""
        values = self.agent.settings()
        for name, part in self._rows.items():
            part.visible = is_relevant(name, values)
        self.preset.visible = "step_size" in values
        self.recommendation.show(self.options.world, self.agent)
        with self.adopt():
            self.preset.value = [name for name, numbers in PRESETS.items() if numbers.items() <= values.items()]

    def relock(self) -> None:
        """Lock the world and the agent, but for what can be tuned live."""
        self._world_head.object = section_text("World", LOCK if self.running else "")
        for part in (self.world, self.other, self.algorithm, self.preset, self.recommendation.button):
            part.disabled = self.running
        for name, part in self._numbers.items():
            part.disabled = self.running and name != "episodes"
        tunable = self.live.value or not self.running
        for name, part in self._rows.items():
            part.disabled = self.running and not (tunable and name in self.agent.live)

    def _explain_world(self, loads: bool = False) -> None:
        self.world.explain("The world is being loaded …" if loads else about(self._shown.world))

    def _ask_again(self, field: Any) -> None:
        self.attempt(lambda: self._on_settings(self.options.settings(self.agent)), field)

    def _choose_world(self, world: str, field: Any) -> None:
        if self.adopting:
            return
        if world == OTHER:
            self.other.visible = True
            return

        def ask() -> None:
            problem: Problem = Settings(world=world).make_problem()
            with self.adopt():
                self.agent.param.update(**carried_over(self.agent, self.options.world, world))
                self.options.world = world
                self.options.take_numbers(problem)
            self._on_settings(self.options.settings(self.agent))

        self._loading.before(lambda: Settings(world=world).make_problem().prepare(), lambda: self.attempt(ask, field))

    def after_loading(self, act: Callable[[], None]) -> None:
        """Do something when no chosen world is being loaded any more."""
        self._loading.after(act, self.soon)

    def _choose_agent(self, agent_id: str) -> None:
        if self.adopting:
            return

        def ask() -> None:
            kept = changed(self.agent)
            agent = agent_class(agent_id)()
            common = {name: kept[name] for name in agent.hyperparameters() if name in kept}
            with self.adopt():
                agent.param.update(**common)
                self.options.agent = agent_id
                self._show_agent(agent)
            self._on_settings(self.options.settings(self.agent))

        self.attempt(ask, self.algorithm)

    def _choose_preset(self, pressed: set[str]) -> None:
        """Take the numbers of a preset; one that is pressed again stays pressed."""
        if self.adopting:
            return
        numbers = {name: value for preset in pressed for name, value in PRESETS[preset].items()}
        with self.adopt():
            self.agent.param.update(**numbers)
        self._show_relevant()
        if numbers:
            self._agent_asks(numbers, self.preset)

    def _use_recommended(self, numbers: dict[str, Any]) -> None:
        with self.adopt():
            self.agent.param.update(**numbers)
        self._agent_asks(numbers, self.recommendation.button)

    def _options_edited(self, *events: Any) -> None:
        if self.adopting:
            return
        field = self._numbers[events[0].name]
        if all(event.name == "episodes" for event in events):
            self.attempt(lambda: self._on_configure({"episodes": self.options.episodes}), field)
        else:
            settings = self.options.settings(self.agent)
            self._loading.before(lambda: settings.make_problem().prepare(), lambda: self._ask_again(field))

    def _agent_edited(self, *events: Any) -> None:
        self._show_relevant()
        if not self.adopting:
            self._agent_asks({event.name: event.new for event in events}, self._rows[events[0].name])

    def _agent_asks(self, changes: dict[str, Any], field: Any) -> None:
        self._show_relevant()
        if set(changes) <= set(self.agent.live):
            self.attempt(lambda: self._on_configure(changes), field)
        else:
            self._ask_again(field)
